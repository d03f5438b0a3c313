// What is refused, and in which words.
#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {

TEST_CASE("an error names what was expected, and where") {
    const std::pair<std::string, std::string> table[] = {
        {"NOOP now", "expected the end of the line at column 9"},
        {"LOGIN", "expected a blank at column 9"},
        {"LOGIN ", "expected a user name at column 10"},
        {"LOGIN alice", "expected a blank at column 15"},
        {"LOGIN alice (x)", "expected a password at column 16"},
        {"LOGIN alice \"secret", "expected the end of a quoted string at column 23"},
        {"LOGIN alice \"a\\nb\"", "expected \\\" or \\\\ after a backslash at column 19"},
        {"LOGIN alice s\xc3\xa9"
         "cret",
         "expected the end of the line at column 17"},
        {"AUTHENTICATE PLAIN Zg=", "expected canonical base64 at column 26"},
        {"AUTHENTICATE PLAIN (", "expected base64 at column 23"},
        {"ENABLE", "expected a blank at column 10"},
        {"ID (\"name\")", "expected a blank at column 14"},
        {"ID (name \"x\")", "expected a field name at column 8"},
        {"SELECT", "expected a blank at column 10"},
        {"SELECT (", "expected a mailbox name at column 11"},
        {"SELECT x (", "expected a select parameter at column 14"},
        {"SELECT x (QRESYNC (1 2)", "expected ) at column 27"},
        {"SELECT x (QRESYNC (1 2", "expected ) at column 26"},
        {"SELECT x (QRESYNC (0 2))", "expected a UIDVALIDITY at column 23"},
        {"SELECT x (FOO (1 2", "expected the arguments of a select parameter at column 22"},
        {"LIST \"\"", "expected a blank at column 11"},
        {"LIST \"\" ()", "expected at least one pattern at column 14"},
        {"LIST \"\" x REPLY (CHILDREN)", "expected RETURN at column 19"},
        {"STATUS x", "expected a blank at column 12"},
        {"STATUS x ()", "expected at least one status item at column 15"},
        {"STATUS x (MESSAGES FOO)", "unknown status item at column 23"},
        {"APPEND x \"abc\"", "expected a date like 1-Feb-1994 at column 14"},
        {"REPLACE 1:2 x {0+}\r\n", "one message is replaced by one at column 12"},
        {"UID REPLACE * x {0+}\r\n", "one message is replaced by one at column 16"},
        {"REPLACE $ x {0+}\r\n", "one message is replaced by one at column 12"},
        {"APPEND x abc", "expected a literal with the message at column 13"},
        {"APPEND x \"31-Feb-1994 21:52:25 -0800\" {0}\r\n",
         "expected a day that its month has at column 14"},
        {"APPEND x \"01-Feb-1994 24:52:25 -0800\" {0}\r\n", "expected an hour at column 28"},
        {"STORE 1 FLAG (x)", "expected FLAGS or FLAGS.SILENT at column 12"},
        {"STORE 1 FLAGS (\\)", "expected a flag at column 20"},
        {"COPY 0 x", "expected a message number or * at column 9"},
        {"COPY 1: x", "expected a message number or * at column 11"},
        {"COPY 1,,2 x", "expected a message number or * at column 11"},
        {"COPY 4294967296 x", "expected a message number or * at column 9"},
        {"COPY $,1 x", "expected a blank at column 10"},
        {"COPY 1,$ x", "expected a message number or * at column 11"},
        {"SEARCH OLDER 0", "expected a number of seconds at column 17"},
        {"SEARCH RETURN (PARTIAL 0:1) ALL", "expected a position at column 27"},
        {"SEARCH RETURN (PARTIAL -1:1) ALL", "expected - at column 30"},
        {"SEARCH RETURN (PARTIAL 1:2 PARTIAL 1:2) ALL", "PARTIAL given twice at column 31"},
        {"FETCH 1 FLAGS (PARTIAL 1:2)", "unsupported fetch modifier at column 19"},
        {"SORT () UTF-8 ALL", "expected at least one sort key at column 11"},
        {"SORT (SPAM) UTF-8 ALL", "unknown sort key at column 10"},
        {"SORT (DATE) UTF-8", "expected a blank at column 21"},
        {"THREAD REFERENCES UTF-8", "expected a blank at column 27"},
        {"ESEARCH IN () ALL", "expected which mailboxes at column 17"},
        {"ESEARCH IN (everywhere) ALL", "unknown mailbox filter at column 16"},
        {"ESEARCH IN (subtree) ALL", "expected a blank at column 23"},
        {"CANCELUPDATE B01", "expected a tag in quotes at column 17"},
        {"FETCH 1", "expected a blank at column 11"},
        {"FETCH 1 ()", "expected at least one fetch item at column 14"},
        {"FETCH 1 FOO", "unknown fetch item at column 12"},
        {"FETCH 1 (UID FLAGS", "expected ) at column 22"},
        {"FETCH 1 BODY[FOO]", "expected a section or ] at column 17"},
        {"FETCH 1 BODY[MIME]", "expected a section or ] at column 17"},
        {"FETCH 1 BODY[0]", "expected a part number at column 17"},
        {"FETCH 1 BODY[1.]", "expected a section behind the dot at column 20"},
        {"FETCH 1 BODY[1HEADER]", "expected a section or ] at column 18"},
        {"FETCH 1 BODY[HEADER.FIELDS ()]", "expected at least one header field at column 33"},
        {"FETCH 1 BODY[]<0>", "expected . at column 20"},
        {"FETCH 1 BODY[]<0.0>", "expected a number of octets at column 21"},
        {"FETCH 1 FLAGS (CHANGEDSINCE 5 VANISHED)", "unsupported fetch modifier at column 34"},
        {"SEARCH", "expected a blank at column 10"},
        {"SEARCH FOO", "unknown search key at column 11"},
        {"SEARCH ()", "expected a search key at column 13"},
        {"SEARCH NOT", "expected a blank at column 14"},
        {"SEARCH OR SEEN", "expected a blank at column 18"},
        {"SEARCH LARGER x", "expected a number of octets at column 18"},
        {"SEARCH SINCE 1-Foo-1994", "expected a month like Feb at column 19"},
        {"SEARCH SINCE 1-Feb-94", "expected a year of four digits at column 23"},
        {"SEARCH SINCE \"1-Feb-1994", "expected \" at column 28"},
        {"SEARCH RETURN ALL", "expected ( at column 18"},
        {"SEARCH CHARSET UTF-8", "expected a blank at column 24"},
        {"UID", "expected a blank at column 7"},
    };
    for (const auto& [text, expected] : table) CHECK(error_of(text) == expected);
}

TEST_CASE("NUL has no place in a string of a client") {
    CHECK(error_of(std::string("SELECT \"a\0b\"", 12)) ==
          "expected the end of a quoted string at column 13");
    CHECK(error_of(std::string("SELECT {3+}\r\na\0b", 16)) ==
          "expected a literal without NUL at column 11");
    CHECK(error_of(std::string("SELECT a\0b", 10)) == "expected the end of the line at column 12");
    CHECK(error_of(std::string("APPEND x {3+}\r\na\0b", 18)) ==
          "expected a literal without NUL at column 13");
    CHECK(error_of(std::string("\0", 1)) == "expected a command at column 4");
}

TEST_CASE("unknown commands say so, with the tag") {
    for (const auto* text :
         {"XYZZY", "UID NOOP", "NOSUCH INBOX", "uid sorting x", "SETQUOTA \"\" ()"}) {
        const auto command = read_command("T7 " + std::string(text) + "\r\n");
        REQUIRE(!command);
        CHECK(command.error().unknown_command);
        CHECK(command.error().tag == "T7");
    }
    CHECK(error_of("XYZZY 1 2") == "unknown command XYZZY");
    CHECK(error_of("uid noop") == "unknown command UID NOOP");
    CHECK(error_of(std::string(100, 'x')) == "unknown command " + std::string(32, 'X'));
    CHECK(!parse_command("A1 LOGIN").error().unknown_command);
}

TEST_CASE("a line whose tag cannot be read has an error without one") {
    for (const std::string line : {"", " ", "A1", "+ NOOP", "(A1) NOOP", "A+1 NOOP", "\"A1\" NOOP",
                                   "A\xc3\xa9 NOOP", "* OK"}) {
        INFO(line);
        const auto command = read_command(line + "\r\n");
        REQUIRE(!command);
        CHECK(command.error().tag.empty());
        CHECK(!command.error().text.empty());
    }
}

TEST_CASE("an error repeats no octet of an argument") {
    for (const auto* text : {"LOGIN alice hunter2 x", "LOGIN alice \"hunter2",
                             "AUTHENTICATE PLAIN hunter2", "NOOP hunter2"}) {
        CHECK(error_of(text).find("hunter2") == std::string::npos);
    }
}

}  // namespace mailhold::imap::wire

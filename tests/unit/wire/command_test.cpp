// What each command may look like, what it means, and how we write it.
#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {
namespace {

template <class Body>
Body body_of(std::string_view text) {
    INFO("command: " << text);
    const auto command = read_command("a.1 " + std::string(text) + "\r\n");
    REQUIRE(command);
    CHECK(command->tag == "a.1");
    REQUIRE(std::holds_alternative<Body>(command->body));
    return std::get<Body>(command->body);
}

FetchItem item(FetchItem::Kind kind) {
    FetchItem result;
    result.kind = kind;
    return result;
}

}  // namespace

TEST_CASE("every command in its canonical form") {
    // What a client may write, and what we write for the same; the same again where nothing stands.
    const std::pair<std::string, std::string> table[] = {
        {"CAPABILITY", ""},
        {"noop", "NOOP"},
        {"Logout", "LOGOUT"},
        {"STARTTLS", ""},
        {"NAMESPACE", ""},
        {"UNSELECT", ""},
        {"CLOSE", ""},
        {"CHECK", ""},
        {"IDLE", ""},
        {"AUTHENTICATE GSSAPI", ""},
        {"authenticate plain AGEAYg==", "AUTHENTICATE PLAIN AGEAYg=="},
        {"AUTHENTICATE EXTERNAL =", ""},
        {"LOGIN alice secret", ""},
        {"LOGIN \"alice\" \"se cret\"", "LOGIN alice \"se cret\""},
        {"LOGIN \"a\\\"b\" \"c\\\\d\"", ""},
        {"LOGIN {5+}\r\nalice {0+}\r\n", "LOGIN alice \"\""},
        {"LOGIN alice {6}\r\np\xc3\xa4\xc3\x9fw", "LOGIN alice {6+}\r\np\xc3\xa4\xc3\x9fw"},
        {"LOGIN a]b NIL", "LOGIN a]b \"NIL\""},
        {"ENABLE CONDSTORE utf8=accept", "ENABLE CONDSTORE UTF8=ACCEPT"},
        {"ID NIL", ""},
        {"ID ()", "ID NIL"},
        {"ID (\"name\" \"x\" \"os\" NIL)", ""},
        {"SELECT inbox", "SELECT INBOX"},
        {"SELECT \"Sent Items\"", ""},
        {"SELECT Entw&APw-rfe", ""},
        {"SELECT \"Entw\xc3\xbcrfe\"", "SELECT Entw&APw-rfe"},
        {"EXAMINE {5+}\r\nINBOX", "EXAMINE INBOX"},
        {"SELECT INBOX (CONDSTORE)", ""},
        {"SELECT INBOX (condstore)", "SELECT INBOX (CONDSTORE)"},
        {"SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541 (1,5 2,6)) "
         "CONDSTORE)",
         "SELECT INBOX (CONDSTORE QRESYNC (67890007 20050715194045000 41,43:211,214:541))"},
        {"SELECT INBOX (QRESYNC (1 2))", ""},
        {"SELECT INBOX (FOO (1 (2)))", "SELECT INBOX (FOO)"},
        {"SEARCH MODSEQ \"/flags/\\\\draft\" all 620162338", "SEARCH MODSEQ 620162338"},
        {"UID FETCH 1 FLAGS (CHANGEDSINCE 5 VANISHED)", ""},
        {"EXPUNGE", ""},
        {"UID EXPUNGE 3000:3002", ""},
        {"LIST \"\" *", "LIST \"\" \"*\""},
        {"LIST \"\" \"\"", ""},
        {"LIST ~/Mail/ %", "LIST ~/Mail/ \"%\""},
        {"LIST #news. com*mail%]", "LIST #news. \"com*mail%]\""},
        {"LSUB \"\" \"*\"", ""},
        {"list (subscribed) \"\" \"*\" return (special-use)",
         "LIST (SUBSCRIBED) \"\" \"*\" RETURN (SPECIAL-USE)"},
        {"LIST () \"\" x", "LIST () \"\" \"x\""},
        {"LIST \"\" (INBOX Drafts \"Sent/%\")", "LIST \"\" (\"INBOX\" \"Drafts\" \"Sent/%\")"},
        {"LIST \"\" % RETURN (STATUS (MESSAGES UNSEEN) CHILDREN)",
         "LIST \"\" \"%\" RETURN (CHILDREN STATUS (MESSAGES UNSEEN))"},
        {"LIST \"\" (a) RETURN ()", "LIST () \"\" \"a\""},
        {"STATUS blurdybloop (UIDNEXT MESSAGES)", ""},
        {"STATUS x (messages RECENT UIDVALIDITY UNSEEN SIZE HIGHESTMODSEQ DELETED)",
         "STATUS x (MESSAGES RECENT UIDVALIDITY UNSEEN SIZE HIGHESTMODSEQ DELETED)"},
        {"SUBSCRIBE #news.comp.mail.mime", ""},
        {"UNSUBSCRIBE x", ""},
        {"CREATE owatagusiam/", ""},
        {"DELETE x", ""},
        {"RENAME inbox \"old mail\"", "RENAME INBOX \"old mail\""},
        {"APPEND x {3}\r\nabc", "APPEND x {3+}\r\nabc"},
        {"APPEND x (\\Seen work) \" 7-Feb-1994 21:52:25 -0800\" {3+}\r\na\r\n",
         "APPEND x (\\Seen work) \" 7-Feb-1994 21:52:25 -0800\" {3+}\r\na\r\n"},
        {"APPEND x \"17-jul-1996 02:44:25 +0000\" {0+}\r\n",
         "APPEND x \"17-Jul-1996 02:44:25 +0000\" {0+}\r\n"},
        {std::string("APPEND x ~{3+}\r\na\0b", 19), ""},
        {"STORE 2:4 +FLAGS (\\Deleted)", ""},
        {"STORE * -flags.silent \\Seen $Junk", "STORE * -FLAGS.SILENT (\\Seen $Junk)"},
        {"UID STORE 1,3 FLAGS ()", ""},
        {"UID STORE 1 (UNCHANGEDSINCE 12) FLAGS.SILENT (a)", ""},
        {"COPY 2:4 MEETING", ""},
        {"UID COPY 9:3 MEETING", "UID COPY 3:9 MEETING"},
        {"MOVE 1 x", ""},
        {"UID MOVE 42:69 foo", ""},
        {"FETCH 1 FLAGS", ""},
        {"FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])", ""},
        {"FETCH 1:* FAST", "FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE)"},
        {"FETCH *:5 all", "FETCH 5:* (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"},
        {"FETCH *:* FULL", "FETCH * (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)"},
        {"UID fetch 1:* (FLAGS)", "UID FETCH 1:* FLAGS"},
        {"FETCH 1,2,5:7 (UID RFC822 RFC822.HEADER RFC822.TEXT BODYSTRUCTURE MODSEQ body.peek[])",
         "FETCH 1,2,5:7 (UID RFC822 RFC822.HEADER RFC822.TEXT BODYSTRUCTURE MODSEQ BODY.PEEK[])"},
        {"FETCH 1 BODY[1.2.MIME]", ""},
        {"FETCH 1 BODY[4.1.header]", "FETCH 1 BODY[4.1.HEADER]"},
        {"FETCH 1 BODY[TEXT]<0.2048>", ""},
        {"FETCH 1 BODY.PEEK[3.HEADER.FIELDS.NOT (\"X Y\" {1+}\r\nZ)]<4294967295.1>",
         "FETCH 1 BODY.PEEK[3.HEADER.FIELDS.NOT (\"X Y\" Z)]<4294967295.1>"},
        {"FETCH 1 (FLAGS) (CHANGEDSINCE 12345)", "FETCH 1 FLAGS (CHANGEDSINCE 12345)"},
        {"UID SEARCH ALL", ""},
        {"SEARCH RETURN (MIN MAX) 1:50 unseen", "SEARCH RETURN (MIN MAX) 1:50 UNSEEN"},
        {"SEARCH RETURN () ALL", ""},
        {"SEARCH CHARSET utf-8 SUBJECT {3}\r\n\xe2\x82\xac",
         "SEARCH CHARSET UTF-8 SUBJECT {3+}\r\n\xe2\x82\xac"},
    };
    for (const auto& [text, expected] : table)
        CHECK(canonical(text) == (expected.empty() ? text : expected));
}

TEST_CASE("values of session commands") {
    CHECK(body_of<Authenticate>("AUTHENTICATE PLAIN") == Authenticate{"PLAIN", {}});
    CHECK(body_of<Authenticate>("AUTHENTICATE plain AGFsaWNlAHNlY3JldA==") ==
          Authenticate{"PLAIN", std::string("\0alice\0secret", 13)});
    CHECK(body_of<Authenticate>("AUTHENTICATE PLAIN =") == Authenticate{"PLAIN", ""});
    CHECK(body_of<Login>("LOGIN {5}\r\nal ce \"p\\\\w\"") == Login{"al ce", "p\\w"});
    CHECK(body_of<Id>("ID (\"name\" NIL \"v\" {2}\r\n\r\n)") == Id{{{"name", {}}, {"v", "\r\n"}}});
    CHECK(body_of<Enable>("ENABLE UTF8=ACCEPT") == Enable{{"UTF8=ACCEPT"}});
}

TEST_CASE("values of mailbox commands") {
    CHECK(body_of<Select>("SELECT \"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"") ==
          Select{"~peter/mail/台北/日本語", false, false, {}});
    CHECK(body_of<Select>("EXAMINE InBoX (FOO CONDSTORE)") == Select{"INBOX", true, true, {"FOO"}});
    CHECK(body_of<List>("LIST (SUBSCRIBED RECURSIVEMATCH) \"a\" (x \"%\") RETURN (CHILDREN STATUS "
                        "(UIDNEXT))") == List{false,
                                              {"SUBSCRIBED", "RECURSIVEMATCH"},
                                              "a",
                                              {"x", "%"},
                                              true,
                                              {"CHILDREN"},
                                              std::vector{StatusItem::uidnext}});
    CHECK(body_of<List>("LSUB \"\" Entw&APw-*") == List{true, {}, "", {"Entwü*"}, false, {}, {}});
    CHECK(body_of<Status>("STATUS \"a b\" (UNSEEN SIZE)") ==
          Status{"a b", {StatusItem::unseen, StatusItem::size}});
    CHECK(body_of<Rename>("RENAME a {1+}\r\nb") == Rename{"a", "b"});
    CHECK(body_of<Append>("APPEND a (\\Seen) \"01-Jan-2000 00:30:00 +0100\" {2}\r\n\r\n") ==
          Append{"a",
                 {{{"\\Seen"},
                   ZonedSeconds{UtcSeconds(std::chrono::seconds(946'683'000)), 60},
                   "\r\n"}}});
    CHECK(body_of<Append>("APPEND a {2+}\r\nhi (\\Draft) {1+}\r\nx") ==
          Append{"a", {{{}, {}, "hi"}, {{"\\Draft"}, {}, "x"}}});
    CHECK(std::get<Append>(parse_command("a APPEND a {12*}\r\n {1+}\r\nx")->body) ==
          Append{"a", {{{}, {}, "", 12}, {{}, {}, "x"}}});
    CHECK(!parse_command("a APPEND a {12*}"));
    CHECK(body_of<Create>("CREATE a (USE (\\Drafts \\Sent))") ==
          Create{"a", {"\\Drafts", "\\Sent"}});
}

TEST_CASE("values of message commands") {
    CHECK(body_of<Copy>("UID MOVE 7,*:3 x") ==
          Copy{NumberKind::uid, {{7, 7}, {3, star}}, "x", true});
    CHECK(body_of<Store>("STORE 1 -FLAGS.SILENT (\\Answered b)") ==
          Store{NumberKind::sequence, {{1, 1}}, "-FLAGS", {"\\Answered", "b"}, true, {}});
    CHECK(body_of<Expunge>("UID EXPUNGE 5:*") == Expunge{SequenceSet{{5, star}}});

    using Kind = FetchItem::Kind;
    const auto fetch = body_of<Fetch>(
        "UID FETCH 1:* (UID BODY BODY.PEEK[1.2.HEADER.FIELDS (To CC)]<5.7>) (CHANGEDSINCE 9)");
    CHECK(fetch.kind == NumberKind::uid);
    CHECK(fetch.numbers == SequenceSet{{1, star}});
    CHECK(fetch.changed_since == ModSeq{9});
    REQUIRE(fetch.items.size() == 3);
    CHECK(fetch.items[0] == item(Kind::uid));
    CHECK(fetch.items[1] == item(Kind::body));
    CHECK(fetch.items[2] == FetchItem{Kind::section,
                                      Section{{1, 2}, Section::Text::header_fields, {"To", "CC"}},
                                      true, Partial{5, 7}});
    CHECK(body_of<Fetch>("FETCH 1 BODY[3]").items[0] ==
          FetchItem{Kind::section, Section{{3}, Section::Text::whole, {}}, false, {}});
}

TEST_CASE("synchronising literals make pieces") {
    const Command command{"A1", Login{"\xc3\xa4", "b\r\nc"}};
    CHECK(write_command(command, LiteralForm::synchronising) ==
          std::vector<std::string>{"A1 LOGIN {2}\r\n", "\xc3\xa4 {4}\r\n", "b\r\nc\r\n"});
    CHECK(write_command(command, LiteralForm::non_synchronising) ==
          std::vector<std::string>{"A1 LOGIN {2+}\r\n\xc3\xa4 {4+}\r\nb\r\nc\r\n"});
    CHECK(write_command({"A1", Noop{}}, LiteralForm::synchronising) ==
          std::vector<std::string>{"A1 NOOP\r\n"});
}

TEST_CASE("names of commands") {
    CHECK(name_of(Select{}) == "SELECT");
    CHECK(name_of(body_of<Select>("EXAMINE x")) == "EXAMINE");
    CHECK(name_of(body_of<List>("LSUB x y")) == "LSUB");
    CHECK(name_of(body_of<Fetch>("UID FETCH 1 UID")) == "UID FETCH");
    CHECK(name_of(body_of<Copy>("UID MOVE 1 x")) == "UID MOVE");
    CHECK(name_of(body_of<Expunge>("UID EXPUNGE 1")) == "UID EXPUNGE");
    CHECK(name_of(Expunge{}) == "EXPUNGE");
}

}  // namespace mailhold::imap::wire

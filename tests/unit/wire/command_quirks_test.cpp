// A test for each quirk of clients in imap/wire/quirks.md, under its name there.
#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {

TEST_CASE("quirk trailing_blanks") {
    CHECK(canonical("NOOP ") == "NOOP");
    CHECK(canonical("SELECT INBOX  ") == "SELECT INBOX");
    CHECK(canonical("SEARCH UNSEEN ") == "SEARCH UNSEEN");
    CHECK(canonical("FETCH 1 (FLAGS) ") == "FETCH 1 FLAGS");
    CHECK(canonical("ENABLE CONDSTORE ") == "ENABLE CONDSTORE");
    CHECK(canonical("LOGIN {1+}\r\na {1+}\r\nb ") == "LOGIN a b");
}

TEST_CASE("quirk superfluous_blanks") {
    CHECK(canonical("  SELECT   INBOX") == "SELECT INBOX");
    CHECK(canonical("FETCH 1  ( FLAGS  UID )") == "FETCH 1 (FLAGS UID)");
    CHECK(canonical("STATUS x ( MESSAGES )") == "STATUS x (MESSAGES)");
    CHECK(canonical("UID  SEARCH  ( SEEN  1 )  DRAFT") == "UID SEARCH (SEEN 1) DRAFT");
}

TEST_CASE("quirk eight_bit_in_quoted") {
    CHECK(canonical("SEARCH CHARSET ISO-8859-1 SUBJECT \"Gr\xfc\xdf"
                    "e\"") ==
          "SEARCH CHARSET ISO-8859-1 SUBJECT {5+}\r\nGr\xfc\xdf"
          "e");
}

TEST_CASE("quirk greatest_number") {
    // interimap asks for 1:4294967295; the number is not the star.
    CHECK(canonical("UID FETCH 1:4294967295 FLAGS") == "UID FETCH 1:4294967294 FLAGS");
    CHECK(canonical("UID FETCH 4294967295 FLAGS") == "UID FETCH 4294967294 FLAGS");
    CHECK(canonical("UID FETCH 4294967295:* FLAGS") == "UID FETCH 4294967294:* FLAGS");
}

TEST_CASE("quirk macro_in_parentheses") {
    CHECK(canonical("FETCH 1 (UID FAST)") == "FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE)");
}

TEST_CASE("quirk one_digit_day") {
    CHECK(canonical("APPEND x \"7-Feb-1994 21:52:25 -0800\" {0+}\r\n") ==
          "APPEND x \" 7-Feb-1994 21:52:25 -0800\" {0+}\r\n");
}

TEST_CASE("quirk blank_before_day") {
    CHECK(canonical("SEARCH ON \" 7-Feb-1994\"") == "SEARCH ON 7-Feb-1994");
}

TEST_CASE("commands as real clients were seen to send them") {
    const std::pair<std::string, std::string> table[] = {
        {"ENABLE UTF8=ACCEPT", ""},                                // mutt
        {"UID FETCH 1:300 (UID FLAGS)", ""},                       // mbsync
        {"UID FETCH 7 (BODY.PEEK[])", "UID FETCH 7 BODY.PEEK[]"},  // mbsync
        {"FETCH 1:* (FLAGS UID INTERNALDATE)", ""},                // offlineimap
        {"list (subscribed) \"\" \"*\" return (special-use)",
         "LIST (SUBSCRIBED) \"\" \"*\" RETURN (SPECIAL-USE)"},                   // Thunderbird
        {"UID fetch 1:* (FLAGS)", "UID FETCH 1:* FLAGS"},                        // Thunderbird
        {"UID FETCH 1:4294967294 (MODSEQ FLAGS INTERNALDATE BODY.PEEK[])", ""},  // interimap
        {"LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN) SPECIAL-USE CHILDREN "
         "SUBSCRIBED)",  // imapflow
         "LIST \"\" \"*\" RETURN (SPECIAL-USE CHILDREN SUBSCRIBED STATUS (MESSAGES "
         "UNSEEN))"},
        {"UID FETCH 9 (UID BODY.PEEK[]<0.65536>)", ""},                // imapflow
        {"UID SEARCH UID 1:*", ""},                                    // lei
        {"FETCH 1:5 (UID RFC822.SIZE)", ""},                           // getmail
        {"SELECT \"INBOX\" (CONDSTORE)", "SELECT INBOX (CONDSTORE)"},  // mutt
        {"UID FETCH 1:9 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE "
         "FROM SENDER SUBJECT TO CC "
         "MESSAGE-ID REFERENCES CONTENT-TYPE CONTENT-DESCRIPTION IN-REPLY-TO REPLY-TO "
         "LINES LIST-POST LIST-SUBSCRIBE "
         "LIST-UNSUBSCRIBE X-LABEL X-ORIGINAL-TO)])",
         ""},  // mutt
        {"uid search return (count) text xapian",
         "UID SEARCH RETURN (COUNT) TEXT xapian"},  // Mail::IMAPTalk
        {"SEARCH CHARSET UTF-8 TEXT {4}\r\nb\xc3\xa9"
         "b",
         "SEARCH CHARSET UTF-8 TEXT {4+}\r\nb\xc3\xa9"
         "b"},  // imaplib
    };
    for (const auto& [text, expected] : table)
        CHECK(canonical(text) == (expected.empty() ? text : expected));
}

}  // namespace mailhold::imap::wire

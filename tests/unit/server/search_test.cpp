#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

ZonedSeconds day(int year, unsigned month, unsigned day_of_month) {
    const std::chrono::sys_days days{std::chrono::year{year} / static_cast<int>(month) /
                                     static_cast<int>(day_of_month)};
    return {UtcSeconds{days}, 0};
}

void fill(World& world) {
    world.add("INBOX", 1,
              {mail("Date: Mon, 6 Jan 2020 10:00:00 +0000\nFrom: Ann <ann@example.org>\nTo: "
                    "team@example.org\n"
                    "Cc: carl@example.org\nBcc: dora@example.org\nSubject: Invoice 17\nX-Mark: "
                    "red\n\nplease pay\n"),
               {"\\Seen", "\\Answered", "work"},
               day(2020, 1, 7)});
    world.add("INBOX", 2,
              {mail("Date: Tue, 4 Feb 2020 10:00:00 +0000\nFrom: bob@example.org\nSubject: "
                    "=?utf-8?q?Gr=C3=BC=C3=9Fe?=\n"
                    "Content-Type: text/plain; charset=utf-8\n\nviele Gr\xc3\xbc\xc3\x9f"
                    "e\n"),
               {"\\Flagged", "\\Draft"},
               day(2020, 2, 5)});
    world.add(
        "INBOX", 3,
        {mail("Subject: third\n\n") + std::string(2000, 'z'), {"\\Deleted"}, day(2020, 3, 1)});
    world.add("INBOX", 4,
              {mail("Date: Wed, 1 Jan 2020 10:00:00 +0000\nSubject: fourth\n\nx\n"),
               {},
               day(2020, 3, 2)});
    world.vanish("INBOX", 3);  // sequence numbers 1 2 3 are local UIDs 1 2 4
}

}  // namespace

TEST_CASE("SEARCH by each key") {
    World world;
    fill(world);
    struct Row {
        std::string keys, found;
    };
    const std::vector<Row> rows = {
        {"ALL", " 1 2 3"},
        {"ANSWERED", " 1"},
        {"UNANSWERED", " 2 3"},
        {"DELETED", ""},
        {"UNDELETED", " 1 2 3"},
        {"DRAFT", " 2"},
        {"UNDRAFT", " 1 3"},
        {"FLAGGED", " 2"},
        {"UNFLAGGED", " 1 3"},
        {"SEEN", " 1"},
        {"UNSEEN", " 2 3"},
        {"KEYWORD work", " 1"},
        {"UNKEYWORD work", " 2 3"},
        {"NEW", ""},
        {"RECENT", ""},
        {"OLD", " 1 2 3"},
        {"BEFORE 5-Feb-2020", " 1"},
        {"ON 5-Feb-2020", " 2"},
        {"SINCE 5-Feb-2020", " 2 3"},
        {"SENTBEFORE 4-Feb-2020", " 1 3"},
        {"SENTON 4-Feb-2020", " 2"},
        {"SENTSINCE 4-Feb-2020", " 2"},
        {"FROM ann", " 1"},
        {"TO TEAM@", " 1"},
        {"CC carl", " 1"},
        {"BCC dora", " 1"},
        {"SUBJECT \"voice 1\"", " 1"},
        {"HEADER X-Mark RED", " 1"},
        {"HEADER X-Mark \"\"", " 1"},
        {"BODY PLEASE", " 1"},
        {"TEXT red", " 1"},
        {"BODY red", ""},
        {"LARGER 100", " 1 2"},
        {"SMALLER 100", " 3"},
        {"UID 2:3", " 2"},
        {"UID 4", " 3"},
        {"UID *", " 3"},
        {"2:*", " 2 3"},
        {"NOT 2", " 1 3"},
        {"OR SEEN FLAGGED", " 1 2"},
        {"OR (SEEN KEYWORD work) (NOT (OR 1 2))", " 1 3"},
        {"SEEN FLAGGED", ""},
        {"CHARSET UTF-8 SUBJECT {7+}\r\ngr\xc3\xbc\xc3\x9f"
         "e",
         " 2"},
        {"CHARSET ISO-8859-1 BODY {5+}\r\nGR\xdc\xdf"
         "E",
         " 2"},
        {"BODY {7+}\r\nGr\xc3\xbc\xc3\x9f"
         "e",
         " 2"},
    };
    Script script(world);
    script.login().select("INBOX");
    for (const Row& row : rows) {
        INFO(row.keys);
        script.client("a SEARCH " + row.keys)
            .server("* SEARCH" + row.found)
            .server("a OK ...")
            .silence();
    }
    script.client("b UID SEARCH UNSEEN").server("* SEARCH 2 4").server("b OK ...").silence();
    script.client("c SEARCH CHARSET x-unheard-of ALL")
        .server("c NO [BADCHARSET (US-ASCII UTF-8)] ...")
        .silence();
    script.client("d SEARCH UNHEARD").server("d BAD ...").silence();
    script.client("e SEARCH").server("e BAD ...").silence();
}

TEST_CASE("SEARCH with RETURN") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    script.client("a SEARCH RETURN (MIN MAX COUNT) UNSEEN")
        .server("* ESEARCH (TAG \"a\") MIN 2 MAX 3 COUNT 2")
        .server("a OK ...");
    script.client("b UID SEARCH RETURN () UNSEEN")
        .server("* ESEARCH (TAG \"b\") UID ALL 2,4")
        .server("b OK ...");
    script.client("c UID SEARCH RETURN (ALL COUNT) DELETED")
        .server("* ESEARCH (TAG \"c\") UID COUNT 0")
        .server("c OK ...");
    script.client("d SEARCH RETURN (UNHEARD) ALL").server("d BAD ...").silence();
}

TEST_CASE("a string that is not in its charset is BAD, and matches nothing by accident") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    script.client_raw("a SEARCH BODY {2+}\r\n\xff\xfe\r\n").server("a BAD ...").silence();
    script.client_raw("b SEARCH CHARSET UTF-8 NOT SUBJECT {1+}\r\n\xc3\r\n").server("b BAD ...");
    script.client_raw("c SEARCH CHARSET ISO-2022-JP BODY {2+}\r\n\x80\x81\r\n").server("c BAD ...");
    script.client_raw("d SEARCH CHARSET ISO-8859-1 BODY {1+}\r\n\xe9\r\n")
        .server("* SEARCH")
        .server("d OK ...");
    script.client_raw("e SEARCH BODY {2+}\r\n\xc3\xa9\r\n").server("* SEARCH").server("e OK ...");
}

TEST_CASE("a search that cannot be finished is NO, never half an answer") {
    World world;
    fill(world);
    world.search = [](const auto&) -> Result<Places> {
        return fail(Errc::timeout, "search: 60 s are over");
    };
    Script script(world);
    script.login().select("INBOX").client("a SEARCH BODY x").server("a NO [LIMIT] ...").silence();
}

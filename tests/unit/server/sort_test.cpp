// SORT and THREAD through a session, on real headers.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

ZonedSeconds hour(int hours) {
    return {UtcSeconds{std::chrono::days(18'000) + std::chrono::hours(hours)}, 0};
}

void fill(World& world) {
    world.add("INBOX", 1,
              {mail("Date: Mon, 6 Jan 2020 12:00:00 +0000\nFrom: \"Zoe\" <b@x.org>\nTo: "
                    "<c@x.org>\nCc: <m@x.org>\nSubject: Re: [list] apple\nMessage-ID: "
                    "<one@x>\n\nshort\n"),
               {},
               hour(3)});
    world.add("INBOX", 2,
              {mail("Date: Mon, 6 Jan 2020 13:30:00 +0200\nFrom: Adam <c@x.org>\nTo: "
                    "=?utf-8?q?=C3=84rzte?= <a@x.org>\nSubject: Banana\nMessage-ID: "
                    "<\"two\"@x>\nReferences:\n <zero@x> <one@x>\n\na longer text\n"),
               {},
               hour(1)});
    world.add("INBOX", 3,
              {mail("Date: no date\nFrom: a@x.org\nTo: undisclosed:;\nCc: Before <a@x.org>\n"
                    "Subject: apple\nMessage-ID: <three@x>\nIn-Reply-To: message of Monday "
                    "<two@x>\n\nthe longest text of these three\n"),
               {},
               hour(2)});
}

}  // namespace

TEST_CASE("SORT by each key") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    const std::pair<std::string, std::string> table[] = {
        {"ARRIVAL", "2 3 1"},
        {"CC", "2 3 1"},
        {"DATE", "3 2 1"},  // 3 has none that can be read: when it arrived, in 2019
        {"FROM", "3 1 2"},
        {"SIZE", "1 3 2"},
        {"SUBJECT", "1 3 2"},
        {"TO", "2 1 3"},
        {"DISPLAYFROM", "3 2 1"},
        {"DISPLAYTO", "2 1 3"},
        {"REVERSE DATE", "1 2 3"},
        {"SUBJECT REVERSE ARRIVAL", "1 3 2"},
        {"REVERSE SUBJECT", "2 1 3"},  // equal ones stay in the order of the mailbox
    };
    for (const auto& [keys, order] : table) {
        INFO(keys);
        script.client("a SORT (" + keys + ") UTF-8 ALL")
            .server("* SORT " + order)
            .server("a OK ...")
            .silence();
    }
}

TEST_CASE("SORT answers as it was asked") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    script.client("a UID SORT (REVERSE ARRIVAL) US-ASCII SUBJECT apple")
        .server("* SORT 1 3")
        .server("a OK ...");
    script.client("b SORT (ARRIVAL) UTF-8 SUBJECT pear").server("* SORT").server("b OK ...");
    script.client("c SORT RETURN () (ARRIVAL) UTF-8 ALL")
        .server("* ESEARCH (TAG \"c\") ALL 2,3,1")
        .server("c OK ...");
    script.client("d UID SORT RETURN (MIN MAX COUNT PARTIAL 2:9) (ARRIVAL) UTF-8 ALL")
        .server("* ESEARCH (TAG \"d\") UID MIN 2 MAX 1 COUNT 3 PARTIAL (2:9 3,1)")
        .server("d OK ...");
    script.client("e SORT RETURN (SAVE) (ARRIVAL) UTF-8 SUBJECT apple").server("e OK ...");
    script.client("f SEARCH $").server("* SEARCH 1 3").server("f OK ...");
    script.client("g SORT RETURN (UPDATE) (ARRIVAL) UTF-8 ALL").server("g BAD ...");
    script.client("h SORT (ARRIVAL) x-unheard-of ALL").server("h NO [BADCHARSET ...] ...");
    script.silence();
}

TEST_CASE("THREAD by each algorithm") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    script.client("a THREAD REFERENCES UTF-8 ALL").server("* THREAD (1 2 3)").server("a OK ...");
    script.client("b THREAD REFS UTF-8 ALL").server("* THREAD (1 2 3)").server("b OK ...");
    script.client("c UID THREAD ORDEREDSUBJECT UTF-8 ALL")
        .server("* THREAD (3 1)(2)")
        .server("c OK ...");
    script.client("d THREAD REFERENCES UTF-8 2:3").server("* THREAD (2 3)").server("d OK ...");
    script.client("e THREAD REFERENCES UTF-8 NOT ALL").server("* THREAD").server("e OK ...");
    script.client("f THREAD JWZ UTF-8 ALL").server("f BAD ...").silence();
}

TEST_CASE("SORT and THREAD of a mailbox that takes several steps") {
    World world;
    constexpr int many = 1'203;
    for (int i = 1; i <= many; ++i) {
        const auto text =
            fmt::format("From: x@y\nSubject: s{:04}\nMessage-ID: <{}@x>\nReferences: <{}@x>\n\n",
                        many - i, i, i - 1);
        world.add("INBOX", static_cast<std::uint32_t>(i), {mail(text), {}, hour(i)});
    }
    Script script(world);
    script.login().select("INBOX");
    std::string backwards, chain;
    for (int i = many; i > 0; --i) backwards += fmt::format(" {}", i);
    for (int i = 1; i <= many; ++i) chain += fmt::format("{}{}", i > 1 ? " " : "", i);
    for (int round = 0; round < 2; ++round) {  // from the archive, then from memory
        script.client("a SORT (SUBJECT) UTF-8 ALL").server("* SORT" + backwards).server("a OK ...");
        script.client("b THREAD REFS UTF-8 ALL")
            .server("* THREAD (" + chain + ")")
            .server("b OK ...");
    }
}

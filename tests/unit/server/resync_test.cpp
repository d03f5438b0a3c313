#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <regex>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

void fill(World& world) {
    for (std::uint32_t uid = 1; uid <= 5; ++uid)
        world.add("INBOX", uid, {mail(fmt::format("Subject: {}\n\nx\n", uid))});
}

// The number behind `word`, in what the session said.
std::uint64_t told(const std::string& output, const std::string& word) {
    std::smatch found;
    INFO(output);
    REQUIRE(std::regex_search(output, found, std::regex(word + " \\(?(\\d+)")));
    return std::stoull(found[1]);
}

struct Known {
    std::uint64_t uidvalidity, modseq;
};
Known select(Script& script, const std::string& mailbox) {
    const auto output = script.client("k SELECT " + mailbox).take();
    return {told(output, "UIDVALIDITY"), told(output, "HIGHESTMODSEQ")};
}

}  // namespace

TEST_CASE("every message has a mod-sequence, and changes are found by it (RFC 7162 3.1)") {
    World world;
    fill(world);
    Script script(world);
    script.login();
    const auto before = select(script, "INBOX").modseq;
    CHECK(told(script.client("a STATUS INBOX (HIGHESTMODSEQ)").take(), "HIGHESTMODSEQ") == before);
    CHECK(told(script.client("b FETCH 5 (MODSEQ)").take(), "MODSEQ") == before);
    script.client(fmt::format("c FETCH 1:* (FLAGS) (CHANGEDSINCE {})", before))
        .server("c OK ...")
        .silence();
    script.client(fmt::format("d SEARCH MODSEQ {}", before + 1)).server("* SEARCH");
    script.server("d OK ...").silence();

    world.flag("INBOX", 2, {"\\Seen"});
    script.client("e NOOP").server("* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (...))");
    script.server("e OK ...").silence();
    script.client(fmt::format("f FETCH 1:* (FLAGS) (CHANGEDSINCE {})", before));
    script.server("* 2 FETCH (FLAGS (\\Seen) MODSEQ (...))").server("f OK ...").silence();
    script.client(fmt::format("g SEARCH OR MODSEQ \"/flags/\\\\draft\" all {} UID 4", before + 1));
    const auto after = told(script.take(), "MODSEQ");
    CHECK(after > before);
    script.client("h UID SEARCH RETURN (MIN) MODSEQ 1")
        .server(fmt::format(
            "* ESEARCH (TAG \"h\") UID MIN 1 MODSEQ {}",
            told(Script(world).login().select("INBOX").client("x FETCH 1 MODSEQ").take(),
                 "MODSEQ")));
    script.server("h OK ...");
    script.client("i SEARCH RETURN (MIN MAX COUNT) MODSEQ 1")
        .server(fmt::format("* ESEARCH (TAG \"i\") MIN 1 MAX 5 COUNT 5 MODSEQ {}", after));
    script.server("i OK ...");
    script.client("j SORT (REVERSE ARRIVAL) UTF-8 MODSEQ 1")
        .server(fmt::format("* SORT ... (MODSEQ {})", after))
        .server("j OK ...")
        .silence();
}

TEST_CASE("mod-sequences are told of changes only to who asked for some") {
    World world;
    fill(world);
    for (const std::string asks :
         {"SELECT INBOX (CONDSTORE)", "STATUS INBOX (HIGHESTMODSEQ)", "FETCH 1 (MODSEQ)",
          "FETCH 1 FLAGS (CHANGEDSINCE 1)", "SEARCH MODSEQ 1", "ENABLE CONDSTORE", "ENABLE QRESYNC",
          "NOOP"}) {
        Script script(world);
        script.login().select("INBOX").client("a " + asks).take();
        static int count = 0;
        world.flag("INBOX", 1, {fmt::format("change{}", ++count)});
        script.client("b NOOP").server("* FLAGS ...");
        script.server(asks == "NOOP" ? "* 1 FETCH (UID 1 FLAGS (...))"
                                     : "* 1 FETCH (UID 1 FLAGS (...) MODSEQ (...))");
    }
}

TEST_CASE("ENABLE answers with what it newly enabled (RFC 5161, RFC 7162 3.2.3)") {
    World world;
    Script script(world);
    script.login();
    script.client("a ENABLE X-UNKNOWN").server("* ENABLED").server("a OK ...");
    script.client("b SELECT INBOX (QRESYNC (1 1))").server("b BAD ...");
    script.client("c ENABLE QRESYNC CONDSTORE").server("* ENABLED CONDSTORE QRESYNC");
    script.server("c OK ...");
    script.client("d ENABLE QRESYNC").server("* ENABLED").server("d OK ...").silence();
}

TEST_CASE("after ENABLE QRESYNC expunges are told as UIDs (RFC 7162 3.2.10)") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX").client("a ENABLE QRESYNC").take();
    world.vanish("INBOX", 2);
    world.vanish("INBOX", 3);
    world.vanish("INBOX", 5);
    script.client("b FETCH 2 UID").server("* 2 FETCH (UID 2)").server("b OK ...").silence();
    script.client("c NOOP").server("* VANISHED 2:3,5").server("c OK ...").silence();
    script.client("d SELECT INBOX").server("* OK [CLOSED] ...");
}

TEST_CASE("a client that comes back is told what changed meanwhile (RFC 7162 3.2.5)") {
    World world;
    fill(world);
    Script script(world);
    script.login().client("a ENABLE QRESYNC").take();
    const auto known = select(script, "INBOX");
    script.client("b UNSELECT").take();
    world.vanish("INBOX", 2);
    world.vanish("INBOX", 4);
    world.flag("INBOX", 3, {"\\Seen"});
    world.add("INBOX", 6, {mail("Subject: 6\n\nx\n")});
    const auto resync = [&](std::uint64_t uidvalidity, const std::string& more) {
        script.client(
            fmt::format("c SELECT INBOX (QRESYNC ({} {}{}))", uidvalidity, known.modseq, more));
        auto output = script.take();
        script.client("d UNSELECT").take();
        const auto begin = output.find("* OK [MAILBOXID");
        return output.substr(output.find("\r\n", begin) + 2);
    };
    const std::string changes = resync(known.uidvalidity, "");
    CHECK_THAT(changes,
               Catch::Matches("\\* VANISHED \\(EARLIER\\) 2,4\r\n"
                              "\\* 2 FETCH \\(UID 3 FLAGS \\(.Seen\\) MODSEQ \\(\\d+\\)\\)\r\n"
                              "\\* 4 FETCH \\(UID 6 FLAGS \\(\\) MODSEQ \\(\\d+\\)\\)\r\n"
                              "c OK \\[READ-ONLY\\] Selected\r\n"));
    CHECK(resync(known.uidvalidity, " 1:5 (1,3 1,3)") ==
          changes.substr(0, changes.find("* 4 FETCH")) + "c OK [READ-ONLY] Selected\r\n");
    CHECK(resync(known.uidvalidity, " 1,4") ==
          "* VANISHED (EARLIER) 4\r\nc OK [READ-ONLY] Selected\r\n");
    // Of another UIDVALIDITY nothing is worth anything.
    CHECK(resync(known.uidvalidity + 1, "") == "c OK [READ-ONLY] Selected\r\n");
}

TEST_CASE("UID FETCH with VANISHED tells what left, and not what the session still sees") {
    World world;
    fill(world);
    Script script(world);
    script.login();
    const auto known = select(script, "INBOX");
    const auto fetch = fmt::format(" FETCH 1:* (FLAGS) (CHANGEDSINCE {} VANISHED)", known.modseq);
    script.client("a UID" + fetch).server("a BAD ...");  // RFC 7162 3.2.6: only when enabled
    script.client("b ENABLE QRESYNC").take();
    script.client("c" + fetch).server("c BAD ...");
    script.client("d UID FETCH 1:* FLAGS (VANISHED)").server("d BAD ...").silence();
    world.vanish("INBOX", 5);
    script.client("e NOOP").server("* VANISHED 5").server("e OK ...");
    world.vanish("INBOX", 1);
    script.client("f UID" + fetch)
        .server("* VANISHED (EARLIER) 5")
        .server("* VANISHED 1")
        .server("f OK ...")
        .silence();
    script.client("g UID" + fetch).server("* VANISHED (EARLIER) 1,5").server("g OK ...").silence();
    // A UID that came back did not vanish.
    world.add("INBOX", 5, {mail("Subject: 5\n\nx\n")});
    script.client("h NOOP").take();
    script.client("i UID" + fetch).server("* VANISHED (EARLIER) 1");
    script.server("* 4 FETCH (UID 5 FLAGS () MODSEQ (...))").server("i OK ...").silence();
}

TEST_CASE("with UIDONLY no sequence number is taken or given (RFC 9586)") {
    World world;
    for (std::uint32_t uid = 1; uid <= 3; ++uid)
        world.add("INBOX", uid * 10, {mail("Subject: x\n\nx\n"), {uid == 1 ? "\\Seen" : "A"}});
    Script script(world), other(world);
    script.login().client("a ENABLE UIDONLY").server("* ENABLED UIDONLY").server("a OK ...");
    CHECK_FALSE(script.client("b SELECT INBOX").take().contains("[UNSEEN"));
    for (const std::string command :
         {"FETCH 1 FLAGS", "STORE 1 FLAGS ()", "COPY 1 Workspaces/x", "MOVE 1 Workspaces/x",
          "SEARCH ALL", "UID SEARCH NOT 1:2", "UID SORT (DATE) UTF-8 1", "SORT (DATE) UTF-8 ALL",
          "THREAD REFS UTF-8 ALL", "REPLACE 1 Workspaces/x {1+}\r\nx"}) {
        INFO(command);
        script.client("c " + command).server("c BAD [UIDREQUIRED] ...").silence();
    }
    script.client("d UID SEARCH RETURN (SAVE) UNSEEN").server("d OK ...");
    script.client("e UID FETCH $ FLAGS")
        .server("* 2 UIDFETCH (FLAGS (A))")
        .server("* 3 UIDFETCH (FLAGS (A))")
        .server("e OK ...")
        .silence();
    script.client("f UID FETCH 1 (UID)").server("* 1 UIDFETCH (UID 1)").server("f OK ...");
    script.client("g UID SEARCH UID 1:2 $").server("* SEARCH 2").server("g OK ...").silence();
    world.vanish("INBOX", 20);
    world.flag("INBOX", 30, {"\\Seen"});
    script.client("h NOOP")
        .server("* VANISHED 2")
        .server("* FLAGS ...")
        .server("* 3 UIDFETCH (FLAGS (\\Seen))")
        .server("h OK ...")
        .silence();
    script.client("i CREATE Workspaces/x").server("i OK ...");
    script.client("j APPEND Workspaces/x {1+}\r\nx").server("j OK ...");
    script.client("k SELECT Workspaces/x (CONDSTORE)").take();
    script.client("l UID STORE 1 FLAGS.SILENT (\\Seen)")
        .server("* 1 UIDFETCH (MODSEQ (...))")
        .server("l OK ...");
    script.client("m UID STORE 1 +FLAGS (\\Deleted)")
        .server("* 1 UIDFETCH (FLAGS (\\Deleted \\Seen) MODSEQ (...))")
        .server("m OK ...");
    script.client("n EXPUNGE").server("* VANISHED 1").server("n OK ...").silence();
}

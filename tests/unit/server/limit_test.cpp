// MESSAGELIMIT (RFC 9738), with a limit of 3 messages; a configuration takes no less than 1000.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

struct Limited : World {
    Limited() { backend->message_limit = 3; }
};

// A workspace with these messages, selected.
void fill(Script& script, int messages) {
    script.login().client("a CREATE Workspaces/W").server("a OK ...");
    for (int i = 1; i <= messages; ++i)
        script.client("b APPEND Workspaces/W {6+}\r\na\r\nb\r\n")
            .server("b OK [APPENDUID ...] ...");
    script.client("c SELECT Workspaces/W").take();
}

}  // namespace

TEST_CASE("the limit is told after login, where there is one") {
    Limited limited;
    World world;
    for (World* each : std::initializer_list<World*>{&limited, &world}) {
        Script script(*each);
        script.client("a CAPABILITY");
        CHECK(!script.take().contains("MESSAGELIMIT"));
        script.client("b LOGIN alice secret");
        CHECK(script.take().contains(" MESSAGELIMIT=3 ") == (each == &limited));
    }
}

TEST_CASE("FETCH of more gives the highest, the highest first, and says where to go on") {
    Limited world;
    for (std::uint32_t uid = 1; uid <= 5; ++uid) world.add("INBOX", uid, mail("a\n\nb\n"));
    Script script(world);
    script.login().select("INBOX");
    script.client("a UID FETCH 1:* (RFC822.SIZE)")
        .server("* 5 FETCH (UID 5 RFC822.SIZE 8)")
        .server("* 4 FETCH (UID 4 RFC822.SIZE 8)")
        .server("* 3 FETCH (UID 3 RFC822.SIZE 8)")
        .server("a OK [MESSAGELIMIT 3 3] ...");
    script.client("b UID FETCH 1:2 (RFC822.SIZE)")
        .server("* 1 FETCH (UID 1 RFC822.SIZE 8)")
        .server("* 2 FETCH (UID 2 RFC822.SIZE 8)")
        .server("b OK Fetched");
    script.client("c FETCH 1:3 UID").take();
    script.client("c FETCH 1,2,4,5 UID")
        .server("* 5 FETCH (UID 5)")
        .server("* 4 FETCH (UID 4)")
        .server("* 2 FETCH (UID 2)")
        .server("c OK [MESSAGELIMIT 3 2] ...");
    // What was not changed since does not count.
    world.flag("INBOX", 1, {"\\Seen"});
    script.client("d UID FETCH 1:* (UID) (CHANGEDSINCE 1)").take();
    script.client("e SEARCH MODSEQ 1");
    const auto found = script.take();
    const auto modseq = found.substr(found.find("MODSEQ ") + 7);
    script.client(fmt::format("f UID FETCH 1:* (UID) (CHANGEDSINCE {})", std::stoull(modseq) - 1))
        .server("* 1 FETCH (UID 1 MODSEQ (...))")
        .server("f OK Fetched");
    script.client("g UID FETCH 1:* (UID) (PARTIAL -1:-3)").take();
    script.client("g UID FETCH 1:* (UID) (PARTIAL -1:-4)").server("g NO [MESSAGELIMIT 3] ...");
    // What finds messages is never cut.
    script.client("h SEARCH ALL").server("* SEARCH 1 2 3 4 5").server("h OK ...");
    script.client("i UID SEARCH UIDBEFORE 3").server("* SEARCH 1 2").server("i OK ...");
    script.client("j UID SORT (ARRIVAL) UTF-8 ALL").server("* SORT 1 2 3 4 5").server("j OK ...");
    script.client("k SEARCH RETURN (SAVE) ALL").server("k OK ...");
    script.client("l FETCH $ UID").take();
    script.client("m ENABLE UIDONLY").take();
    script.client("n UID FETCH $ (FLAGS)")
        .server("* 5 UIDFETCH (FLAGS ())")
        .server("* 4 UIDFETCH (FLAGS ())")
        .server("* 3 UIDFETCH (FLAGS ())")
        .server("n OK [MESSAGELIMIT 3 3] ...")
        .silence();
}

TEST_CASE("what a client that comes back is told of changes has no limit") {
    Limited world;
    for (std::uint32_t uid = 1; uid <= 5; ++uid) world.add("INBOX", uid, mail("a\n\nb\n"));
    Script script(world);
    script.login().client("a ENABLE QRESYNC").take();
    script.client("b SELECT INBOX");
    const auto opened = script.take();
    const auto at = opened.find("[UIDVALIDITY ") + 13;
    script.client(fmt::format("c SELECT INBOX (QRESYNC ({} 1))",
                              opened.substr(at, opened.find(']', at) - at)));
    const auto told = script.take();
    for (int uid = 1; uid <= 5; ++uid) CHECK(told.contains(fmt::format("(UID {} FLAGS", uid)));
    CHECK(told.contains("\r\nc OK [READ-ONLY]"));
}

TEST_CASE("STORE of more changes the highest; another code goes before the limit's") {
    Limited world;
    Script script(world);
    fill(script, 5);
    script.client("a STORE 1:* +FLAGS.SILENT (\\Flagged)").server("a OK [MESSAGELIMIT 3 3] ...");
    script.client("b SEARCH FLAGGED").server("* SEARCH 3 4 5").server("b OK ...");
    script.client("c UID STORE 1:4 (UNCHANGEDSINCE 1) FLAGS.SILENT ()")
        .server("* NO [MESSAGELIMIT 3 2] ...")
        .server("c OK [MODIFIED 2:4] ...");
    script.client("d UID STORE 1:3 FLAGS.SILENT ()").take();
    script.client("e SEARCH FLAGGED").server("* SEARCH 4 5").server("e OK ...").silence();
}

TEST_CASE("UID EXPUNGE of more takes the highest, EXPUNGE and CLOSE take all") {
    Limited world;
    Script script(world);
    fill(script, 6);
    script.client("a UID STORE 1:3 +FLAGS.SILENT (\\Deleted)").take();
    script.client("a UID STORE 5:6 +FLAGS.SILENT (\\Deleted)").take();
    script.client("b UID EXPUNGE 1:*")
        .server("* 6 EXPUNGE")
        .server("* 5 EXPUNGE")
        .server("* 3 EXPUNGE")
        .server("b OK [MESSAGELIMIT 3 3] ...");
    script.client("c UID EXPUNGE 1:2").server("* 2 EXPUNGE").server("* 1 EXPUNGE");
    script.server("c OK Expunged").silence();
    for (int i = 0; i < 4; ++i)
        script.client("d APPEND Workspaces/W (\\Deleted) {6+}\r\na\r\nb\r\n").take();
    script.client("e ENABLE QRESYNC").take();
    script.client("f UID EXPUNGE 1:*")
        .server("* NO [MESSAGELIMIT 3 8] ...")
        .server("* VANISHED 8:10")
        .server("f OK [HIGHESTMODSEQ ...");
    for (int i = 0; i < 4; ++i)
        script.client("g APPEND Workspaces/W (\\Deleted) {6+}\r\na\r\nb\r\n").take();
    script.client("h EXPUNGE").server("* VANISHED 7,11:14").server("h OK ...").silence();
}

TEST_CASE("COPY, MOVE and APPEND of more do nothing") {
    Limited world;
    Script script(world);
    fill(script, 4);
    script.client("a CREATE Workspaces/T").take();
    script.client("b COPY 1:* Workspaces/T").server("b NO [MESSAGELIMIT 3] ...");
    script.client("c UID MOVE 1:* Workspaces/T").server("c NO [MESSAGELIMIT 3] ...");
    const std::string one = " {1+}\r\nx";
    script.client("d APPEND Workspaces/T" + one + one + one + " {100}")
        .server("d NO [MESSAGELIMIT 3] ...");
    script.client("d APPEND Workspaces/T" + one + one + one + one)
        .server("d NO [MESSAGELIMIT 3] ...");
    script.client("e STATUS Workspaces/T (MESSAGES)")
        .server("* STATUS Workspaces/T (MESSAGES 0)")
        .server("e OK ...");
    script.client("f APPEND Workspaces/T" + one + one + one).server("f OK [APPENDUID ...] ...");
    script.client("g COPY 2:* Workspaces/T").server("g OK [COPYUID ...] ...");
    script.client("h MOVE 2:* Workspaces/T").server("* OK [COPYUID ...] ...");
    CHECK(script.take().contains("\r\nh OK Moved\r\n"));
}

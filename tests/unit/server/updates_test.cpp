#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

void fill(World& world) {
    world.add("INBOX", 1, {mail("Subject: one\n\nx\n")});
    world.add("INBOX", 2, {mail("Subject: two\n\nx\n")});
    world.add("INBOX", 3, {mail("Subject: three\n\nx\n")});
}

}  // namespace

TEST_CASE("every session on a mailbox hears of new mail, flags and expunges, each in its time") {
    World world;
    fill(world);
    Script one(world), other(world);
    one.login().select("INBOX");
    other.login().select("INBOX");
    world.add("INBOX", 4, {mail("Subject: four\n\nx\n")});
    one.client("a NOOP").server("* 4 EXISTS").server("a OK ...").silence();
    world.flag("INBOX", 1, {"\\Seen", "work"});
    one.client("b CHECK").server("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work)");
    one.server("* 1 FETCH (UID 1 FLAGS (\\Seen work))").server("b OK ...").silence();

    world.vanish("INBOX", 2);
    // Not while the client counts: in FETCH, STORE and SEARCH the view stays as it was, whole.
    one.client("c FETCH 2 (UID)").server("* 2 FETCH (UID 2)").server("c OK ...").silence();
    one.client("d SEARCH ALL").server("* SEARCH 1 2 3 4").server("d OK ...").silence();
    one.client("e STORE 2 FLAGS ()").server("e NO ...").silence();
    one.client("f UID FETCH 3 (FLAGS)")
        .server("* 3 FETCH (UID 3 FLAGS ())")
        .server("* 2 EXPUNGE")
        .server("f OK ...")
        .silence();
    one.client("g FETCH 2 (UID)").server("* 2 FETCH (UID 3)").server("g OK ...").silence();

    // The other one slept through it all, and hears the sum.
    other.client("a NOOP").server("* 2 EXPUNGE").server("* 3 EXISTS").server("* FLAGS ...");
    other.server("* 1 FETCH (UID 1 FLAGS (\\Seen work))").server("a OK ...").silence();
}

TEST_CASE("an idling session is told at once") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX").client("a IDLE").server("+ ...").silence();
    world.add("INBOX", 4, {mail("Subject: four\n\nx\n")});
    script.wake().server("* 4 EXISTS").silence();
    script.wake().silence();
    world.vanish("INBOX", 1);
    script.wake().server("* 1 EXPUNGE").silence();
    world.flag("INBOX", 4, {"\\Flagged"});
    script.wake().server("* 3 FETCH (UID 4 FLAGS (\\Flagged))").silence();
    script.client("done").server("a OK ...").silence();
    script.client("b IDLE\r\nDONE\r\nc NOOP")
        .server("+ ...")
        .server("b OK ...")
        .server("c OK ...")
        .silence();
    script.client("d IDLE")
        .server("+ ...")
        .client("e NOOP")
        .server("d BAD ...")
        .client("f NOOP")
        .server("f OK ...")
        .silence();
}

TEST_CASE("what came before IDLE is told as it begins") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    world.add("INBOX", 4, {mail("Subject: four\n\nx\n")});
    script.client("a IDLE").server("+ ...").server("* 4 EXISTS").silence();
}

TEST_CASE("nothing is told of other mailboxes, nor after one is left") {
    World world;
    fill(world);
    world.list("Other");
    Script script(world);
    script.login().select("INBOX");
    world.add("Other", 1, {mail("Subject: x\n\nx\n")});
    script.client("a NOOP").server("a OK ...").silence();
    world.add("INBOX", 4, {mail("Subject: four\n\nx\n")});
    script.client("b CLOSE").server("b OK ...").silence();
    script.client("c NOOP").server("c OK ...").silence();
}

TEST_CASE("sessions share one snapshot, read anew only after a change") {
    World world;
    fill(world);
    const auto mailboxes = world.archive->mailboxes().value();
    const auto inbox = std::ranges::find(mailboxes, "INBOX", &mailhold::store::Mailbox::name);
    REQUIRE(inbox != mailboxes.end());
    const auto first = world.cache->snapshot(inbox->id).value();
    CHECK(world.cache->snapshot(inbox->id).value() == first);
    world.flag("INBOX", 1, {"\\Seen"});
    CHECK(world.cache->snapshot(inbox->id).value() != first);
}

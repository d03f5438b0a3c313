#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <regex>
#include <tuple>
#include <vector>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

void fill(World& world) {
    world.backend->personal_flags = true;
    world.users.push_back({"bob", "secret", {"alice"}});
    for (std::uint32_t uid = 1; uid <= 3; ++uid)
        world.add("INBOX", uid, {mail(fmt::format("Subject: {}\n\nx\n", uid)), {"\\Answered"}});
}

Script& enter(Script& script, const std::string& user) {
    script.client("l LOGIN " + user + " secret").take();
    script.client("s SELECT INBOX").take();
    return script;
}

std::uint64_t highest(Script& script) {
    const auto output = script.client("m STATUS INBOX (HIGHESTMODSEQ)").take();
    std::smatch found;
    REQUIRE(std::regex_search(output, found, std::regex("HIGHESTMODSEQ (\\d+)")));
    return std::stoull(found[1]);
}

}  // namespace

TEST_CASE("a user's own flags on mirrored messages are seen by him alone") {
    World world;
    fill(world);
    Script one(world), other_of_hers(world), bob(world);
    enter(one, "alice");
    enter(other_of_hers, "alice");
    enter(bob, "bob");
    one.client("a STORE 1:2 +FLAGS (\\Seen todo)")
        .server("* FLAGS (... todo)")
        .server("* 1 FETCH (UID 1 FLAGS (\\Answered \\Seen todo))")
        .server("* 2 FETCH (UID 2 FLAGS (\\Answered \\Seen todo))")
        .server("a OK ...")
        .silence();
    other_of_hers.client("b NOOP")
        .server("* FLAGS ...")
        .server("* 1 FETCH (UID 1 FLAGS (\\Answered \\Seen todo))")
        .server("* 2 FETCH (UID 2 FLAGS (\\Answered \\Seen todo))")
        .server("b OK ...")
        .silence();
    bob.client("c NOOP").server("c OK ...").silence();
    one.client("d SEARCH UNSEEN").server("* SEARCH 3").server("d OK ...");
    one.client("e SEARCH KEYWORD todo").server("* SEARCH 1 2").server("e OK ...");
    bob.client("f SEARCH UNSEEN").server("* SEARCH 1 2 3").server("f OK ...");
    one.client("g STATUS INBOX (UNSEEN)").server("* STATUS INBOX (UNSEEN 1)").server("g OK ...");
    bob.client("h STATUS INBOX (UNSEEN)").server("* STATUS INBOX (UNSEEN 3)").server("h OK ...");
    one.client("i LIST \"\" INBOX RETURN (STATUS (UNSEEN))")
        .server("* LIST ...")
        .server("* STATUS INBOX (UNSEEN 1)")
        .server("i OK ...")
        .silence();
    // Expunging stays refused.
    one.client("j STORE 1 +FLAGS (\\Deleted)").server("j NO [NOPERM] ...");
    one.client("k EXPUNGE").server("k NO [NOPERM] ...").silence();
}

TEST_CASE("a user's set replaces the origin's; messages he did not touch follow the origin") {
    World world;
    fill(world);
    Script script(world);
    enter(script, "alice");
    script.client("a STORE 1 FLAGS (\\Flagged)").server("* 1 FETCH (UID 1 FLAGS (\\Flagged))");
    script.server("a OK ...");
    world.flag("INBOX", 1, {"\\Seen"});
    world.flag("INBOX", 2, {"\\Seen"});
    script.client("b NOOP").server("* 2 FETCH (UID 2 FLAGS (\\Seen))").server("b OK ...").silence();
    world.vanish("INBOX", 1);
    script.client("c NOOP").server("* 1 EXPUNGE").server("c OK ...").silence();
    // Among all ever seen it is the same message.
    script.client("d SELECT \"Ever seen/alice/INBOX\"").take();
    script.client("e FETCH 1 FLAGS").server("* 1 FETCH (FLAGS (\\Flagged))").server("e OK ...");
    script.client("f SELECT \"All mail/alice\"").take();
    script.client("g FETCH 1 FLAGS").server("* 1 FETCH (FLAGS (\\Flagged))").server("g OK ...");
    script.client("h STORE 1 -FLAGS.SILENT (\\Flagged)").server("h OK ...");
    script.client("i FETCH 1 FLAGS").server("* 1 FETCH (FLAGS ())").server("i OK ...").silence();
    script.client("j SELECT \"Ever seen/alice/INBOX\"").take();
    script.client("k FETCH 1 FLAGS").server("* 1 FETCH (FLAGS (\\Flagged))").server("k OK ...");
}

TEST_CASE("All mail shows the flags that a user gave a message last, in whatever mailbox") {
    World world;
    fill(world);
    world.list("Work");
    world.add("Work", 1, mail("Subject: 2\n\nx\n"));  // the second of INBOX
    world.list("INBOX", {}, "other");
    for (auto& user : world.users) user.accounts.push_back("other");
    Script script(world), watcher(world), bob(world);
    enter(script, "alice");
    watcher.client("l LOGIN alice secret").take();
    watcher.client("s SELECT \"All mail/alice\"").take();
    watcher.client("w IDLE").take();
    enter(bob, "bob");
    script.client("b STORE 1:2 +FLAGS (\\Seen)").take();
    watcher.wake()
        .server("* 1 FETCH (UID 1 FLAGS (\\Answered \\Seen))")
        .server("* 2 FETCH (UID 2 FLAGS (\\Answered \\Seen))")
        .silence();
    for (const auto* name : {"\"All mail\"", "\"All mail/alice\""}) {
        CAPTURE(name);
        script.client(fmt::format("c STATUS {} (UNSEEN)", name))
            .server(fmt::format("* STATUS {} (UNSEEN 1)", name))
            .server("c OK ...");
        script.client(fmt::format("d SELECT {}", name)).take();
        script.client("e SEARCH SEEN").server("* SEARCH 1 2").server("e OK ...");
        bob.client(fmt::format("d SELECT {}", name)).take();
        bob.client("e SEARCH SEEN").server("* SEARCH").server("e OK ...");
    }
    script.client("f SELECT alice/Work").take();
    script.client("g SEARCH SEEN").server("* SEARCH").server("g OK ...");
    script.client("h STORE 1 FLAGS (\\Flagged)").take();
    watcher.wake().server("* 2 FETCH (UID 2 FLAGS (\\Flagged))").silence();
    // Also of what is gone from its mailbox.
    world.vanish("Work", 1);
    script.client("i SELECT \"Ever seen/alice/Work\"").take();
    script.client("j STORE 1 FLAGS (\\Seen)").take();
    watcher.wake().server("* 2 FETCH (UID 2 FLAGS (\\Seen))").silence();
}

TEST_CASE("what a user sets for himself wakes no session of others, nor makes their views anew") {
    World world;
    fill(world);
    world.list("INBOX", {}, "other");
    for (auto& user : world.users) user.accounts.push_back("other");
    Changes changes(world);
    Script alice(world), hers(world), bob(world), inbox(world), notified(world);
    enter(alice, "alice");
    enter(bob, "bob").client("a STORE 3 +FLAGS (\\Seen)").take();
    hers.client("l LOGIN alice secret").take();
    for (Script* each : {&hers, &bob}) {
        if (each == &bob) bob.client("u UNSELECT").take();
        each->client("s SELECT \"All mail\"").take();
        each->client("i IDLE").take();
    }
    enter(inbox, "bob").client("i IDLE").take();
    notified.client("l LOGIN bob secret").take();
    notified
        .client(
            "n NOTIFY SET (mailboxes (INBOX \"All mail\") (MessageNew MessageExpunge "
            "FlagChange))")
        .take();
    const auto mailboxes = world.cache->mailboxes().value();
    const auto views = [&](const User& user) {
        std::vector<const void*> all{world.cache->everything.of(user, true).value().get()};
        for (const auto* source : sources_of(*mailboxes, user))
            all.push_back(world.cache->snapshot(source->id, user.name).value().get());
        return all;
    };
    const auto of_alice = views(world.users[0]), of_bob = views(world.users[1]);
    std::ignore = changes.wake(alice);
    alice.client("b STORE 1 +FLAGS (\\Seen)").take();
    CHECK(views(world.users[0]) != of_alice);
    CHECK(views(world.users[1]) == of_bob);
    CHECK(changes.woken({&hers, &bob, &inbox, &notified}) ==
          std::vector{true, false, false, false});
    hers.wake().server("* 1 FETCH (UID 1 FLAGS (\\Answered \\Seen))").silence();
    // His own reach them all.
    Script second(world);
    enter(second, "bob").client("c STORE 2 +FLAGS (\\Seen)").take();
    CHECK(changes.woken({&hers, &bob, &inbox, &notified}) == std::vector{false, true, true, true});
    bob.wake().server("* 2 FETCH (UID 2 FLAGS (\\Answered \\Seen))").silence();
}

TEST_CASE("reading marks as seen for the reader; what EXAMINE opened stays as it is") {
    World world;
    fill(world);
    Script script(world);
    enter(script, "alice");
    // The message first, as curl takes the first FETCH for it.
    CHECK(script.client("a FETCH 1 BODY[TEXT]").take() ==
          "* 1 FETCH (BODY[TEXT] {3}\r\nx\r\n)\r\n* 1 FETCH (UID 1 FLAGS (\\Answered \\Seen))\r\n"
          "a OK Fetched\r\n");
    script.client("b EXAMINE INBOX");
    CHECK_THAT(script.take(), Catch::Contains("[PERMANENTFLAGS ()]") &&
                                  Catch::EndsWith("b OK [READ-ONLY] Selected\r\n"));
    script.client("c FETCH 2 BODY[TEXT]").take();
    script.client("d STORE 2 +FLAGS (\\Seen)").server("d NO [NOPERM] ...");
    script.client("e SEARCH UNSEEN").server("* SEARCH 2 3").server("e OK ...");
    script.client("f SELECT INBOX");
    CHECK_THAT(script.take(),
               Catch::Contains("[PERMANENTFLAGS (\\Answered \\Flagged \\Seen \\Draft \\*)]") &&
                   Catch::EndsWith("f OK [READ-WRITE] Selected\r\n"));
}

TEST_CASE("mod-sequences of a user's view only grow, and bring him what changed") {
    World world;
    fill(world);
    Script script(world), bob(world);
    enter(script, "alice");
    enter(bob, "bob");
    const auto begin = highest(script);
    script.client("a STORE 2 +FLAGS (\\Seen)").take();
    const auto after = highest(script);
    CHECK(after > begin);
    CHECK(highest(bob) == begin);
    script.client(fmt::format("b FETCH 1:* FLAGS (CHANGEDSINCE {})", begin))
        .server(fmt::format("* 2 FETCH (FLAGS (\\Answered \\Seen) MODSEQ ({}))", after))
        .server("b OK ...")
        .silence();
    script.client(fmt::format("c STORE 2 (UNCHANGEDSINCE {}) +FLAGS (x)", begin))
        .server("c OK [MODIFIED 2] ...");
    world.vanish("INBOX", 2);
    CHECK(highest(script) > after);
}

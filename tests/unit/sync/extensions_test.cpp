// What an origin may begin to offer one day: SAVEDATE, NAMESPACE, UTF8=ACCEPT, IMAP4rev2. Names stay what they were, and
// octets are those that the origin has.
#include <algorithm>

#include "imap/sync/object_ids.hpp"
#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

const std::string drafts = "Entw&APw-rfe";  // at the origin, in modified UTF-7
const std::string odd = "R&-D &ZeVnLIqe-";

std::vector<store::MailboxListed> listed(World& world) {
    return *world.archive->listed("alice");
}
std::size_t generations(World& world) {
    std::size_t count = 0;
    for (const auto& one : *world.archive->mailboxes())
        if (one.kind == store::MailboxKind::mirrored)
            count += world.archive->generations("alice", one.origin_name)->size();
    return count;
}
std::size_t bodies(World& world) {
    std::size_t count = 0;
    world.origin.with([&](OriginState& state) { count = state.bodies; });
    return count;
}

}  // namespace

TEST_CASE("an origin that begins to offer UTF-8 names has the same mailboxes as before") {
    for (const std::string offered :
         {" ENABLE UTF8=ACCEPT", " IMAP4rev2 ENABLE", " CONDSTORE ENABLE QRESYNC UTF8=ACCEPT"}) {
        CAPTURE(offered);
        World world;
        world.origin.with([&](OriginState& state) {
            state.mailboxes["INBOX"].add("a");
            state.mailboxes[drafts].add("b");
            state.mailboxes[odd].add("c");
            state.mailboxes["&-AGI-"].add("d");  // which is no encoding of anything
        });
        REQUIRE(world.run());
        const auto before = listed(world);
        CHECK(std::ranges::count(before, "Entw\xc3\xbcrfe", &store::MailboxListed::mailbox) == 1);
        CHECK(std::ranges::count(before, "R&D \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
                                 &store::MailboxListed::mailbox) == 1);
        world.origin.with([&](OriginState& state) {
            state.capabilities += offered;
            state.mailboxes[drafts].add("new");
        });
        REQUIRE(world.run());
        REQUIRE(world.run({}, Task::reconciliation));
        CHECK(listed(world) == before);
        CHECK(generations(world) == 4);
        CHECK(bodies(world) == 5);
        CHECK(world.present("Entw\xc3\xbcrfe") == std::map<std::string, int>{{"b", 1}, {"new", 1}});
        world.origin.with([](OriginState& state) { CHECK(state.changes.empty()); });
    }
}

TEST_CASE("a message that was downgraded is had as it is, once UTF-8 is agreed on") {
    const std::string real = "Subject: gr\xc3\xbc\xc3\x9f\x65\r\n\r\nx";
    const std::string downgraded = "Subject: =?UTF-8?Q?gr=C3=BC=C3=9Fe?=\r\n\r\nx";
    World world;
    world.origin.with([&](OriginState& state) {
        auto& inbox = state.mailboxes["INBOX"];
        inbox.add(real);
        inbox.messages[1].downgraded = downgraded;
        inbox.add("plain");
    });
    REQUIRE(world.run());
    CHECK(world.present("INBOX") == std::map<std::string, int>{{downgraded, 1}, {"plain", 1}});
    world.origin.with([&](OriginState& state) { state.capabilities += " ENABLE UTF8=ACCEPT"; });
    REQUIRE(world.run({}, Task::reconciliation));
    CHECK(world.present("INBOX") == std::map<std::string, int>{{real, 1}, {"plain", 1}});
    CHECK(world.archive->find(sha256(downgraded)));  // nothing that was archived goes
    CHECK(store::verify(world.folder)->problems.empty());
}

TEST_CASE("an origin that speaks IMAP4rev2 alone is mirrored") {
    World world;
    world.origin.with([&](OriginState& state) {
        state.capabilities = "IMAP4rev2";
        state.mailboxes["INBOX"].add("a");
        state.mailboxes[drafts].add("b");
    });
    REQUIRE(world.run());
    CHECK(world.present("INBOX").size() == 1);
    CHECK(world.present("Entw\xc3\xbcrfe").size() == 1);
    world.origin.with([](OriginState& state) { CHECK(state.changes.empty()); });
}

TEST_CASE("when the origin saved a message is on record with its place, and NIL is nothing") {
    World world;
    world.origin.with([&](OriginState& state) {
        state.capabilities += " SAVEDATE OBJECTID";
        auto& inbox = state.mailboxes["INBOX"];
        inbox.add("a", "M1");
        inbox.add("b", "M2");
        inbox.add("proof", "M3");
        inbox.messages[1].saved = 1'500'000'000;
    });
    const auto account = world.origin.account();
    Mirror mirror(world.runtime, world.pool, *world.archive, account);
    REQUIRE(mirror.run_once());
    // The first that ids tell come as proofs.
    world.origin.with([](OriginState& state) {
        for (std::size_t i = 0; i < ObjectIds::proofs_first; ++i)
            state.mailboxes["Proofs"].add("proof", "M3");
    });
    REQUIRE(mirror.run_once());
    // A copy is recognised, and saved at another time.
    world.origin.with([&](OriginState& state) {
        auto& work = state.mailboxes["Work"];
        work.add("a", "M1");
        work.messages[1].saved = 1'600'000'000;
    });
    REQUIRE(mirror.run_once());
    CHECK(bodies(world) == 3 + ObjectIds::proofs_first);
    const auto saved = [&](std::string_view octets) {
        std::map<std::string, std::int64_t> found;
        const auto message = *world.archive->find(sha256(octets));
        const auto locations = *world.archive->locations(message.number);
        for (const auto& one : locations)
            found[one.generation.mailbox] =
                one.saved ? one.saved->utc.time_since_epoch().count() : 0;
        return found;
    };
    CHECK(saved("a") ==
          std::map<std::string, std::int64_t>{{"INBOX", 1'500'000'000}, {"Work", 1'600'000'000}});
    CHECK(saved("b") == std::map<std::string, std::int64_t>{{"INBOX", 0}});
    CHECK(store::verify(world.folder)->problems.empty());
}

TEST_CASE(
    "mailboxes of others are mirrored where that is wanted, listed under their prefix alone or "
    "not") {
    World world;
    world.origin.with([&](OriginState& state) {
        state.capabilities += " NAMESPACE";
        state.namespaces = R"((("" "/")) (("Users/" "/")) (("Shared/" "/")))";
        state.mailboxes["INBOX"].add("a");
        state.mailboxes["Users/bob"].add("b");
        state.mailboxes["Shared/x"].add("c");
        state.unlisted = {"Shared/x"};
    });
    REQUIRE(world.run());
    CHECK(listed(world).size() == 1);
    CHECK(world.archive->exclusions("alice")->size() == 1);
    REQUIRE(world.run([](Account& account) { account.shared = account.other_users = true; }));
    CHECK(world.present("Users/bob").size() == 1);
    CHECK(world.present("Shared/x").size() == 1);
    // No longer wanted: what is here stays, and the mailbox is shown as little as one that is gone.
    REQUIRE(world.run());
    CHECK(world.present("Users/bob").empty());
    CHECK(world.archive->totals()->messages == 3);
    REQUIRE(listed(world).size() == 1);
    CHECK(listed(world).front().mailbox == "INBOX");
    // Wanted again, it is back as it was.
    REQUIRE(world.run([](Account& account) { account.shared = account.other_users = true; }));
    CHECK(world.present("Users/bob").size() == 1);
}

TEST_CASE(
    "a server that offers NAMESPACE and does not say whose mailboxes it lists gets no new ones "
    "mirrored") {
    World world;
    world.origin.with([&](OriginState& state) {
        state.capabilities += " NAMESPACE";
        state.mailboxes["INBOX"].add("a");
        state.mailboxes["Shared/x"].add("b");
    });
    SECTION("refused") {
        world.origin.with([](OriginState& state) { state.denied = {"NAMESPACE"}; });
    }
    SECTION("garbled") {
        world.origin.with([](OriginState& state) { state.namespaces = "((\"\""; });
    }
    const auto status = world.run();
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::protocol);
    CHECK_THAT(status.error().text, Catch::Contains("other_users = true and shared = true"));
    CHECK(listed(world).empty());
    // Where all is wanted, whose it is does not matter.
    REQUIRE(world.run([](Account& account) { account.shared = account.other_users = true; }));
    CHECK(world.present("Shared/x").size() == 1);
    // And once it answers, what was none of ours is shown no longer.
    world.origin.with([](OriginState& state) {
        state.denied.clear();
        state.namespaces = R"((("" "/")) NIL (("Shared/" "/")))";
    });
    REQUIRE(world.run());
    REQUIRE(listed(world).size() == 1);
    CHECK(listed(world).front().mailbox == "INBOX");
}

}  // namespace mailhold::imap::sync

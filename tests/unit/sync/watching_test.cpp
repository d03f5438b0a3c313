// Mirror against a small origin: what it does after its first pass.
#include <fmt/format.h>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {

TEST_CASE("a running mirror archives new mail as it comes, with IDLE and by polling") {
    struct Row {
        std::string capabilities;
        std::size_t connections;
        std::string mailbox;
    };
    const Row table[] = {
        {"IMAP4rev1 IDLE ESEARCH UNSELECT", 3, "INBOX"},
        {"IMAP4rev1 IDLE", 1, "INBOX"},
        {"IMAP4rev1 IDLE UNSELECT", 1, "Work"},
        {"IMAP4rev1", 2, "INBOX"},
    };
    for (const auto& row : table) {
        CAPTURE(row.capabilities, row.connections, row.mailbox);
        World world;
        Running running(world, row.capabilities, [&](Account& account) {
            account.connections = row.connections;
            account.poll_every = std::chrono::seconds(1);
        });
        for (const std::uint64_t wanted : {10U, 11U}) {
            world.origin.with([&](OriginState& state) {
                state.mailboxes[row.mailbox].add(fmt::format("new {}", wanted));
            });
            CHECK(running.has(wanted));
        }
        running.mirror.stop();
        CHECK(running.mirror.report().state == State::stopped);
        world.check_level();
    }
}

TEST_CASE("a running mirror of many messages sees what happens far below the newest") {
    for (const auto* capabilities : {"IMAP4rev1 IDLE", "IMAP4rev1 IDLE CONDSTORE ENABLE QRESYNC"}) {
        CAPTURE(capabilities);
        World world;
        world.origin.with([&](OriginState& state) {
            state.capabilities = capabilities;
            for (int i = 0; i < 40; ++i) state.mailboxes["INBOX"].add(fmt::format("old {}", i));
        });
        auto account = world.origin.account();
        account.poll_every = std::chrono::seconds(1);
        Watcher watcher(*world.archive);
        Mirror mirror(world.runtime, world.pool, *world.archive, account);
        mirror.start();
        const auto is_level = [&] { return world.present("INBOX") == world.at_origin("INBOX"); };
        CHECK(watcher.wait(is_level));
        for (const std::uint32_t uid : {3U, 5U}) {
            world.origin.with([&](OriginState& state) {
                auto& inbox = state.mailboxes["INBOX"];
                inbox.expunge(uid);
                inbox.flag(uid + 1, {"\\Seen"});
                inbox.add(fmt::format("in the place of {}", uid));
            });
            CHECK(watcher.wait(is_level));
        }
        mirror.stop();
    }
}

TEST_CASE("a message that ends the connection each time is set aside, and the rest is archived") {
    World world;
    world.origin.with([](OriginState& state) {
        fill(state);
        state.poison = {3};
    });
    Watcher watcher(*world.archive);
    Mirror mirror(world.runtime, world.pool, *world.archive, world.origin.account());
    mirror.start();
    CHECK(watcher.wait([&] { return world.archive->totals()->sightings == 8; }));
    CHECK(watcher.wait([&] { return world.archive->totals()->quarantined == 1; }));
    mirror.stop();
}

}  // namespace mailhold::imap::sync

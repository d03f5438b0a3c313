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
        world.origin.with([&](OriginState& state) {
            fill(state);
            state.capabilities = row.capabilities;
        });
        auto account = world.origin.account();
        account.connections = row.connections;
        account.poll_every = std::chrono::seconds(1);
        Watcher watcher(*world.archive);
        Mirror mirror(world.runtime, world.pool, *world.archive, account);
        mirror.start();
        CHECK(watcher.wait([&] { return world.archive->totals()->sightings == 9; }));
        for (const std::uint64_t wanted : {10U, 11U}) {
            world.origin.with([&](OriginState& state) {
                state.mailboxes[row.mailbox].add(fmt::format("new {}", wanted));
            });
            CHECK(watcher.wait([&] { return world.archive->totals()->sightings == wanted; }));
        }
        mirror.stop();
        CHECK(mirror.report().state == State::stopped);
        world.check_level();
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

// Mirror against a small origin: how it takes leave.
#include <thread>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {

TEST_CASE("a mirror that stops ends IDLE and logs out wherever nothing is under way") {
    struct Row {
        std::string capabilities;
        std::size_t connections;
        std::size_t idling;  // of them, once all is mirrored
    };
    const Row table[] = {{"IMAP4rev1 IDLE", 3, 2},
                         {"IMAP4rev1 IDLE UNSELECT", 1, 1},
                         {"IMAP4rev1 IDLE NOTIFY", 2, 1},
                         {"IMAP4rev1", 2, 0}};
    for (const auto& row : table) {
        CAPTURE(row.capabilities, row.connections);
        World world;
        Running running(world, row.capabilities, [&](Account& account) {
            account.connections = row.connections;
            account.goodbye = std::chrono::seconds(60);
        });
        std::size_t idling = 0;
        while (running.mirror.report().state != State::watching || idling != row.idling)
            world.origin.with([&](OriginState& state) { idling = state.idling; });
        running.mirror.stop();
        world.origin.with([&](OriginState& state) {
            CHECK(state.logouts == state.sessions);
            CHECK(state.idling == 0);
        });
    }
}

TEST_CASE("origins that do not answer LOGOUT share one short wait") {
    World world;
    world.origin.with([](OriginState& state) {
        fill(state);
        state.deaf = true;
    });
    auto account = world.origin.account();
    account.timeout = std::chrono::seconds(300);
    Mirror first(world.runtime, world.pool, *world.archive, account);
    account.name = "bob";
    account.connections = 3;
    Mirror second(world.runtime, world.pool, *world.archive, account);
    for (auto* mirror : {&first, &second}) mirror->start();
    std::size_t idling = 0;
    while (idling != 3) world.origin.with([&](OriginState& state) { idling = state.idling; });
    const auto before = std::chrono::steady_clock::now();
    for (auto* mirror : {&first, &second}) mirror->ask_to_stop();
    for (auto* mirror : {&first, &second}) mirror->stop();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(60));
}

TEST_CASE("a mirror that stops while a command is held back waits for no answer to it") {
    World world;
    world.origin.with([](OriginState& state) { fill(state); });
    auto account = world.origin.account();
    account.manners.commands_a_second = 2;
    account.timeout = account.goodbye = std::chrono::seconds(300);
    Mirror mirror(world.runtime, world.pool, *world.archive, account);
    mirror.start();
    while (mirror.report().state != State::mirroring) std::this_thread::yield();
    const auto before = std::chrono::steady_clock::now();
    mirror.stop();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(60));
}

TEST_CASE("a mirror that stops in the middle of a message just closes that line") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].add(std::string(200'000, 'x'));
        state.on_fetch = [](OriginState& now) {
            now.stalls = true;
            now.cut_at = now.writes + 1;
        };
    });
    Mirror mirror(world.runtime, world.pool, *world.archive, world.origin.account());
    mirror.start();
    bool stalled = false;
    while (!stalled)
        world.origin.with(
            [&](OriginState& state) { stalled = state.stalls && state.writes >= state.cut_at; });
    mirror.stop();
    world.origin.with([](OriginState& state) { CHECK(state.logouts == 0); });
    CHECK(world.archive->totals()->messages == 0);
    world.origin.with([](OriginState& state) { state.stalls = false; });
    REQUIRE(world.run());
    world.check_level();
}

TEST_CASE("a mirror stops promptly while it waits to try again") {
    World world;
    auto account = world.origin.account();
    account.login.secret = []() -> Result<std::string> { return fail(Errc::auth, "no"); };
    Mirror mirror(world.runtime, world.pool, *world.archive, account);
    mirror.start();
    while (mirror.report().state != State::refused) std::this_thread::yield();
    CHECK(mirror.report().problem == "no");
    const auto before = std::chrono::steady_clock::now();
    mirror.stop();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
}

}  // namespace mailhold::imap::sync

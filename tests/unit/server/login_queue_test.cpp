#include "imap/server/login/login_queue.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace std::chrono_literals;

TEST_CASE("one network's checks wait for each other, and are bounded; others pass them") {
    LoginQueue queue;
    std::promise<void> go;
    const auto gate = go.get_future().share();
    LoginQueue::Place guesser(queue, "192.0.2.1");
    std::promise<void> begun;
    guesser.post([&, gate] { begun.set_value(), gate.wait(); });
    begun.get_future().wait();
    std::atomic<int> checked{0};
    for (std::size_t i = 0; i < LoginQueue::most_of_one; ++i) {
        CHECK(queue.has_room("192.0.2.1"));
        guesser.post([&] { ++checked; });
    }
    CHECK_FALSE(queue.has_room("192.0.2.1"));
    CHECK(queue.has_room("192.0.2.2"));
    std::promise<void> done;
    LoginQueue::Place(queue, "192.0.2.2").post([&] { done.set_value(); });
    done.get_future().wait();
    CHECK(checked == 0);
    go.set_value();
    std::promise<void> last;
    guesser.post([&] { last.set_value(); });
    last.get_future().wait();
    CHECK(checked == LoginQueue::most_of_one);
}

TEST_CASE("each failure of a network or a user doubles what its answer waits, up to a limit") {
    Failures failures;
    const Failures::Clock::time_point now{};
    CHECK(failures.note("a", "alice", now) == 1);
    CHECK(failures.note("a", "bob", now) == 2);    // the network's second
    CHECK(failures.note("b", "alice", now) == 2);  // the user's second
    CHECK(failures.note("c", "carol", now) == 1);
    for (int i = 0; i < 20; ++i) failures.note("d", "dora", now);
    CHECK(failures.note("d", "dora", now) == 1 << Failures::most_doublings);
    CHECK(failures.note("d", "dora", now + Failures::period) == 1 << Failures::most_doublings);
    CHECK(failures.note("d", "dora", now + 4 * Failures::period) == 1);
}

TEST_CASE("a login waits before it is looked at, once its network or user has failed too often") {
    Failures failures;
    const Failures::Clock::time_point now{};
    for (std::uint32_t i = 0; i < Failures::free_of_network; ++i) {
        CHECK(failures.wait("a", "alice", now) == 0);
        failures.note("a", "guess" + std::to_string(i), now);
    }
    CHECK(failures.wait("a", "alice", now) == 0);
    failures.note("a", "alice", now);
    CHECK(failures.wait("a", "alice", now) == 1);
    failures.note("a", "alice", now);
    CHECK(failures.wait("a", "anybody", now) == 2);
    CHECK(failures.wait("b", "alice", now) == 0);  // another network
    for (int i = 0; i < 20; ++i) failures.note("a", "alice", now);
    CHECK(failures.wait("a", "bob", now) == 1 << Failures::most_doublings);
    CHECK(failures.wait("a", "bob", now + 4 * Failures::period) == 0);
}

TEST_CASE("a user whom many networks guess at waits too, but not where he was let in before") {
    Failures failures;
    const Failures::Clock::time_point now{};
    failures.succeeded("home", "alice", now);
    for (std::uint32_t i = 0; i <= Failures::free_of_user; ++i)
        failures.note("network" + std::to_string(i), "alice", now);
    CHECK(failures.wait("elsewhere", "alice", now) == 1);
    CHECK(failures.wait("elsewhere", "bob", now) == 0);
    CHECK(failures.wait("home", "alice", now) == 0);
    // Not even there without end.
    for (std::uint32_t i = 0; i <= Failures::free_of_network; ++i)
        failures.note("home", "alice", now);
    CHECK(failures.wait("home", "alice", now) == 1);
}

TEST_CASE("a success forgives what this user failed from there, and nobody else") {
    Failures failures;
    const Failures::Clock::time_point now{};
    for (int i = 0; i < 3; ++i) failures.note("a", "alice", now);
    failures.note("a", "guess", now);
    failures.note("b", "alice", now);
    failures.succeeded("a", "alice", now);
    CHECK(failures.note("a", "carol", now) == 2);  // the second that is left of the network
    CHECK(failures.note("c", "alice", now) == 2);
    // An account of one's own is no way to go on guessing.
    for (std::uint32_t i = 0; i < 2 * Failures::free_of_network; ++i) {
        failures.note("d", "victim", now);
        failures.succeeded("d", "own", now);
    }
    CHECK(failures.wait("d", "victim", now) == 1 << Failures::most_doublings);
}

TEST_CASE("what is remembered of failures is bounded") {
    Failures failures;
    const Failures::Clock::time_point now{};
    for (std::size_t i = 0; i < Failures::most; ++i)
        failures.note("n" + std::to_string(i), "u" + std::to_string(i), now);
    CHECK(failures.remembered() <= 2 * (Failures::most + 3));
}

TEST_CASE("a name that a client made up is harmless in the log") {
    CHECK(loggable("alice@example.org") == "alice@example.org");
    CHECK(loggable("a\r\nb\x1b[31m\xff") == "a??b?[31m?");
    CHECK(loggable(std::string(1000, 'x')) == std::string(64, 'x') + "...");
}

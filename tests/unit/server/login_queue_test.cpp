#include "imap/server/login_queue.hpp"

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

TEST_CASE("a name that a client made up is harmless in the log") {
    CHECK(loggable("alice@example.org") == "alice@example.org");
    CHECK(loggable("a\r\nb\x1b[31m\xff") == "a??b?[31m?");
    CHECK(loggable(std::string(1000, 'x')) == std::string(64, 'x') + "...");
}

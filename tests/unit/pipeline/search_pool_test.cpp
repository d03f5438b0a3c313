// The order in which searches get their turns, with work that only pretends to search.
#include "indexer/pipeline/search_pool.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "store/base/log.hpp"

using namespace mailhold;
using namespace mailhold::indexer::pipeline;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

void work_until(Clock::time_point end) {
    while (Clock::now() < end) std::this_thread::yield();
}

// Takes every turn to its end, until `over`.
SearchPool::Work endless(std::atomic<bool>& over) {
    return [&over](const Slice& slice) {
        while (!over && !slice.is_over(Clock::now())) std::this_thread::yield();
        return over ? Step::done : Step::again;
    };
}

}  // namespace

TEST_CASE("work is called until it is done, and a user may have only so much of it") {
    std::promise<void> go, done;
    auto gate = go.get_future().share();
    std::atomic<int> calls{0};
    SearchPool pool({.threads = 1, .per_user = 1, .waiting = 2});
    const auto count = [&, gate](const Slice&) {
        gate.wait();
        return ++calls % 3 == 0 ? Step::done : Step::again;
    };
    CHECK(pool.start("alice", count));
    CHECK(pool.start("alice", count));
    CHECK_FALSE(pool.start("alice", count));
    CHECK(pool.start("bob", [&](const Slice&) { return done.set_value(), Step::done; }));
    go.set_value();
    done.get_future().wait();
}

TEST_CASE("endless searches, of others and of one's own, leave a short one its turn") {
    std::atomic<bool> over{false};
    SearchPool pool({.threads = 2, .per_user = 2, .waiting = 100});
    for (int i = 0; i < 32; ++i) REQUIRE(pool.start("mallory", endless(over)));
    for (const std::string user : {"mallory", "alice"}) {
        for (int i = 0; i < 5; ++i) {
            const auto done = std::make_shared<std::promise<void>>();
            const auto begin = Clock::now();
            REQUIRE(pool.start(user, [done](const Slice& slice) {
                CHECK(slice.brief);
                return done->set_value(), Step::done;
            }));
            done->get_future().wait();
            CHECK(Clock::now() - begin < 1s);  // without turns it would never come
        }
    }
    over = true;
}

TEST_CASE("what takes long sinks to where turns are long, and alone it is not interrupted") {
    std::promise<void> alone;
    std::promise<int> brief_turns;
    SearchPool pool({.threads = 1, .per_user = 1, .waiting = 10});
    REQUIRE(pool.start("alice", [&](const Slice& slice) {
        work_until(Clock::now() + 30ms);
        CHECK_FALSE(slice.is_over(Clock::now()));  // nobody waits
        return alone.set_value(), Step::done;
    }));
    alone.get_future().wait();

    REQUIRE(pool.start("alice", [&, turns = 0](const Slice& slice) mutable {
        if (!slice.brief) return brief_turns.set_value(turns), Step::done;
        return ++turns, Step::heavy;
    }));
    CHECK(brief_turns.get_future().get() == 3);
}

TEST_CASE("a client that floods stands behind the others from the start, and is not starved") {
    SearchPool pool({.threads = 1, .per_user = 1, .waiting = 100});
    std::promise<void> go, all;
    auto gate = go.get_future().share();
    std::string order;  // one thread serves the brief turns
    const auto note = [&](char name) {
        return [&, name](const Slice&) {
            order += name;
            if (order.size() == 20) all.set_value();
            return Step::done;
        };
    };
    REQUIRE(pool.start("first", [gate](const Slice&) { return gate.wait(), Step::done; }));
    for (int i = 0; i < 5; ++i) REQUIRE(pool.start("mallory", note('m'), 20ms));
    for (int i = 0; i < 15; ++i) REQUIRE(pool.start("alice", note('a')));
    go.set_value();
    all.get_future().wait();
    CHECK(order == "aaaaaamaaaaaaamaammm");
}

TEST_CASE("what work throws is its end, and not that of the pool") {
    log::configure(log::Level::off);
    {
        std::promise<void> done;
        SearchPool pool({.threads = 1, .per_user = 1, .waiting = 1});
        REQUIRE(pool.start("alice", [](const Slice&) -> Step { throw std::runtime_error("x"); }));
        while (!pool.start("alice", [&](const Slice&) { return done.set_value(), Step::done; }))
            std::this_thread::yield();
        done.get_future().wait();
    }
    log::configure(log::Level::warning);
}

#include "store/base/shares.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <latch>
#include <stdexcept>
#include <vector>

namespace mailhold {

TEST_CASE("two shares are done at once, where a thread is idle") {
    WorkerPool pool("helpers", 1);
    std::latch both(2);
    in_shares(pool, 2, [&](std::size_t) { both.arrive_and_wait(); });  // or it would never end
    CHECK(both.try_wait());
}

TEST_CASE("who has no help does all shares himself") {
    std::latch busy(1);
    WorkerPool pool("busy", 1);
    pool.post([&] { busy.wait(); });
    std::size_t done = 0;
    in_shares(pool, 100, [&](std::size_t) { ++done; });
    CHECK(done == 100);
    busy.count_down();
}

TEST_CASE("each share is done once, whoever helps") {
    WorkerPool pool("helpers", 2);
    for (const std::size_t count : {0U, 1U, 2U, 500U}) {
        std::vector<std::atomic<int>> done(count);
        in_shares(pool, count, [&](std::size_t i) { ++done[i]; });
        CHECK(std::ranges::all_of(done, [](const auto& times) { return times == 1; }));
    }
}

TEST_CASE("what a share throws comes when all are done") {
    WorkerPool pool("helpers", 1);
    std::atomic<int> done{0};
    const auto job = [&](std::size_t i) {
        ++done;
        if (i % 10 == 0) throw std::runtime_error("out");
    };
    CHECK_THROWS_AS(in_shares(pool, 100, job), std::runtime_error);
    CHECK(done == 100);
}

}  // namespace mailhold

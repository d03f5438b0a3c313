// Where searches run: short turns, fair between users, and new searches before those that have
// taken long already. What needs long turns (walking a million postings) gets them on threads of
// its own that the system prefers less, so that a thousand monsters delay an ordinary search by
// milliseconds.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "indexer/pipeline/searcher.hpp"
#include "store/base/threads.hpp"
#include "store/base/turns.hpp"

namespace mailhold::indexer::pipeline {

class SearchPool {
  public:
    struct Limits {
        std::size_t threads = 2;    // for brief turns, and as many for long ones
        std::size_t per_user = 2;   // threads of each kind that one user's searches have at once
        std::size_t waiting = 100;  // searches of one user, in work and waiting
    };
    explicit SearchPool(Limits limits);
    ~SearchPool();  // goes on until all work is done, then joins
    SearchPool(const SearchPool&) = delete;
    SearchPool& operator=(const SearchPool&) = delete;

    // Called for one turn after another, on any thread, until it says Step::done. What it throws is
    // logged, and ends it.
    using Work = std::move_only_function<Step(const Slice&)>;
    // `expected` is what it may take, as the client's searches before it did: with it a client that
    // floods stands behind the others from the start. False, and nothing happens, where the user has
    // too many already. Any thread; never blocks.
    bool start(const std::string& user, Work work,
               std::chrono::steady_clock::duration expected = {});

  private:
    struct Task {
        Work work;
        std::chrono::steady_clock::duration expected{}, used{};
    };
    // The threads of one kind, and the levels that they serve: the first one first.
    struct Lane {
        std::size_t first_level, end_level;
        bool brief;
        std::condition_variable wake;
        std::atomic<std::size_t> waiting{0};  // searches, read by those that run
        std::size_t turns = 0;                // given so far
    };

    void run(Lane& lane);
    bool run_one(Lane& lane, std::unique_lock<std::mutex>& lock);
    struct Next {
        std::size_t level;
        Turns<Task>::Taken taken;
    };
    std::optional<Next> take(Lane& lane);
    void add(std::size_t level, const std::string& user, Task task);
    Lane& lane_of(std::size_t level);

    const Limits limits_;
    std::mutex mutex_;
    std::array<Turns<Task>, 6> levels_;
    std::map<std::string, std::size_t> begun_;  // and not done, by user
    Lane brief_lane_, slow_lane_;
    bool stopping_ = false;
    std::vector<Thread> threads_;
};

}  // namespace mailhold::indexer::pipeline

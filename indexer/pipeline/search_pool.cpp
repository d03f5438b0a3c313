// A search begins on the first level, or where those of its client before it ended, and sinks as it
// takes time. The upper levels are served by one lane of threads, the others by the other; within a
// level users take turns.
#include "indexer/pipeline/search_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "store/base/log.hpp"

namespace mailhold::indexer::pipeline {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// What a search may have taken in all on each level; then it sinks to the next. Brief searches stay
// on the upper three.
constexpr std::array<Clock::duration, 5> most_on = {2ms, 8ms, 32ms, 128ms, 512ms};
constexpr std::size_t first_slow = 3, last_level = most_on.size();
constexpr Clock::duration longest_turn = 24ms;  // while others wait

std::size_t level_of(Clock::duration used) {
    const auto level = std::ranges::upper_bound(most_on, used);
    return static_cast<std::size_t>(level - most_on.begin());
}

Clock::duration turn_on(std::size_t level) {
    if (level == 0) return most_on[0];
    if (level >= first_slow) return longest_turn;
    return most_on[level] - most_on[level - 1];
}

// So often the longest search is next, not the shortest: nobody waits for ever.
constexpr std::size_t turns_for_the_last = 8;

// A third of the share of others where there are too few cores for all (Linux: of this thread).
constexpr int slow_niceness = 5;

}  // namespace

SearchPool::SearchPool(Limits limits)
    : limits_(limits),
      brief_lane_{.first_level = 0, .end_level = first_slow, .brief = true, .wake = {}},
      slow_lane_{
          .first_level = first_slow, .end_level = last_level + 1, .brief = false, .wake = {}} {
    static_assert(std::tuple_size_v<decltype(levels_)> == last_level + 1);
    for (auto& level : levels_) level = Turns<Task>(limits.per_user);
    for (std::size_t i = 0; i < limits.threads; ++i) {
        threads_.emplace_back("search", [this] { run(brief_lane_); });
        threads_.emplace_back("search-long", [this] {
            const auto self = static_cast<id_t>(::gettid());
            ::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + slow_niceness);
            run(slow_lane_);
        });
    }
}

SearchPool::~SearchPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    brief_lane_.wake.notify_all();
    slow_lane_.wake.notify_all();
    threads_.clear();
}

bool SearchPool::start(const std::string& user, Work work, Clock::duration expected) {
    const std::lock_guard lock(mutex_);
    auto& begun = begun_[user];
    if (begun >= limits_.waiting) return false;
    ++begun;
    add(level_of(expected), user, {std::move(work), expected});
    return true;
}

void SearchPool::add(std::size_t level, const std::string& user, Task task) {
    levels_[level].add(user, std::move(task));
    Lane& lane = lane_of(level);
    ++lane.waiting;
    lane.wake.notify_one();
}

SearchPool::Lane& SearchPool::lane_of(std::size_t level) {
    return level < first_slow ? brief_lane_ : slow_lane_;
}

// Whose turn is next: the level with the least taken so far, and now and then that with the most.
std::optional<SearchPool::Next> SearchPool::take(Lane& lane) {
    const bool longest = (lane.turns + 1) % turns_for_the_last == 0;
    for (std::size_t i = lane.first_level; i < lane.end_level; ++i) {
        const auto level = longest ? lane.first_level + lane.end_level - 1 - i : i;
        if (auto taken = levels_[level].take()) {
            ++lane.turns;
            --lane.waiting;
            return Next{level, std::move(*taken)};
        }
    }
    return std::nullopt;
}

void SearchPool::run(Lane& lane) {
    std::unique_lock lock(mutex_);
    // At the end a search may still sink from the other lane to this one: until none is left.
    while (true) {
        if (run_one(lane, lock)) continue;
        if (stopping_ && begun_.empty()) break;
        lane.wake.wait(lock);
    }
}

// One turn of whoever is next; false where nobody is.
bool SearchPool::run_one(Lane& lane, std::unique_lock<std::mutex>& lock) {
    auto next = take(lane);
    if (!next) return false;
    lock.unlock();

    auto& [owner, task] = next->taken;
    const auto begin = Clock::now();
    Step step = Step::done;
    try {
        step = task.work({begin + turn_on(next->level), &lane.waiting, lane.brief});
    } catch (const std::exception& problem) {
        log::error("search.exception", {{"what", problem.what()}});
    } catch (...) {  // Xapian's errors, for one, are no std::exception
        log::error("search.exception", {{"what", "not a std::exception"}});
    }
    task.used += Clock::now() - begin;
    if (step == Step::done) task.work = {};  // what it holds goes without the lock

    lock.lock();
    levels_[next->level].give_back(owner);
    if (step != Step::done) {
        const auto sunk = std::min(next->level + (step == Step::heavy ? 1 : 0), last_level);
        add(std::max(sunk, level_of(task.used)), owner, std::move(task));
    } else if (const auto begun = begun_.find(owner); --begun->second == 0) {
        begun_.erase(begun);
    }
    // Somebody of this user may go on now.
    if (lane.waiting > 0) lane.wake.notify_one();
    if (stopping_ && begun_.empty()) {
        brief_lane_.wake.notify_all();
        slow_lane_.wake.notify_all();
    }
    return true;
}

}  // namespace mailhold::indexer::pipeline

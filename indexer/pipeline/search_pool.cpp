// A search begins on the first level and sinks as it takes time. The upper levels are served by one
// lane of threads, the last one by the other; within a level users take turns.
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

struct LevelRule {
    Clock::duration turn;     // how long one turn is, while others wait
    Clock::duration most_in;  // a search that has taken longer in all sinks to the next level
};
constexpr std::array<LevelRule, 3> rules = {
    {{4ms, 4ms}, {16ms, 20ms}, {20ms, Clock::duration::max()}}};
constexpr std::size_t last_level = rules.size() - 1;

// A third of the share of others where there are too few cores for all (Linux: of this thread).
constexpr int slow_niceness = 5;

}  // namespace

SearchPool::SearchPool(Limits limits)
    : limits_(limits),
      levels_{Turns<Task>(limits.per_user), Turns<Task>(limits.per_user),
              Turns<Task>(limits.per_user)},
      brief_lane_{.first_level = 0, .end_level = last_level, .brief = true, .wake = {}},
      slow_lane_{.first_level = last_level, .end_level = rules.size(), .brief = false, .wake = {}} {
    for (std::size_t i = 0; i < limits.threads; ++i) {
        threads_.emplace_back("search", [this] { run(brief_lane_); });
        threads_.emplace_back("search-long", [this] {
            ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), slow_niceness);
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

bool SearchPool::start(const std::string& user, Work work) {
    const std::lock_guard lock(mutex_);
    auto& begun = begun_[user];
    if (begun >= limits_.waiting) return false;
    ++begun;
    add(0, user, {std::move(work)});
    return true;
}

void SearchPool::add(std::size_t level, const std::string& user, Task task) {
    Lane& lane = level == last_level ? slow_lane_ : brief_lane_;
    levels_[level].add(user, std::move(task));
    ++lane.waiting;
    lane.wake.notify_one();
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
    std::size_t level = lane.first_level;
    auto taken = levels_[level].take();
    while (!taken && ++level < lane.end_level) taken = levels_[level].take();
    if (!taken) return false;
    --lane.waiting;
    lock.unlock();

    Task task = std::move(taken->item);
    const auto begin = Clock::now();
    Step step = Step::done;
    try {
        step = task.work({begin + rules[level].turn, &lane.waiting, lane.brief});
    } catch (const std::exception& problem) {
        log::error("search.exception", {{"what", problem.what()}});
    } catch (...) {  // Xapian's errors, for one, are no std::exception
        log::error("search.exception", {{"what", "not a std::exception"}});
    }
    task.used += Clock::now() - begin;
    if (step == Step::done) task.work = {};  // what it holds goes without the lock

    lock.lock();
    levels_[level].give_back(taken->owner);
    if (step != Step::done) {
        const bool sinks = step == Step::heavy || task.used >= rules[level].most_in;
        add(std::min(level + (sinks ? 1 : 0), last_level), taken->owner, std::move(task));
    } else if (const auto begun = begun_.find(taken->owner); --begun->second == 0) {
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

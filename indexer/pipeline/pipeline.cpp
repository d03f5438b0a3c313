// The pipeline's thread: decides when to add, when to commit and when to wait; the Follower does
// it. A commit comes when a batch is full, when someone waits for it, or commit_every after the one
// before; far behind it comes later: a commit writes anew much of what is there, and searches do not
// miss what waits for it.
#include "indexer/pipeline/pipeline.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "indexer/pipeline/follower.hpp"
#include "indexer/pipeline/window.hpp"
#include "store/base/log.hpp"

namespace mailhold::indexer::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds retry_after{200};  // times the failures in a row
constexpr int most_retry_steps = 25;
constexpr int failures_shown = 4;            // in a row, before catch_up() gives up waiting
constexpr std::size_t largest_batch = 5000;  // what is not committed is kept in memory
constexpr std::size_t share_of_index = 100;  // a batch is one part in so many, up to the largest
constexpr int longer_far_behind = 20;        // times commit_every

}  // namespace

struct Pipeline::Parts {
    Parts(store::Archive& archive_to_follow, Options wanted, std::unique_ptr<Follower> opened)
        : archive(archive_to_follow),
          options(wanted),
          follower(std::move(opened)),
          through(follower->committed()) {
        options.batch = std::clamp<std::size_t>(options.batch, 1, largest_batch);
    }

    void aim(MessageNumber message) {
        {
            const std::lock_guard lock(mutex);
            target = std::max(target, message);
        }
        wake.notify_all();
    }

    void run() {
        work_in_background();
        for (std::unique_lock lock(mutex); step(lock);) continue;
    }

    // One turn of the thread; false at the end. Work is done without the lock.
    bool step(std::unique_lock<std::mutex>& lock) {
        const auto now = Clock::now();
        const bool behind = follower->added() < target && !stopping;
        const auto waiting = follower->uncommitted();
        const auto batch = batch_size();
        const auto due = commit_due(batch);
        if (damage && !stopping) {
            const auto found = *std::exchange(damage, std::nullopt);
            work(lock, [&] { return follower->rebuild(found); });
        } else if (waiting >= batch ||
                   (waiting > 0 && (now >= due || (!behind && (stopping || hurried > 0))))) {
            work(lock, [&] { return commit(); });
        } else if (behind) {
            work(lock, [&] { return add(); });
        } else if (stopping) {
            return false;
        } else if (mending) {
            work(lock, [&] { return mend(); });
        } else if (waiting == 0 && !compact_looked) {
            work(lock, [&] { return compact(); });
        } else if (waiting > 0) {
            wake.wait_until(lock, due);
        } else {
            wake.wait(lock);
        }
        return true;
    }

    std::size_t batch_size() const {
        const std::size_t there = number(follower->committed());
        return std::max(options.batch, std::min(there / share_of_index, largest_batch));
    }
    Clock::time_point commit_due(std::size_t batch) const {
        const bool far_behind = number(target) > number(follower->added()) + batch;
        return committed_at + options.commit_every * (far_behind ? longer_far_behind : 1);
    }

    template <class F>
    void work(std::unique_lock<std::mutex>& lock, F&& piece) {
        lock.unlock();
        Status done = piece();
        if (!done) {
            const Status recovered = follower->recover(done.error());
            if (!recovered) log::error("index.unavailable", {{"error", recovered.error().text}});
        }
        lock.lock();
        // Damage reported meanwhile counts: what is committed is still to be made anew.
        const auto before =
            std::exchange(through, damage ? MessageNumber{} : follower->committed());
        if (!done) {
            committed_at = {};  // so that what comes before the failure is kept
            ++failures;
            last_error = done.error();
        } else if (through > before || through >= target) {
            failures = 0;  // not for what was only added: its commit may be what fails
        }
        progress.notify_all();
        if (!done && !stopping) {
            wake.wait_for(lock, retry_after * std::min(failures, most_retry_steps),
                          [this] { return stopping; });
        }
        if (failures > 0 && stopping)
            target = follower->added();  // what is left is for the next start
    }

    Status add() {
        mutex.lock();
        const auto aimed = target;
        mutex.unlock();
        const auto added = follower->add_window();
        if (!added) return std::unexpected(added.error());
        if (*added) return {};
        // The archive has no such message: an aim that was wrong must not become a busy loop.
        const std::lock_guard lock(mutex);
        if (target == aimed) target = follower->added();
        return {};
    }

    Status commit() {
        if (auto committed = follower->commit(); !committed) return committed;
        committed_at = Clock::now();
        compact_looked = false;
        std::function<void(MessageNumber)> told;
        {
            const std::lock_guard lock(mutex);
            told = callback;
        }
        if (told) told(follower->committed());
        return {};
    }

    Status compact() {
        compact_looked = true;
        const auto done = follower->compact();
        if (!done) return std::unexpected(done.error());
        return {};
    }

    Status mend() {
        const auto more = follower->mend_summaries();
        mending = more && *more;
        if (!more) log::warning("index.mending", {{"error", more.error().text}});
        return {};
    }

    store::Archive& archive;
    Options options;
    std::unique_ptr<Follower> follower;  // the pipeline thread's
    Clock::time_point committed_at{};    // likewise
    bool mending = true;                 // likewise
    bool compact_looked = false;         // likewise; since the last commit

    std::mutex mutex;
    std::condition_variable wake;      // the pipeline thread: news, a hurry, the end
    std::condition_variable progress;  // those in catch_up()
    MessageNumber target{};            // the highest message known to be archived
    MessageNumber through{};           // committed
    int hurried = 0;                   // callers in catch_up()
    int failures = 0;                  // since the last progress
    Error last_error;
    std::optional<Error> damage;  // reported, and nothing done about it yet
    MessageNumber whole_at{};     // the last rebuild is over when `through` is here
    std::optional<Clock::time_point> rebuilt;
    bool stopping = false;
    std::function<void(MessageNumber)> callback;

    store::Archive::Subscription subscription;
    Thread thread;  // last: it uses all of the above
};

Pipeline::Pipeline(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<Pipeline>> Pipeline::start(store::Archive& archive, Options options) {
    auto follower = Follower::open(archive, options);
    if (!follower) return std::unexpected(follower.error());
    auto parts = std::make_unique<Parts>(archive, options, std::move(*follower));
    parts->subscription = archive.subscribe(
        [state = parts.get()](const store::Change& change) { state->aim(change.last_message); });
    const auto totals = archive.totals();
    if (!totals) return std::unexpected(totals.error());
    parts->aim(MessageNumber{static_cast<std::uint32_t>(totals->messages)});
    parts->thread = Thread("index", [state = parts.get()] { state->run(); });
    return std::unique_ptr<Pipeline>(new Pipeline(std::move(parts)));
}

Pipeline::~Pipeline() {
    parts_->subscription.reset();
    {
        const std::lock_guard lock(parts_->mutex);
        parts_->stopping = true;
    }
    parts_->wake.notify_all();
    parts_->thread.join();
}

MessageNumber Pipeline::through() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->through;
}

Status Pipeline::catch_up(const std::function<void(store::Progress)>& on_progress) {
    auto& state = *parts_;
    const auto totals = state.archive.totals();
    if (!totals) return std::unexpected(totals.error());
    const MessageNumber goal{static_cast<std::uint32_t>(totals->messages)};
    state.aim(goal);
    std::unique_lock lock(state.mutex);
    ++state.hurried;
    state.wake.notify_all();
    while (state.through < goal && state.failures < failures_shown) {
        state.progress.wait(lock);
        if (!on_progress) continue;
        const store::Progress so_far{std::min(number(state.through), number(goal)), number(goal)};
        lock.unlock();
        on_progress(so_far);
        lock.lock();
    }
    --state.hurried;
    if (state.through < goal) return std::unexpected(state.last_error);
    return {};
}

void Pipeline::report_damage(const Error& error) {
    auto& state = *parts_;
    {
        const std::lock_guard lock(state.mutex);
        const auto now = Clock::now();
        const bool soon = state.rebuilt && now - *state.rebuilt < state.options.rebuild_every;
        if (state.through < state.whole_at || soon) return;
        state.damage = error;
        state.rebuilt = now;
        state.whole_at = state.target;
        state.through = MessageNumber{};
    }
    state.wake.notify_all();
}

void Pipeline::on_commit(std::function<void(MessageNumber)> callback) {
    const std::lock_guard lock(parts_->mutex);
    parts_->callback = std::move(callback);
}

}  // namespace mailhold::indexer::pipeline

// The parallel part of the pipeline, without knowing what runs.
#include "indexer/pipeline/window.hpp"

#include <unistd.h>

#include <exception>

namespace mailhold::indexer::pipeline {
namespace {

constexpr int niceness = 19;  // what waits for a client or an origin comes first

}  // namespace

void work_in_background() {
    // On Linux it is the thread's own (sched(7)); that it is refused would change nothing but pace.
    static thread_local const int is_now = ::nice(niceness);
    static_cast<void>(is_now);
}

void Batch::run(std::move_only_function<Status()> job) {
    {
        const std::lock_guard lock(mutex_);
        ++running_;
    }
    pool_.post([this, job = std::move(job)]() mutable {
        work_in_background();
        try {
            finished(job());
        } catch (const std::exception& problem) {
            finished(fail(Errc::limit, problem.what()));
        }
    });
}

void Batch::finished(Status status) {
    const std::lock_guard lock(mutex_);
    if (!status && status_) status_ = std::move(status);
    // Under the lock: the batch may be gone as soon as its owner sees the last one finished.
    if (--running_ == 0) done_.notify_all();
}

Status Batch::wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
    return status_;
}

std::size_t fitting(std::span<const store::StoredMessage> messages) {
    std::uint64_t octets = 0;
    std::size_t count = 0;
    for (; count < messages.size() && count < window_messages; ++count) {
        octets += messages[count].size;
        if (octets > window_octets && count > 0) break;
    }
    return count;
}

}  // namespace mailhold::indexer::pipeline

// A window of consecutive messages on its way through the pool: parsed in parallel, in memory all
// at once, and so bounded in number and octets.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>

#include "indexer/pipeline/prepare.hpp"
#include "store/base/threads.hpp"

namespace mailhold::indexer::pipeline {

inline constexpr std::size_t window_messages = 256;
inline constexpr std::uint64_t window_octets =
    32 << 20;  // one message may be larger than that, alone in its window

// Runs jobs on a pool, in the background, and waits for them all. The first error wins.
class Batch {
  public:
    explicit Batch(WorkerPool& pool) : pool_(pool) {}
    ~Batch() { wait(); }
    void run(std::move_only_function<Status()> job);
    Status wait();

  private:
    void finished(Status status);
    WorkerPool& pool_;
    std::mutex mutex_;
    std::condition_variable done_;
    std::size_t running_ = 0;
    Status status_;
};

// The calling thread goes on with what the processors have left, from its first call on: mail that
// waits at an origin comes before the index, which searches do without.
void work_in_background();

// As many of the messages, from the front, as one window takes; at least one.
std::size_t fitting(std::span<const store::StoredMessage> messages);

}  // namespace mailhold::indexer::pipeline

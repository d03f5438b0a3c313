// Work that several threads do at once, in shares: who comes takes the next.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>

#include "store/base/threads.hpp"

namespace mailhold {

// Held by all who take part: a helper may come to it when all is done.
class Shares {
  public:
    using Job = std::function<void(std::size_t)>;
    explicit Shares(std::size_t count) : count_(count), undone_(count) {}

    bool are_taken() const { return next_ >= count_; }
    // Does shares, each once, until none is left to take. Any number of threads; `job` is not called
    // any more once wait() has returned.
    void run(const Job& job);
    // Until all are done. Throws what the first job that failed has thrown.
    void wait();

  private:
    const std::size_t count_;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::size_t> undone_;
    std::atomic<bool> failed_{false};
    std::exception_ptr problem_;  // once `undone_` is 0
};

// job(i) for each i below `count`, on this thread and on one of the pool's where one is idle. Blocks
// until all are done, and throws likewise.
void in_shares(WorkerPool& pool, std::size_t count, const Shares::Job& job);

}  // namespace mailhold

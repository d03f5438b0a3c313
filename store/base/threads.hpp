// The only place that starts threads: one named thread with an owner, and a pool for blocking work.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mailhold {

// A named thread, joined by the destructor. Signals are blocked in it: the main thread receives
// them.
class Thread {
  public:
    Thread() = default;
    Thread(std::string name, std::move_only_function<void()> body);
    void join();

  private:
    std::jthread thread_;
};

// Runs jobs on a fixed number of threads, first come first served. What a job throws is logged.
class WorkerPool {
  public:
    WorkerPool(std::string name, std::size_t threads);
    ~WorkerPool();  // runs what is queued, then joins
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void post(std::move_only_function<void()> job);  // any thread; never blocks
    std::size_t queued() const;
    std::size_t size() const { return threads_.size(); }

  private:
    void run();
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::move_only_function<void()>> jobs_;
    bool stopping_ = false;
    std::vector<Thread> threads_;
};

}  // namespace mailhold

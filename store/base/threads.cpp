#include "store/base/threads.hpp"

#include <pthread.h>

#include <csignal>
#include <exception>
#include <utility>

#include "store/base/log.hpp"

namespace mailhold {

Thread::Thread(std::string name, std::move_only_function<void()> body) {
    sigset_t all;
    sigset_t previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    thread_ = std::jthread([name = std::move(name), body = std::move(body)]() mutable {
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        body();
    });
    pthread_sigmask(SIG_SETMASK, &previous, nullptr);
}

void Thread::join() {
    if (thread_.joinable()) thread_.join();
}

WorkerPool::WorkerPool(std::string name, std::size_t threads) {
    threads_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back(name, [this] { run(); });
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    threads_.clear();
}

void WorkerPool::post(std::move_only_function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
}

std::size_t WorkerPool::queued() const {
    const std::lock_guard lock(mutex_);
    return jobs_.size();
}

void WorkerPool::run() {
    while (true) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        try {
            job();
        } catch (const std::exception& problem) {
            log::error("worker.exception", {{"what", problem.what()}});
        } catch (...) {  // Xapian's errors, for one, are no std::exception
            log::error("worker.exception", {{"what", "not a std::exception"}});
        }
    }
}

}  // namespace mailhold

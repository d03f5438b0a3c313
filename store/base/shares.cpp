#include "store/base/shares.hpp"

#include <memory>

namespace mailhold {

void Shares::run(const Job& job) {
    for (auto i = next_++; i < count_; i = next_++) {
        try {
            job(i);
        } catch (...) {
            if (!failed_.exchange(true)) problem_ = std::current_exception();
        }
        if (--undone_ == 0) undone_.notify_all();
    }
}

void Shares::wait() {
    for (auto left = undone_.load(); left != 0; left = undone_.load()) undone_.wait(left);
    if (problem_) std::rethrow_exception(problem_);
}

void in_shares(WorkerPool& pool, std::size_t count, const Shares::Job& job) {
    const auto shares = std::make_shared<Shares>(count);
    if (count > 1 && pool.queued() < pool.size()) pool.post([shares, &job] { shares->run(job); });
    shares->run(job);
    shares->wait();
}

}  // namespace mailhold

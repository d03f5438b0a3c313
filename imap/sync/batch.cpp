// Batch: double buffering between the line and the archive.
#include "imap/sync/batch.hpp"

#include <utility>

namespace mailhold::imap::sync {

Batch::Batch(net::Runtime& runtime, boost::asio::any_io_executor executor, WorkerPool& pool,
             store::Archive& archive, OnStored on_stored)
    : pool_(pool),
      archive_(archive),
      on_stored_(std::move(on_stored)),
      storing_(runtime, std::move(executor)) {}

net::awaitable<Status> Batch::add(store::Arrival arrival) {
    if (arrivals_.empty()) due_ = net::in(age_limit);
    octets_ += arrival.octets.size();
    arrivals_.push_back(std::move(arrival));
    const bool full = arrivals_.size() >= messages_limit || octets_ >= octets_limit;
    if (full || std::chrono::steady_clock::now() >= due_) co_return co_await hand_over();
    co_return Status{};
}

net::awaitable<Status> Batch::hand_over() {
    co_await storing_.join();
    if (!status_ || arrivals_.empty()) co_return status_;
    auto body = store(std::exchange(arrivals_, {}), std::exchange(octets_, 0));
    storing_.start("sync.store", std::move(body));
    co_return Status{};
}

net::awaitable<void> Batch::store(std::vector<store::Arrival> arrivals, std::uint64_t octets) {
    const auto messages = arrivals.size();
    auto work = [&archive = archive_, arrivals = std::move(arrivals)]() mutable {
        return archive.ingest(std::move(arrivals));
    };
    status_ = co_await net::offload(pool_, std::move(work));
    if (status_) on_stored_(messages, octets);
}

net::awaitable<Status> Batch::finish() {
    auto handed_over = co_await hand_over();
    co_await storing_.join();
    co_return status_;
}

}  // namespace mailhold::imap::sync

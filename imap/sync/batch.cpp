// Batch: three stages between the line and the ledger.
#include "imap/sync/batch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "imap/sync/fetch_queue.hpp"
#include "store/base/free_space.hpp"

namespace mailhold::imap::sync {
namespace {

constexpr auto all = FetchQueue::everything;

}  // namespace

Batch::Batch(net::Runtime& runtime, boost::asio::any_io_executor executor, WorkerPool& pool,
             store::Archive& archive, std::uint64_t reserve, Expected expected, OnStored on_stored)
    : pool_(pool),
      archive_(archive),
      reserve_(reserve),
      expected_(std::move(expected)),
      came_(expected_.uids.size()),
      on_stored_(std::move(on_stored)),
      packing_(runtime, executor),
      storing_(runtime, std::move(executor)) {}

net::awaitable<Status> Batch::add(store::Arrival arrival, std::vector<store::Fact> told,
                                  Uid settled) {
    if (waiting_.empty()) due_ = net::in(age_limit);
    octets_ += arrival.octets.size();
    const auto uid = arrival.sighting.uid;
    waiting_.insert_or_assign(uid, Waiting{std::move(arrival), std::move(told)});
    if (octets_ >= octets_limit) co_return co_await hand_over(all);
    const bool full = waiting_.size() >= left_ + messages_limit;
    if (full || std::chrono::steady_clock::now() >= due_) co_return co_await hand_over(settled);
    co_return Status{};
}

net::awaitable<Status> Batch::hand_over(Uid before) {
    const auto end = before == all ? waiting_.end() : waiting_.lower_bound(before);
    std::vector<store::Arrival> ordered;
    std::vector<store::Fact> facts;
    Sum sum;
    for (auto one = waiting_.begin(); one != end; ++one) {
        sum.octets += one->second.arrival.octets.size();
        const auto place = std::ranges::lower_bound(expected_.uids, one->first);
        if (place != expected_.uids.end() && *place == one->first)
            came_[static_cast<std::size_t>(place - expected_.uids.begin())] = true;
        ordered.push_back(std::move(one->second.arrival));
        std::ranges::move(one->second.told, std::back_inserter(facts));
    }
    waiting_.erase(waiting_.begin(), end);
    left_ = waiting_.size();
    octets_ -= sum.octets;
    sum.messages = ordered.size();
    due_ = net::in(age_limit);
    await_more(facts);
    if (ordered.empty() && facts.empty()) co_return status_;
    co_await packing_.join();
    if (!status_) co_return status_;
    auto body = pack(std::move(ordered), std::move(facts), sum);
    packing_.start("sync.pack", std::move(body));
    co_return Status{};
}

// The next of what is expected that has not come yet.
void Batch::await_more(std::vector<store::Fact>& facts) {
    store::Awaited fact{expected_.generation, {}};
    const auto end = std::min(announced_ + awaited_limit, expected_.uids.size());
    for (; announced_ < end; ++announced_)
        if (!came_[announced_]) fact.uids.push_back(expected_.uids[announced_]);
    if (!fact.uids.empty()) facts.emplace_back(std::move(fact));
}

net::awaitable<void> Batch::pack(std::vector<store::Arrival> arrivals,
                                 std::vector<store::Fact> facts, Sum sum) {
    auto work = [&archive = archive_, arrivals = std::move(arrivals),
                 facts = std::move(facts)]() mutable {
        return archive.prepare(std::move(arrivals), std::move(facts));
    };
    auto prepared = co_await net::offload(pool_, std::move(work));
    co_await storing_.join();
    if (!status_) co_return;  // what comes later is not stored without what came before
    if (!prepared) {
        status_ = std::unexpected(prepared.error());
        co_return;
    }
    auto body = store(std::move(*prepared), sum);
    storing_.start("sync.store", std::move(body));
}

net::awaitable<void> Batch::store(store::Archive::Prepared prepared, Sum sum) {
    auto work = [&archive = archive_, reserve = reserve_, sum,
                 prepared = std::move(prepared)]() mutable {
        const auto room =
            sum.messages == 0 ? Status{} : leaves_free(archive.data_folder(), sum.octets, reserve);
        return room ? archive.commit(std::move(prepared)) : room;
    };
    status_ = co_await net::offload(pool_, std::move(work));
    if (status_) on_stored_(sum.messages, sum.octets);
}

net::awaitable<Status> Batch::finish() {
    auto handed_over = co_await hand_over(all);
    co_await packing_.join();
    co_await storing_.join();
    co_return status_;
}

}  // namespace mailhold::imap::sync

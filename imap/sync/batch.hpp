// Messages on their way into the archive: collected into batches, one being committed while the next
// is packed and the one after that fetched. Never more than these three in memory: when the archive
// is slower than the origin, add() waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "imap/sync/task_group.hpp"
#include "store/archive.hpp"

namespace mailhold::imap::sync {

class Batch {
  public:
    static constexpr std::size_t messages_limit = 200;
    static constexpr std::uint64_t octets_limit = 8 << 20;
    static constexpr std::chrono::milliseconds age_limit{
        1'000};  // on a slow line, what came is stored by then

    using OnStored = std::function<void(std::uint64_t messages, std::uint64_t octets)>;
    // What is to come of a generation, ascending. With the first messages that come the others go on
    // record as awaited, so that the archive knows what the origin showed, whatever happens then.
    struct Expected {
        store::Generation generation;
        std::vector<Uid> uids;
    };
    static constexpr std::size_t awaited_limit = 20'000;  // UIDs that one commit puts on record

    // Belongs to `executor`. finish() must have returned before it is destroyed. Messages leave `reserve` octets of the
    // disk free, or are not stored: Errc::no_space.
    Batch(net::Runtime& runtime, boost::asio::any_io_executor executor, WorkerPool& pool,
          store::Archive& archive, std::uint64_t reserve, Expected expected, OnStored on_stored);

    // Nothing with a UID below `settled` is still to come. `told` is stored with the message, or neither is.
    net::awaitable<Status> add(store::Arrival arrival, std::vector<store::Fact> told, Uid settled);
    net::awaitable<Status> finish();  // all of it is stored; or not, and why

  private:
    net::awaitable<Status> hand_over(Uid before);
    struct Sum {
        std::uint64_t messages = 0, octets = 0;
    };
    net::awaitable<void> pack(std::vector<store::Arrival> arrivals, std::vector<store::Fact> facts,
                              Sum sum);
    net::awaitable<void> store(store::Archive::Prepared prepared, Sum sum);
    void await_more(std::vector<store::Fact>& facts);

    WorkerPool& pool_;
    store::Archive& archive_;
    const std::uint64_t reserve_;
    Expected expected_;
    std::vector<bool> came_;     // of expected_.uids: handed over
    std::size_t announced_ = 0;  // of expected_.uids: on record, one way or the other
    OnStored on_stored_;
    TaskGroup packing_, storing_;  // one of each at most; the first waits for the second
    Status status_;
    struct Waiting {
        store::Arrival arrival;
        std::vector<store::Fact> told;
    };
    std::map<Uid, Waiting> waiting_;
    std::size_t left_ = 0;      // of waiting_, by the last batch: a server may mix its answers
    std::uint64_t octets_ = 0;  // of waiting_
    net::Deadline due_{};
};

}  // namespace mailhold::imap::sync

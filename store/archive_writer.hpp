// The one writer of an archive: callers hand over prepared records and wait; one thread commits
// what waits as a group: ledger, one sync, catalog, then callers and subscribers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "store/archive.hpp"
#include "store/base/threads.hpp"
#include "store/catalog/catalog.hpp"
#include "store/ledger/fact_codec.hpp"
#include "store/ledger/ledger_writer.hpp"
#include "store/ledger/payload.hpp"
#include "store/novelty.hpp"

namespace mailhold::store {

// A record to be, unless it is no news.
struct Item {
    std::variant<ledger::MessageStored, Fact> content;
    ledger::EncodedBody encoded;
    ledger::Payload payload;  // of a message
};

// Hashes, compresses and encodes in the caller's thread. Messages stand before their sightings,
// facts after both.
Result<std::vector<Item>> items_of(std::vector<Blob> messages,
                                   const std::filesystem::path& spool_folder);
Result<std::vector<Item>> items_of(std::vector<Arrival> arrivals, std::vector<Fact> facts,
                                   const std::filesystem::path& spool_folder);

class ArchiveWriter {
  public:
    using Summaries = std::span<const std::pair<MessageNumber, Summary>>;

    ArchiveWriter(ledger::LedgerWriter ledger, std::unique_ptr<catalog::CatalogWriter> catalog,
                  std::chrono::milliseconds checkpoint_interval);
    ~ArchiveWriter() { stop(); }
    void stop();  // commits what waits, signs a checkpoint, joins; nothing may be submitted after

    // Any thread; they block until committed.
    Status ingest(std::vector<Item> items);
    Status decide(std::vector<Item> items, Archive::Decision decision);
    Status put_summaries(Summaries summaries);
    Archive::Subscription subscribe(std::function<void(const Change&)> on_change);

  private:
    struct Request {
        std::vector<Item> items{};
        Summaries summaries{};  // the caller's, who waits
        Archive::Decision decision{};
        std::uint64_t bytes = 0;
        std::promise<Status> done{};
        Status decided{};  // why it was decided not to
    };
    struct Subscriber {
        std::recursive_mutex
            mutex;  // held while it is called: after a release it is not called any more
        std::function<void(const Change&)> on_change;
    };

    Status submit(Request request);
    void run();
    // Waits; empty when only a checkpoint is due, or at the end. Who decides is the first, so that
    // all that was before is in the catalog.
    std::vector<Request> next_batch();
    void serve(std::vector<Request> batch);
    Status commit(std::span<Request> batch);
    Status decide(Request& request);
    Status settle();
    void publish();
    void sign();

    ledger::LedgerWriter ledger_;
    std::unique_ptr<catalog::CatalogWriter> catalog_;
    const std::chrono::milliseconds checkpoint_interval_;
    std::chrono::steady_clock::time_point next_checkpoint_;
    std::vector<catalog::Committed> unapplied_;  // durable, and not in the catalog yet
    std::optional<Change> change_;               // in the catalog, and not told to subscribers yet

    std::mutex mutex_;
    std::condition_variable work_;
    std::condition_variable room_;
    std::deque<Request> queue_;
    std::uint64_t queued_bytes_ = 0;
    bool stopping_ = false;
    std::mutex subscribers_mutex_;
    std::vector<std::weak_ptr<Subscriber>> subscribers_;
    Thread thread_;  // last: it uses all the others
};

}  // namespace mailhold::store

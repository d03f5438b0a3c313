// Answers a query over one mailbox: columns first, then the index's candidates, then the exact
// matcher; messages that the index has not reached are parsed and matched directly, so that the
// answer never lags what the mailbox shows.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "indexer/query/query.hpp"
#include "store/archive.hpp"

namespace mailhold::indexer::pipeline {

// Thread-safe; keeps a few index readers open. The archive must outlive it.
class Searcher {
  public:
    explicit Searcher(const store::ArchiveReader& archive);
    ~Searcher();

    // Places (0-based, ascending) of the snapshot's entries that match. Blocking. Errc::cancelled
    // when `stop` asks, Errc::timeout past `deadline`: never a partial answer.
    Result<std::vector<std::uint32_t>> search(
        const query::QueryPtr& query, const store::MailboxSnapshot& mailbox,
        std::stop_token stop = {},
        std::chrono::steady_clock::time_point deadline =
            std::chrono::steady_clock::time_point::max()) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::indexer::pipeline

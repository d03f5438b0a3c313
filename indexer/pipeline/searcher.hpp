// Answers a query over one mailbox: columns first, then the index's candidates, then the exact
// matcher; messages that the index has not reached are parsed and matched directly, so that the
// answer never lags what the mailbox shows. A search is a value that goes on in steps: whoever runs
// it decides when, and for how long.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "indexer/query/query.hpp"
#include "indexer/text/search_text.hpp"
#include "store/archive.hpp"

namespace mailhold::indexer::pipeline {

using Places = std::vector<std::uint32_t>;  // of a snapshot's entries: 0-based, ascending
using SnapshotPtr = std::shared_ptr<const store::MailboxSnapshot>;

// What one search may take in all.
struct Budget {
    // Of work; waiting for a turn does not count.
    std::chrono::milliseconds time = std::chrono::days(1000);
    // For what the index suggests. Beyond it the texts decide: slower, and just as right.
    std::size_t memory = 256 << 20;
};

// How searches see the text of attachments.
struct SearchAttachments {
    text::Extractor extractor;  // reads those of messages that are not indexed yet
    bool in_body = true;        // BODY and TEXT match it too; false: exactly what the RFCs say
};

// A turn on a thread. It is over when its time is, and somebody waits.
struct Slice {
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
    const std::atomic<std::size_t>* waiting = nullptr;  // borrowed for the step
    bool brief = false;  // nothing is gone on with that could not stop in time
    bool is_over(std::chrono::steady_clock::time_point now) const {
        return now >= until && (waiting == nullptr || *waiting > 0);
    }
};
enum class Step {
    again,  // there is more to do
    heavy,  // there is, and brief turns are too short for it
    done
};

// One search. One thread at a time, but for progress(). Its searcher must outlive it. Between two
// steps it holds no reader, only what it has found out.
class SearchRun {
  public:
    ~SearchRun();
    Step step(const Slice& slice = {});  // blocking
    // After Step::done. Errc::cancelled when it was asked to stop, Errc::timeout past its budget:
    // never a partial answer.
    Result<Places> take();
    store::Progress progress() const;                  // messages decided, and all of them
    std::chrono::steady_clock::duration used() const;  // in all steps so far; between two

  private:
    friend class Searcher;
    struct Parts;
    explicit SearchRun(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// Thread-safe; keeps a few index readers open. The archive must outlive it.
class Searcher {
  public:
    // Told, on any thread, what shows that the index is damaged: for Pipeline::report_damage().
    using OnDamage = std::function<void(const Error&)>;
    explicit Searcher(const store::ArchiveReader& archive, SearchAttachments attachments = {},
                      OnDamage on_damage = {});
    ~Searcher();

    // Reads in the background what the first search would have to wait for: the lexicon and what
    // else is kept in memory.
    void warm() const;

    std::unique_ptr<SearchRun> begin(const query::QueryPtr& query, SnapshotPtr mailbox,
                                     std::stop_token stop = {}, Budget budget = {}) const;
    // All steps at once, on this thread.
    Result<Places> search(const query::QueryPtr& query, const store::MailboxSnapshot& mailbox,
                          std::stop_token stop = {}, Budget budget = {}) const;

    // What begin() makes of a query, and compares it with; for those who match a message themselves.
    query::QueryPtr meaning(const query::QueryPtr& query) const;
    Result<text::SearchText> text(MessageNumber message) const;  // blocking

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::indexer::pipeline

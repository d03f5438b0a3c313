// The work of the pipeline's thread: steps that bring the index nearer to the archive. No thread
// and no waiting for news here; the Pipeline calls it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "indexer/engine/index.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "indexer/pipeline/window.hpp"

namespace mailhold::indexer::pipeline {

// One thread at a time.
class Follower {
  public:
    static Result<std::unique_ptr<Follower>> open(store::Archive& archive, const Options& options);

    MessageNumber committed() const { return committed_; }
    MessageNumber added() const { return added_; }  // in the index, but perhaps not committed yet
    std::size_t uncommitted() const { return number(added_) - number(committed_); }

    // Parses and adds one window of messages after added(), and writes their summaries. True: there
    // was something.
    Result<bool> add_window();
    Status commit();
    // Goes backwards through what was indexed before and writes summaries that the catalog has lost
    // (a power cut, a rebuild), one page a call; done at a page that lacks none. True: there may be
    // more.
    Result<bool> mend_summaries();
    // Compacts what has grown enough for it; after a commit. True: there was something.
    Result<bool> compact();
    // After an error of the above: opens the index again, at what is committed. A damaged one is
    // made anew, and so is one that keeps failing. What hinders the archive from being read (a full
    // disk, a device's error) is waited out: no message is left out for it.
    Status recover(const Error& error);
    // Makes the index anew, from the first message on. `found` says what is wrong with it.
    Status rebuild(const Error& found);

  private:
    Follower(store::Archive& archive, const Options& options,
             std::unique_ptr<engine::IndexWriter> writer);
    Status open_index();
    Result<std::vector<Prepared>> prepare_all(std::span<const store::StoredMessage> messages);
    Status add_all(std::span<const store::StoredMessage> messages,
                   const std::vector<Prepared>& prepared);
    void put_summaries(std::span<const store::StoredMessage> messages,
                       std::vector<Prepared> prepared);

    store::Archive& archive_;
    const text::Extractor extractor_;
    std::unique_ptr<engine::IndexWriter> writer_;  // null after a recover() that failed
    MessageNumber committed_{};
    MessageNumber added_{};
    MessageNumber mended_{};     // summaries from here on are there
    MessageNumber failed_at_{};  // where the last error came
    int failures_ = 0;           // in a row at that place
    bool index_failed_ = false;  // the last error was the index's, not the archive's
    WorkerPool parsers_;
    WorkerPool shard_writers_;
};

}  // namespace mailhold::indexer::pipeline

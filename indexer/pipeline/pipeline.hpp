// Follows the archive: parses what is new on a pool, fills the shards, writes the summaries,
// commits with the position.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "indexer/engine/index.hpp"
#include "indexer/text/attachment.hpp"
#include "store/archive.hpp"
#include "store/base/threads.hpp"

namespace mailhold::indexer::pipeline {

struct Options {
    std::size_t parse_threads = 2;
    std::size_t batch = 2000;                     // messages between commits while catching up
    std::chrono::milliseconds commit_every{500};  // at the latest, when something is new
    text::Extractor extractor = {};               // reads attachments; what it uses outlives us
    std::chrono::seconds rebuild_every{600};      // at most, whatever searches report
};

// Owns its threads from start to destruction. The archive must outlive it.
class Pipeline {
  public:
    static Result<std::unique_ptr<Pipeline>> start(store::Archive& archive, Options options = {});
    ~Pipeline();  // finishes the batch in work, commits, joins

    MessageNumber through() const;  // messages up to here are in the index
    // Blocks until everything archived up to now is indexed, reporting (done, total).
    Status catch_up(const std::function<void(store::Progress)>& on_progress = {});
    // What a search found wrong with the index, which is made anew in the background. Not again
    // before it is whole, nor soon after: a failing disk must not keep us busy. Any thread.
    void report_damage(const Error& error);
    // Called on a pipeline thread after each commit.
    void on_commit(std::function<void(MessageNumber)> callback);

  private:
    struct Parts;
    explicit Pipeline(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// The index against the archive: every indexed message's SearchText is what its octets give now,
// nothing is missing up to the position, and every summary in the catalog is what they give.
// Attachments are compared where both times the same readers and limits were at work, and chance (a
// time limit, a crash) had no hand in it; the index must hold what it says of the others all the
// same. For `mailhold verify`.
Result<std::vector<store::Problem>> verify_index(
    const store::ArchiveReader& archive, const text::Extractor& extractor = {},
    const std::function<void(store::Progress)>& on_progress = {});

// Whether an index with these marks was made from this archive's messages.
bool belongs_to(const store::ArchiveReader& archive, const std::vector<engine::IndexMark>& marks);

// Deletes the index, so that the next Pipeline makes it anew. Needs the archive's lock, so an open
// Archive.
Status discard_index(store::Archive& archive);

}  // namespace mailhold::indexer::pipeline

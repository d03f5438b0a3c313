// The full-text index over SearchTexts: the wall around Xapian. Message n is document (n-1)/k+1 of shard (n-1) mod k,
// so that Xapian's combined document id over the k shards is n again. The index is a cache of the ledger: anything
// wrong with it is mended by making it anew.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "indexer/query/query.hpp"
#include "indexer/text/search_text.hpp"
#include "store/base/error.hpp"
#include "store/base/ids.hpp"

namespace mailhold::indexer::engine {

// One writer a folder (the archive's lock guards it). A shard's documents and position are committed together.
class IndexWriter {
 public:
    static constexpr std::uint32_t default_shards = 2;
    // Creates the index if absent; one that is damaged or of another format is emptied and starts from message 1.
    static Result<std::unique_ptr<IndexWriter>> open(const std::filesystem::path& folder,
                                                     std::uint32_t shards = default_shards);
    ~IndexWriter();

    // All messages up to this number are in the index (of every shard).
    MessageNumber through() const;
    // Adds or replaces one message. Calls for different shards may run in parallel, one thread a shard.
    Status add(MessageNumber number, const text::SearchText& text);
    std::uint32_t shard_of(MessageNumber number) const;
    std::uint32_t shards() const;
    // Commits one shard with its position: every message of this shard up to `through` has been added.
    Status commit(std::uint32_t shard, MessageNumber through);

 private:
    struct Parts;
    explicit IndexWriter(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// Messages that may match: those set in `members` (index = message number), or, with everything = true, all of them.
struct Candidates {
    bool everything = false;
    std::vector<bool> members;
    bool holds(MessageNumber message) const {
        return everything || (number(message) < members.size() && members[number(message)]);
    }
};

// A snapshot for one thread at a time; cheap to reopen.
class IndexReader {
 public:
    // Errc::not_found where there is no index yet.
    static Result<std::unique_ptr<IndexReader>> open(const std::filesystem::path& folder);
    ~IndexReader();

    Status reopen();                 // to the newest commit
    MessageNumber through() const;   // messages up to here are indexed; later ones must be matched directly
    // A superset of the indexed messages that match. Never leaves one out; may be everything.
    Result<Candidates> candidates(const query::TextKey& key);
    // The indexed message's text; Errc::not_found past through(), Errc::corrupt for a damaged index.
    Result<text::SearchText> text(MessageNumber number);

 private:
    struct Parts;
    explicit IndexReader(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::indexer::engine

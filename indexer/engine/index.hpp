// The full-text index over SearchTexts: the wall around Xapian. Message n is document (n-1)/k+1 of
// shard (n-1) mod k, so that Xapian's combined document id over the k shards is n again. The index
// is a cache of the ledger: anything wrong with it is mended by making it anew.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/engine/doc_set.hpp"
#include "indexer/query/query.hpp"
#include "indexer/text/search_text.hpp"
#include "store/base/error.hpp"
#include "store/base/ids.hpp"

namespace mailhold::indexer::engine {

// How far a shard is, and what its writer then said of that place.
struct IndexMark {
    MessageNumber through{};
    std::string mark;
};

// One writer a folder (the archive's lock guards it). A shard's messages and position are
// committed together.
class IndexWriter {
  public:
    static constexpr std::uint32_t default_shards = 2;
    // Creates the index if absent; one that is damaged or of another format is emptied and starts
    // from message 1.
    static Result<std::unique_ptr<IndexWriter>> open(const std::filesystem::path& folder,
                                                     std::uint32_t shards = default_shards);
    ~IndexWriter();

    // All messages up to this number are in the index (of every shard).
    MessageNumber through() const;
    std::vector<IndexMark> marks() const;  // of each shard
    // Adds the next message of its shard; one that the shard has already is left as it is. Calls
    // for different shards may run in parallel, one thread a shard. After an error of add() or commit() the shard accepts nothing more: open the index
    // again, and go on after its through(). Errc::corrupt: make it anew.
    Status add(MessageNumber number, const text::SearchText& text);
    std::uint32_t shard_of(MessageNumber number) const;
    std::uint32_t shards() const;
    // Commits one shard with its position: every message of this shard up to `through` has been
    // added. `mark` is kept with it, for the caller to see whether the archive is still the one.
    Status commit(std::uint32_t shard, MessageNumber through, std::string_view mark = {});

    // Whether a shard has grown so much since it was last compacted that doing so is worth the
    // while.
    bool wants_compaction(std::uint32_t shard) const;
    // Writes the shard's terms anew without the room that growth has left in them, about half, and
    // its tail as a slab.
    // After commit(), with nothing added since. Readers go on with what they have, until their next
    // reopen(). A crash leaves the old terms or the new ones.
    Status compact(std::uint32_t shard);

  private:
    struct Parts;
    explicit IndexWriter(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// Messages that may match; nullopt: all of them. Those in `certain` do match: their texts need not
// be looked at.
struct Candidates {
    std::optional<DocSet> maybe;  // by message number
    DocSet certain{0};
    bool holds(MessageNumber message) const { return !maybe || maybe->holds(number(message)); }
    bool surely_holds(MessageNumber message) const { return certain.holds(number(message)); }
    std::size_t octets() const {
        return 8 * (certain.words().size() + (maybe ? maybe->words().size() : 0));
    }
};

// What the index keeps of each message as a column, so that dates and attachments need no text.
struct Facts {
    std::optional<std::chrono::sys_days>
        sent;                   // the Date field's day as it was written, if it can be read
    bool attachment = false;    // some part has a file name
    std::uint8_t statuses = 0;  // a bit for each text::ExtractStatus that some attachment has
    static std::uint8_t bit(text::ExtractStatus status) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(status));
    }
    bool has(text::ExtractStatus status) const { return (statuses & bit(status)) != 0; }
    bool operator==(const Facts&) const = default;
};

// All messages up to this number are in the index: read without what a reader keeps in memory.
// Errc::not_found where there is no index yet.
Result<MessageNumber> indexed_through(const std::filesystem::path& folder);

// A snapshot for one thread at a time; cheap to reopen.
class IndexReader {
  public:
    // Errc::not_found where there is no index yet.
    static Result<std::unique_ptr<IndexReader>> open(const std::filesystem::path& folder);
    ~IndexReader();

    Status reopen();  // to the newest commit
    // Keeps nothing in memory that a newer snapshot may have replaced; reopen() comes next.
    void rest();
    // For another thread; both share what is kept in memory.
    Result<std::unique_ptr<IndexReader>> another() const;
    MessageNumber through()
        const;  // messages up to here are indexed; later ones must be matched directly
    std::vector<IndexMark> marks() const;  // of each shard
    // Runs job(i, reader) once for each i below `count`, on any threads, each with a reader of its
    // own that knows no less than this one; returns when all are done.
    using Job = std::function<void(std::size_t i, IndexReader& reader)>;
    using Spread = std::function<void(std::size_t count, const Job& job)>;
    // A superset of the indexed messages that match. Never leaves one out; may be everything. One
    // shard after another, or as `spread` has it. `give_up` is asked every fraction of a millisecond,
    // on those threads; Errc::cancelled once it says so.
    Result<Candidates> candidates(const query::TextKey& key,
                                  const std::function<bool()>& give_up = {},
                                  const Spread& spread = {});
    // Of a message up to through(); Errc::not_found past it.
    Result<Facts> facts(MessageNumber number);
    // The indexed message's text; Errc::not_found past through(), Errc::corrupt for a damaged
    // index. Errc::limit for one that was too large to keep.
    Result<text::SearchText> text(MessageNumber number, text::HeadParts parts = {});
    // Whether text, columns and filter hold for this message what indexing `text` now would put
    // there: Errc::corrupt says what differs, Errc::not_found past through(). Returns a sum of its
    // terms for check_terms().
    Result<std::uint64_t> check(MessageNumber number, const text::SearchText& text);
    // Walks every posting list, and compares each message's terms with the sum that check() gave
    // (of message n at n-1; nullopt: not to be compared), and every term with the lexicon, without
    // which it could not be found. Returns the messages whose terms are others; Errc::corrupt says
    // what else is wrong.
    Result<std::vector<MessageNumber>> check_terms(
        std::span<const std::optional<std::uint64_t>> sums);

  private:
    struct Parts;
    explicit IndexReader(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::indexer::engine

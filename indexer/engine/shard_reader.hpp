// The reading side of one shard: a snapshot of its terms, and the memory shared with other readers.
// For one thread at a time. Throws Xapian::Error.
#pragma once

#include <xapian.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/engine/shard_memory.hpp"

namespace mailhold::indexer::engine {

// How far a shard is, as of its newest commit, and of how many it is one.
struct ShardPosition {
    std::uint32_t position = 0;
    std::uint32_t shards = 0;
};
ShardPosition position_of(const std::filesystem::path& shard);

class ShardReader {
  public:
    explicit ShardReader(const std::filesystem::path& folder);
    // Another reader of the same shard, for another thread.
    ShardReader(const ShardReader& other);

    // To the newest commit, and to the terms that a compaction made; throws
    // Xapian::DatabaseOpeningError where the index was made anew.
    void reopen();
    // Lets go of what it shares with other readers, which may be old by the time of reopen(). Nothing
    // but that may be asked until then.
    void rest() { view_.reset(); }
    std::uint32_t shards() const { return shards_; }
    std::uint32_t through() const { return state_.position; }
    Xapian::docid last() const { return state_.documents; }
    std::string mark() const { return terms_.get_metadata("mark"); }
    const Xapian::Database& terms() const { return terms_; }
    const Lexicon& lexicon() const { return view_->lexicon(); }
    const ShardView& view() const { return *view_; }
    // nullopt: too large to keep.
    std::optional<text::SearchText> text(Xapian::docid docid, text::HeadParts parts);

  private:
    // Who compacts puts another folder in the place of the terms. What is opened across that belongs
    // together no more: it looks damaged and is not, and is opened once more.
    void open_terms();
    bool terms_replaced() const;
    void take_snapshot();

    std::filesystem::path folder_;
    std::uint64_t terms_inode_ = 0;
    Xapian::Database terms_;
    std::string making_;
    std::shared_ptr<ShardMemory> memory_;
    std::shared_ptr<const ShardView> view_;
    ShardState state_;
    std::uint32_t shards_ = 0;
    Decompressor decompressor_;
};

}  // namespace mailhold::indexer::engine

// What a process keeps in memory of one shard, once for all of its readers: the lexicon, the
// columns, where the slabs are, the tail. It follows the readers' snapshots and is never behind one
// that asked; what it knows beyond that does no harm, for nothing is ever changed.
#pragma once

#include <xapian.h>

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "indexer/engine/doc_set.hpp"
#include "indexer/engine/lexicon.hpp"
#include "indexer/engine/shard_files.hpp"

namespace mailhold::indexer::engine {

// Of one moment; immutable.
class ShardView {
  public:
    const ShardState& state() const { return state_; }
    Column column(Xapian::docid docid) const;  // at most state().documents
    const Dictionaries& dictionaries() const { return dictionaries_; }
    const Lexicon& lexicon() const { return *lexicon_; }
    // Leaves in `set` those that may hold what is asked for. Throws Xapian::DatabaseCorruptError.
    void narrow(DocSet& set, const FilterProbe& probe) const;
    // Whether everything in `entries` is there for this message.
    bool holds(Xapian::docid docid, const FilterEntries& entries) const;

  private:
    friend class ShardMemory;
    struct Slab {
        std::uint64_t offset = 0;
        std::uint32_t first = 0;  // message of the shard, from 0; a multiple of 64
        std::shared_ptr<const SlabShape> shape;
    };
    static constexpr std::uint32_t chunk_columns = 4096;
    using Chunk = std::array<char, chunk_columns * column_size>;

    // Who of the slab's messages may have the entry.
    SlabMask holders(const Slab& slab, FilterKind kind, const FilterProbe::Part& part) const;

    ShardState state_;
    std::shared_ptr<const File> slab_file_;
    std::vector<std::shared_ptr<Chunk>> columns_;  // filled up to state_, the rest not read
    std::vector<Slab> slabs_;
    std::vector<std::shared_ptr<const FilterEntries>> tail_;
    Dictionaries dictionaries_;               // of the texts
    std::shared_ptr<const Lexicon> lexicon_;  // may know more than that moment did
};

// Any thread. Throws Xapian::Error for files that are damaged, or DatabaseModifiedError where the
// writer has gone on.
class ShardMemory {
  public:
    explicit ShardMemory(std::filesystem::path folder);
    // A view at least as new as the snapshot.
    std::shared_ptr<const ShardView> view(const Xapian::Database& snapshot,
                                          const ShardState& state);
    const File& texts() const { return texts_; }

  private:
    bool follows_terms(const Xapian::Database& snapshot);
    void read_all_terms(const Xapian::Database& snapshot);
    void read_new_terms(const Xapian::Database& snapshot);
    void read_columns(ShardView& view, const ShardState& state) const;
    void read_slabs(ShardView& view, const ShardState& state) const;
    void read_dictionaries(ShardView& view, const ShardState& state) const;
    void read_tail(ShardView& view, const ShardState& state) const;

    std::filesystem::path folder_;
    File texts_, columns_;
    std::shared_ptr<const File> slabs_;
    std::mutex mutex_;
    std::shared_ptr<Lexicon> lexicon_;  // null: not read yet
    std::uint32_t chunk_ = 0;           // of new terms, the last one read
    std::size_t consumed_ = 0;          // of that chunk
    std::shared_ptr<const ShardView> newest_;
};

}  // namespace mailhold::indexer::engine

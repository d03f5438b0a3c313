// The writing side of one shard. Terms are always inside a transaction, and the other files only
// ever grow, so that nothing but commit() makes an addition count, and always all of it.
#pragma once

#include <xapian.h>

#include <boost/unordered/unordered_flat_set.hpp>

#include <atomic>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "indexer/engine/document.hpp"
#include "indexer/engine/shard_files.hpp"

namespace mailhold::indexer::engine {

class ShardWriter {
  public:
    // Throws Xapian::Error for a shard that is damaged, or of another format.
    ShardWriter(const std::filesystem::path& folder, std::uint32_t shards);

    MessageNumber through() const { return MessageNumber{through_.load()}; }
    const std::string& mark() const { return mark_; }
    bool broken() const { return broken_; }
    bool has(Xapian::docid docid) const { return docid <= terms_.get_lastdocid(); }
    // The next message of this shard.
    Status add(const text::SearchText& text);
    Status commit(MessageNumber through, std::string_view mark);
    bool wants_compaction() const;
    Status compact();  // see IndexWriter

  private:
    void open_terms();
    void learn(const std::string& term);
    void forget_chunks();
    void open_files();
    void read_dictionary();
    Status add_text(std::string_view octets);
    Status learn_dictionary();
    Status make_slab_of(std::uint32_t messages);
    void find_old_tails();
    void remove_old_tails();

    std::filesystem::path folder_;
    Xapian::WritableDatabase terms_;
    std::string mark_;
    ShardState state_;  // with what was added since
    std::atomic<std::uint32_t> through_ = 0;
    bool broken_ = false;
    File texts_, columns_, slabs_, tail_;
    std::vector<FilterEntries> tail_entries_;
    std::vector<std::filesystem::path> old_tails_;  // to be removed once their slab is committed
    std::uint32_t compacted_ = 0;                   // documents when the terms were last compacted
    std::string waiting_columns_;                   // not yet written
    Compressor compressor_{texts_level};
    std::deque<std::string> samples_;  // of texts, for the next dictionary
    std::size_t samples_octets_ = 0;
    boost::unordered_flat_set<std::string> known_;
    std::string new_terms_;  // since the last commit
    std::uint32_t chunk_ = 0;
    std::string chunk_text_;  // what the last chunk of the lexicon holds
};

}  // namespace mailhold::indexer::engine

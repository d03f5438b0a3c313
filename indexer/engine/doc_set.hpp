// A set of document ids of one shard, as a bitmap.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mailhold::indexer::engine {

class DocSet {
  public:
    explicit DocSet(std::uint32_t last_docid) : last_(last_docid), words_((last_docid + 63) / 64) {}

    static DocSet full(std::uint32_t last_docid) {
        DocSet all(last_docid);
        std::ranges::fill(all.words_, ~std::uint64_t{0});
        if (last_docid % 64 != 0) all.words_.back() >>= 64 - last_docid % 64;
        return all;
    }

    // Ids past the last one (a snapshot never has them) are left out. True: it was not in yet.
    bool insert(std::uint32_t docid) {
        if (docid == 0 || docid > last_) return false;
        auto& word = words_[(docid - 1) / 64];
        const auto bit = std::uint64_t{1} << (docid - 1) % 64;
        const bool added = (word & bit) == 0;
        word |= bit;
        return added;
    }
    void erase(std::uint32_t docid) {
        if (docid == 0 || docid > last_) return;
        words_[(docid - 1) / 64] &= ~(std::uint64_t{1} << (docid - 1) % 64);
    }
    bool holds(std::uint32_t docid) const {
        return docid != 0 && docid <= last_ &&
               (words_[(docid - 1) / 64] >> (docid - 1) % 64 & 1) != 0;
    }
    std::uint32_t last() const { return last_; }
    // Word w has the ids from 64 w + 1 on, lowest bit first.
    std::span<std::uint64_t> words() { return words_; }
    std::span<const std::uint64_t> words() const { return words_; }
    std::size_t count() const {
        std::size_t sum = 0;
        for (const auto word : words_) sum += static_cast<std::size_t>(std::popcount(word));
        return sum;
    }
    DocSet& operator&=(const DocSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
        return *this;
    }
    DocSet& operator|=(const DocSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
        return *this;
    }
    template <class Visit>
    void each(Visit&& visit) const {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            for (auto word = words_[i]; word != 0; word &= word - 1) {
                visit(static_cast<std::uint32_t>(i * 64 + 1) +
                      static_cast<std::uint32_t>(std::countr_zero(word)));
            }
        }
    }

  private:
    std::uint32_t last_;
    std::vector<std::uint64_t> words_;
};

}  // namespace mailhold::indexer::engine

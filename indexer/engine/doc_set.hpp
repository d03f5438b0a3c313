// A set of document ids of one shard, as a bitmap.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mailhold::indexer::engine {

class DocSet {
  public:
    explicit DocSet(std::uint32_t last_docid) : words_(last_docid / 64 + 1) {}

    static DocSet full(std::uint32_t last_docid) {
        DocSet all(last_docid);
        std::ranges::fill(all.words_, ~std::uint64_t{0});
        return all;
    }

    // Ids past the last one (a snapshot never has them) are left out.
    void insert(std::uint32_t docid) {
        if (docid / 64 < words_.size()) words_[docid / 64] |= std::uint64_t{1} << docid % 64;
    }
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
                visit(static_cast<std::uint32_t>(i * 64) +
                      static_cast<std::uint32_t>(std::countr_zero(word)));
            }
        }
    }

  private:
    std::vector<std::uint64_t> words_;
};

}  // namespace mailhold::indexer::engine

// What was read of the last documents: one attachment often comes in many messages, and one that
// breaks its reader must not cost its time again with each.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "indexer/text/attachment.hpp"
#include "store/base/digest.hpp"

namespace mailhold::indexer::extract {

// Any thread. The least recently used goes first.
class Remembered {
  public:
    static constexpr std::size_t most = 1000;
    static constexpr std::size_t most_octets = 32 << 20;

    std::optional<text::Extraction> find(const Digest& document);
    void keep(const Digest& document, const text::Extraction& extraction);

  private:
    struct Item {
        Digest document;
        text::Extraction extraction;
        std::size_t octets;
    };
    std::mutex mutex_;
    std::list<Item> items_;  // newest first
    std::unordered_map<Digest, std::list<Item>::iterator> places_;
    std::size_t octets_ = 0;
};

}  // namespace mailhold::indexer::extract

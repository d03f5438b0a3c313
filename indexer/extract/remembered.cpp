// See remembered.hpp.
#include "indexer/extract/remembered.hpp"

namespace mailhold::indexer::extract {

std::optional<text::Extraction> Remembered::find(const Digest& document) {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(document);
    if (place == places_.end()) return std::nullopt;
    items_.splice(items_.begin(), items_, place->second);
    return items_.front().extraction;
}

void Remembered::keep(const Digest& document, const text::Extraction& extraction) {
    std::size_t octets = 0;
    for (const auto& piece : extraction.pieces) octets += piece.size();
    if (octets > most_octets / 4) return;
    const std::lock_guard lock(mutex_);
    if (places_.contains(document)) return;
    items_.push_front({document, extraction, octets});
    places_[document] = items_.begin();
    octets_ += octets;
    while (items_.size() > most || octets_ > most_octets) {
        octets_ -= items_.back().octets;
        places_.erase(items_.back().document);
        items_.pop_back();
    }
}

}  // namespace mailhold::indexer::extract

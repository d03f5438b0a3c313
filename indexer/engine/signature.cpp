// Bits are chosen by multiply-and-shift over the signature's own size, so any size works.
#include "indexer/engine/signature.hpp"

#include <algorithm>

namespace mailhold::indexer::engine {
namespace {

constexpr std::size_t bits_an_entry = 3;

std::uint32_t mix(std::uint64_t value) {
    value *= 0x9e3779b97f4a7c15U;
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93U;
    return static_cast<std::uint32_t>(value >> 32);
}

void append_trigrams(std::vector<std::uint32_t>& hashes, std::string_view text) {
    std::uint32_t window = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        window = (window << 8 | static_cast<unsigned char>(text[i])) & 0xffffffU;
        if (i >= 2) hashes.push_back(mix(window));
    }
}

// Two bits a name: names are few, and asking for one is common.
void append_name(std::vector<std::uint32_t>& hashes, std::string_view name) {
    std::uint64_t sum = 0xcbf29ce484222325U;
    for (const char c : name) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    hashes.push_back(mix(sum));
    hashes.push_back(mix(~sum));
}

void sort_unique(std::vector<std::uint32_t>& hashes) {
    std::ranges::sort(hashes);
    const auto rest = std::ranges::unique(hashes);
    hashes.erase(rest.begin(), rest.end());
}

std::size_t bit_of(std::uint32_t hash, std::size_t octets) {
    return static_cast<std::size_t>(std::uint64_t{hash} * (octets * 8) >> 32);
}

}  // namespace

void SignatureBuilder::add_text(std::string_view text) {
    // In pieces that overlap by a trigram's two octets, so that memory stays bounded for any text.
    constexpr std::size_t piece = 1 << 16;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        append_trigrams(hashes_, text.substr(at, piece + 2));
        if (hashes_.size() > 4 * piece) sort_unique(hashes_);
    }
}

void SignatureBuilder::add_name(std::string_view name) {
    append_name(hashes_, name);
}

std::string SignatureBuilder::finish() {
    sort_unique(hashes_);
    const std::size_t octets = std::min((hashes_.size() * bits_an_entry + 7) / 8, signature_limit);
    std::string signature(octets, '\0');
    for (const auto hash : hashes_) {
        const auto bit = bit_of(hash, octets);
        signature[bit / 8] = static_cast<char>(signature[bit / 8] | 1 << bit % 8);
    }
    hashes_.clear();
    return signature;
}

void SignatureProbe::need_text(std::string_view needle) {
    append_trigrams(hashes_, needle);
    sort_unique(hashes_);
}

void SignatureProbe::need_name(std::string_view name) {
    append_name(hashes_, name);
}

bool SignatureProbe::may_be_in(std::string_view signature) const {
    if (signature.empty()) return needs_nothing();
    return std::ranges::all_of(hashes_, [&](std::uint32_t hash) {
        const auto bit = bit_of(hash, signature.size());
        return (static_cast<unsigned char>(signature[bit / 8]) >> bit % 8 & 1) != 0;
    });
}

}  // namespace mailhold::indexer::engine

// A slab is as wide as its average message needs; larger ones among them are denser, and so say
// "perhaps" more often.
#include "indexer/engine/filter.hpp"

#include <algorithm>

#include "indexer/engine/octets.hpp"
#include "store/base/crc32c.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::uint32_t slab_mark = 0x4d485331;  // "MHS1"
constexpr std::uint32_t everything_mark = 0xffffffff;
constexpr std::size_t border_octets = 3;  // of each of the two words
constexpr std::uint32_t any_word = 0;     // an entry that each message with a word has

struct Shape {
    std::size_t bits_an_entry;
    std::size_t hashes;  // rows an entry stands in
};
// A needle has many trigrams, but only a border or two.
constexpr std::array<Shape, filter_kinds> shapes{{{8, 1}, {8, 1}, {9, 4}}};
constexpr Shape shape_of(FilterKind kind) {
    return shapes[static_cast<std::size_t>(kind)];
}

std::uint32_t mix(std::uint64_t value) {
    value *= 0x9e3779b97f4a7c15U;
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93U;
    return static_cast<std::uint32_t>(value >> 32);
}

std::uint32_t hash_of(std::string_view before, std::string_view after) {
    std::uint64_t sum = 0xcbf29ce484222325U;
    const auto add = [&](char c) { sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U; };
    std::ranges::for_each(before, add);
    add('\n');
    std::ranges::for_each(after, add);
    return mix(sum);
}

void append_trigrams(std::vector<std::uint32_t>& hashes, std::string_view text) {
    std::uint32_t window = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        window = (window << 8 | static_cast<unsigned char>(text[i])) & 0xffffffU;
        if (i >= 2) hashes.push_back(mix(window));
    }
}

void sort_unique(std::vector<std::uint32_t>& hashes) {
    std::ranges::sort(hashes);
    const auto rest = std::ranges::unique(hashes);
    hashes.erase(rest.begin(), rest.end());
}

std::string_view last(std::string_view word) {
    return word.substr(word.size() - std::min(word.size(), border_octets));
}

std::uint32_t rows_needed(const std::vector<FilterEntries>& messages, std::size_t kind) {
    std::size_t sum = 0;
    for (const auto& message : messages) sum += message.hashes[kind].size();
    const auto bits = shapes[kind].bits_an_entry * sum / std::max<std::size_t>(messages.size(), 1);
    return static_cast<std::uint32_t>(bits + bits / 4 + 64);
}

}  // namespace

void EntryCollector::add_trigrams(std::string_view word) {
    hashes_.push_back(any_word);
    // In pieces that overlap by a trigram's two octets, so that memory stays bounded for any word.
    for (std::size_t at = 0; at < word.size() && !too_many_; at += most_entries) {
        append_trigrams(hashes_, word.substr(at, most_entries + 2));
        if (hashes_.size() > 4 * most_entries) sort_unique(hashes_);
        too_many_ = hashes_.size() > 4 * most_entries;
    }
}

void EntryCollector::add_border(std::string_view before, std::string_view after) {
    if (too_many_) return;
    hashes_.push_back(hash_of(last(before), after.substr(0, border_octets)));
    if (hashes_.size() > 4 * most_entries) sort_unique(hashes_);
    too_many_ = hashes_.size() > 4 * most_entries;
}

void EntryCollector::finish(FilterEntries& into, FilterKind kind) {
    sort_unique(hashes_);
    const auto place = static_cast<std::size_t>(kind);
    into.everything[place] = too_many_ || hashes_.size() > most_entries;
    if (into.everything[place]) hashes_.clear();
    into.hashes[place].assign(hashes_.begin(), hashes_.end());
    hashes_.clear();
    too_many_ = false;
}

FilterProbe trigram_probe(FilterKind kind, std::string_view word) {
    FilterProbe probe{kind, {}};
    append_trigrams(probe.hashes, word);
    if (probe.hashes.empty()) probe.hashes.push_back(any_word);
    sort_unique(probe.hashes);
    return probe;
}

FilterProbe border_probe(std::string_view before, bool before_open, std::string_view after,
                         bool after_open) {
    FilterProbe probe{FilterKind::borders, {}};
    const bool known = (!before_open || before.size() >= border_octets) &&
                       (!after_open || after.size() >= border_octets);
    if (known) probe.hashes.push_back(hash_of(last(before), after.substr(0, border_octets)));
    return probe;
}

bool may_hold(const FilterEntries& entries, const FilterProbe& probe) {
    const auto kind = static_cast<std::size_t>(probe.kind);
    return entries.everything[kind] || std::ranges::all_of(probe.hashes, [&](std::uint32_t hash) {
               return std::ranges::binary_search(entries.hashes[kind], hash);
           });
}

std::vector<std::uint32_t> rows_of(FilterKind kind, std::uint32_t hash, std::uint32_t rows) {
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < shape_of(kind).hashes; ++i) {
        const auto mixed = i == 0 ? hash : mix(std::uint64_t{i} << 32 | hash);
        out.push_back(static_cast<std::uint32_t>(std::uint64_t{mixed} * rows >> 32));
    }
    return out;
}

std::size_t SlabShape::row_offset(FilterKind kind, std::uint32_t row) const {
    std::size_t before = row;
    for (std::size_t i = 0; i < static_cast<std::size_t>(kind); ++i) before += rows[i];
    return slab_header_size + before * slab_row_size;
}

std::string make_slab(const std::vector<FilterEntries>& messages) {
    SlabShape shape;
    for (std::size_t kind = 0; kind < filter_kinds; ++kind)
        shape.rows[kind] = rows_needed(messages, kind);
    std::string slab;
    put_u32(slab, slab_mark);
    for (const auto rows : shape.rows) put_u32(slab, rows);
    put_u32(slab, crc32c(slab));
    slab.resize(shape.size());
    for (std::size_t i = 0; i < filter_kinds; ++i) {
        const auto kind = static_cast<FilterKind>(i);
        const auto set = [&](std::uint32_t row, std::size_t message) {
            char& octet = slab[shape.row_offset(kind, row) + message / 8];
            octet = static_cast<char>(octet | 1 << message % 8);
        };
        for (std::size_t message = 0; message < messages.size(); ++message) {
            for (std::uint32_t row = 0; messages[message].everything[i] && row < shape.rows[i];
                 ++row)
                set(row, message);
            for (const auto hash : messages[message].hashes[i])
                for (const auto row : rows_of(kind, hash, shape.rows[i])) set(row, message);
        }
    }
    for (auto at = slab_header_size; at < slab.size(); at += slab_row_size) {
        const auto bits = slab_row_size - 4;
        std::string sum;
        put_u32(sum, crc32c(std::string_view(slab).substr(at, bits)));
        slab.replace(at + bits, sum.size(), sum);
    }
    return slab;
}

bool read_slab_header(std::string_view octets, SlabShape& shape) {
    if (octets.size() < slab_header_size || u32_at(octets, 0) != slab_mark) return false;
    if (u32_at(octets, slab_header_size - 4) != crc32c(octets.substr(0, slab_header_size - 4)))
        return false;
    for (std::size_t i = 0; i < filter_kinds; ++i) shape.rows[i] = u32_at(octets, 4 + 4 * i);
    return true;
}

bool read_slab_row(std::string_view octets, SlabMask& row) {
    constexpr auto bits = slab_row_size - 4;
    if (octets.size() < slab_row_size || u32_at(octets, bits) != crc32c(octets.substr(0, bits)))
        return false;
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = u64_at(octets, 8 * i);
    return true;
}

std::string write_entries(const FilterEntries& entries) {
    std::string out;
    for (std::size_t i = 0; i < filter_kinds; ++i) {
        put_u32(out, entries.everything[i] ? everything_mark
                                           : static_cast<std::uint32_t>(entries.hashes[i].size()));
        for (const auto hash : entries.hashes[i]) put_u32(out, hash);
    }
    return out;
}

bool read_entries(std::string_view& octets, FilterEntries& entries) {
    auto rest = octets;
    for (std::size_t i = 0; i < filter_kinds; ++i) {
        if (rest.size() < 4) return false;
        auto count = u32_at(rest, 0);
        rest.remove_prefix(4);
        entries.everything[i] = count == everything_mark;
        if (entries.everything[i]) count = 0;
        if (rest.size() / 4 < count) return false;
        entries.hashes[i].resize(count);
        for (std::uint32_t n = 0; n < count; ++n) entries.hashes[i][n] = u32_at(rest, 4 * n);
        rest.remove_prefix(std::size_t{4} * count);
    }
    octets = rest;
    return true;
}

}  // namespace mailhold::indexer::engine

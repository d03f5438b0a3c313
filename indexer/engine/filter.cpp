// Hashes of trigrams and borders; entries in octets.
#include "indexer/engine/filter.hpp"

#include <algorithm>
#include <bit>

#include "indexer/engine/octets.hpp"
#include "indexer/engine/rice.hpp"
#include "store/base/crc32c.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::uint32_t everything_mark = 0xffffffff;
constexpr std::size_t near_octets = 3;  // of each of a border's two words
constexpr std::size_t next_octets = 1;  // to them
// How much of a next octet an entry tells, and how much of that in its fine bits. ASCII's letters
// differ in as many.
constexpr unsigned next_bits = 5;
constexpr unsigned next_fine_bits = fine_bits(FilterKind::borders) / 2;
constexpr unsigned next_coarse_bits = next_bits - next_fine_bits;
constexpr std::uint32_t nexts = 1U << next_bits;
constexpr std::uint32_t any_word = 0;  // an entry that each message with a word has

std::uint32_t mix(std::uint64_t value, unsigned bits) {
    value *= 0x9e3779b97f4a7c15U;
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93U;
    return static_cast<std::uint32_t>(value >> (64 - bits));
}

std::uint64_t sum_of(std::string_view octets, std::uint64_t sum = 0xcbf29ce484222325U) {
    for (const char c : octets) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return sum;
}

void append_trigrams(std::vector<std::uint32_t>& hashes, FilterKind kind, std::string_view text) {
    std::uint32_t window = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        window = (window << 8 | static_cast<unsigned char>(text[i])) & 0xffffffU;
        if (i >= 2) hashes.push_back(mix(window, entry_bits(kind)));
    }
}

void sort_unique(std::vector<std::uint32_t>& hashes) {
    std::ranges::sort(hashes);
    const auto rest = std::ranges::unique(hashes);
    hashes.erase(rest.begin(), rest.end());
}

// What a border has of a word, seen from the border: the nearest octets, and the next.
struct Side {
    std::string_view near, next;
};
Side end_of(std::string_view word) {
    const auto near = std::min(word.size(), near_octets);
    const auto rest = word.substr(0, word.size() - near);
    return {word.substr(rest.size()),
            rest.substr(rest.size() - std::min(rest.size(), next_octets))};
}
Side begin_of(std::string_view word) {
    const auto near = std::min(word.size(), near_octets);
    return {word.substr(0, near), word.substr(near, next_octets)};
}
// The entry, but for what is next to either side.
std::uint32_t near_of(const Side& before, const Side& after) {
    return mix(sum_of(after.near, sum_of("\n", sum_of(before.near))),
               entry_bits(FilterKind::borders));
}
std::uint32_t next_of(const Side& side) {
    return side.next.empty() ? 0 : static_cast<unsigned char>(side.next.front()) % nexts;
}
// Together the entry: bits that differ from pair to pair are turned over, so that next octets, of
// which few are frequent, spread over all rows.
std::uint32_t border_entry(std::uint32_t near, std::uint32_t before, std::uint32_t after) {
    constexpr auto fine = 1U << next_fine_bits;
    const auto upper = before / fine << next_coarse_bits | after / fine;
    return near ^ upper << (entry_bits(FilterKind::borders) - 2 * next_coarse_bits) ^
           (before % fine << next_fine_bits | after % fine);
}

// Of the gaps between so many entries.
unsigned low_bits(FilterKind kind, std::uint32_t count) {
    return entry_bits(kind) - static_cast<unsigned>(std::bit_width(count));
}

}  // namespace

void EntryCollector::add_trigrams(std::string_view word) {
    hashes_.push_back(any_word);
    // In pieces that overlap by a trigram's two octets, so that memory stays bounded for any word.
    for (std::size_t at = 0; at < word.size() && !too_many_; at += most_entries) {
        append_trigrams(hashes_, kind_, word.substr(at, most_entries + 2));
        if (hashes_.size() > 4 * most_entries) sort_unique(hashes_);
        too_many_ = hashes_.size() > 4 * most_entries;
    }
}

void EntryCollector::add_border(std::string_view before, std::string_view after) {
    if (too_many_) return;
    const auto end = end_of(before);
    const auto begin = begin_of(after);
    hashes_.push_back(border_entry(near_of(end, begin), next_of(end), next_of(begin)));
    if (hashes_.size() > 4 * most_entries) sort_unique(hashes_);
    too_many_ = hashes_.size() > 4 * most_entries;
}

void EntryCollector::finish(FilterEntries& into) {
    sort_unique(hashes_);
    const auto place = static_cast<std::size_t>(kind_);
    into.everything[place] = too_many_ || hashes_.size() > most_entries;
    if (into.everything[place]) hashes_.clear();
    into.hashes[place].assign(hashes_.begin(), hashes_.end());
    hashes_.clear();
    too_many_ = false;
}

FilterProbe trigram_probe(FilterKind kind, std::string_view word) {
    std::vector<std::uint32_t> hashes;
    append_trigrams(hashes, kind, word);
    if (hashes.empty()) hashes.push_back(any_word);
    sort_unique(hashes);
    FilterProbe probe{kind, {}};
    for (const auto hash : hashes) probe.parts.push_back({entry_of(kind, hash)});
    return probe;
}

FilterProbe border_probe(std::string_view before, bool before_open, std::string_view after,
                         bool after_open) {
    constexpr auto all_octets = near_octets + next_octets;
    if ((before_open && before.size() < near_octets) || (after_open && after.size() < near_octets))
        return {FilterKind::borders, {}};
    const auto end = end_of(before);
    const auto begin = begin_of(after);
    FilterProbe::Part part;
    for (std::uint32_t a = 0; a < nexts; ++a) {
        for (std::uint32_t b = 0; b < nexts; ++b) {
            const bool may_be_a = (before_open && before.size() < all_octets) || a == next_of(end);
            const bool may_be_b = (after_open && after.size() < all_octets) || b == next_of(begin);
            if (!may_be_a || !may_be_b) continue;
            const auto entry =
                entry_of(FilterKind::borders, border_entry(near_of(end, begin), a, b));
            const auto same = std::ranges::find(part, entry.coarse, &FilterProbe::Entry::coarse);
            if (same == part.end()) {
                part.push_back(entry);
            } else {
                same->fine |= entry.fine;
            }
        }
    }
    return {FilterKind::borders, {std::move(part)}};
}

bool may_hold(const FilterEntries& entries, const FilterProbe& probe) {
    const auto kind = static_cast<std::size_t>(probe.kind);
    const auto& hashes = entries.hashes[kind];
    const auto holds = [&](const FilterProbe::Entry& entry) {
        const auto bits = fine_bits(probe.kind);
        auto at = std::ranges::lower_bound(hashes, entry.coarse << bits);
        for (; at != hashes.end() && *at >> bits == entry.coarse; ++at)
            if ((entry.fine >> *at % fines(probe.kind) & 1) != 0) return true;
        return false;
    };
    return entries.everything[kind] ||
           std::ranges::all_of(probe.parts, [&](const FilterProbe::Part& part) {
               return std::ranges::any_of(part, holds);
           });
}

std::string write_entries(const FilterEntries& entries) {
    std::string out;
    for (std::size_t i = 0; i < filter_kinds; ++i) {
        const auto& hashes = entries.hashes[i];
        const auto count = static_cast<std::uint32_t>(hashes.size());
        put_u32(out, entries.everything[i] ? everything_mark : count);
        RiceWriter list(low_bits(FilterKind{i}, count));
        for (const auto hash : hashes) list.add(hash);
        out += list.finish();
    }
    put_u32(out, crc32c(out));
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
        if (count > most_entries) return false;
        auto& hashes = entries.hashes[i];
        hashes.resize(count);
        RiceReader list(rest, low_bits(FilterKind{i}, count));
        for (auto& hash : hashes)
            if (!list.next(hash)) return false;
        rest.remove_prefix(list.octets_read());
    }
    const auto written = octets.substr(0, octets.size() - rest.size());
    if (rest.size() < 4 || u32_at(rest, 0) != crc32c(written)) return false;
    octets = rest.substr(4);
    return true;
}

}  // namespace mailhold::indexer::engine

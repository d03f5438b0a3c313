// A row is a list of Rice codes, whose low bits are chosen for it, or a bitmap where that is shorter.
#include "indexer/engine/slab.hpp"

#include <algorithm>

#include "indexer/engine/octets.hpp"
#include "indexer/engine/rice.hpp"
#include "store/base/crc32c.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::uint32_t slab_mark = 0x4d485332;  // "MHS2"

// By kind: a row is one of 2^n an entry of the average message, n. The gaps between the messages of
// a row are as wide on average.
constexpr std::array<unsigned, filter_kinds> row_bits{5, 5, 8};
unsigned row_bits_of(FilterKind kind) {
    return row_bits[static_cast<std::size_t>(kind)];
}

// A row's octet in front of its group: how it is coded, and how many octets that takes.
constexpr unsigned form_shift = 6;
constexpr unsigned bitmap_form = 3;  // the others have 2 low bits fewer each
constexpr std::size_t longest_list = (1U << form_shift) - 1;
constexpr std::size_t bitmap_size = slab_messages / 8;
std::size_t group_header(FilterKind kind) {
    return 4 + fines(kind);
}
unsigned low_bits(FilterKind kind, unsigned form) {
    return row_bits_of(kind) - 2 * form;
}

constexpr std::size_t least_groups = 16;

using Row = std::vector<std::uint32_t>;

std::string bitmap_of(const Row& row) {
    std::string bitmap(bitmap_size, '\0');
    for (const auto message : row)
        bitmap[message / 8] = static_cast<char>(bitmap[message / 8] | 1 << message % 8);
    return bitmap;
}

void put_row(std::string& sizes, std::string& rows, FilterKind kind, const Row& row) {
    unsigned form = 0;
    for (unsigned other = 1; other < bitmap_form; ++other) {
        if (rice_bits(row, low_bits(kind, other)) < rice_bits(row, low_bits(kind, form)))
            form = other;
    }
    if (rice_bits(row, low_bits(kind, form)) > 8 * longest_list) {
        sizes += static_cast<char>(bitmap_form << form_shift);
        rows += bitmap_of(row);
        return;
    }
    RiceWriter list(low_bits(kind, form));
    for (const auto message : row) list.add(message);
    const auto octets = list.finish();
    sizes += static_cast<char>(form << form_shift | octets.size());
    rows += octets;
}

std::uint32_t groups_needed(const std::vector<FilterEntries>& messages, std::size_t kind) {
    std::size_t sum = 0;
    for (const auto& message : messages) sum += message.hashes[kind].size();
    const auto rows = (sum << row_bits[kind]) / std::max<std::size_t>(messages.size(), 1);
    return static_cast<std::uint32_t>(
        std::clamp<std::size_t>(rows / fines(FilterKind{kind}), least_groups, 1U << coarse_bits));
}

std::uint32_t group_number(std::uint32_t coarse, std::uint32_t groups) {
    return static_cast<std::uint32_t>(std::uint64_t{coarse} * groups >> coarse_bits);
}

std::vector<Row> rows_of(const std::vector<FilterEntries>& messages, std::size_t kind,
                         std::uint32_t groups) {
    const auto bits = fine_bits(FilterKind{kind});
    const std::uint32_t in_group = fines(FilterKind{kind});
    std::vector<Row> rows(std::size_t{groups} * in_group);
    for (std::uint32_t message = 0; message < messages.size(); ++message) {
        const auto put = [&](Row& row) {
            if (row.empty() || row.back() != message) row.push_back(message);
        };
        if (messages[message].everything[kind]) std::ranges::for_each(rows, put);
        for (const auto hash : messages[message].hashes[kind])
            put(rows[group_number(hash >> bits, groups) * in_group + hash % in_group]);
    }
    return rows;
}

}  // namespace

SlabShape::Place SlabShape::group_of(FilterKind kind, std::uint32_t coarse) const {
    const auto place = static_cast<std::size_t>(kind);
    std::size_t index = group_number(coarse, groups[place]);
    for (std::size_t i = 0; i < place; ++i) index += groups[i];
    const auto begin = index == 0 ? first : ends[index - 1];
    return {begin, ends[index] - begin};
}

std::string make_slab(const std::vector<FilterEntries>& messages) {
    std::string slab, directory, groups;
    put_u32(slab, slab_mark);
    std::size_t all_groups = 0;
    std::array<std::uint32_t, filter_kinds> counts{};
    for (std::size_t kind = 0; kind < filter_kinds; ++kind) {
        counts[kind] = groups_needed(messages, kind);
        put_u32(slab, counts[kind]);
        all_groups += counts[kind];
    }
    const auto first = slab_header_size + 4 * all_groups + 4;
    for (std::size_t kind = 0; kind < filter_kinds; ++kind) {
        const auto rows = rows_of(messages, kind, counts[kind]);
        const auto in_group = fines(FilterKind{kind});
        for (std::size_t group = 0; group < counts[kind]; ++group) {
            std::string sizes, lists;
            for (std::uint32_t fine = 0; fine < in_group; ++fine)
                put_row(sizes, lists, FilterKind{kind}, rows[group * in_group + fine]);
            put_u32(groups, crc32c(sizes + lists));
            groups += sizes + lists;
            put_u32(directory, static_cast<std::uint32_t>(first + groups.size()));
        }
    }
    put_u32(slab, crc32c(slab));
    slab += directory;
    put_u32(slab, crc32c(directory));
    return slab + groups;
}

std::optional<std::size_t> slab_shape_size(std::string_view header) {
    if (header.size() < slab_header_size || u32_at(header, 0) != slab_mark) return std::nullopt;
    if (u32_at(header, slab_header_size - 4) != crc32c(header.substr(0, slab_header_size - 4)))
        return std::nullopt;
    std::size_t groups = 0;
    for (std::size_t kind = 0; kind < filter_kinds; ++kind) groups += u32_at(header, 4 + 4 * kind);
    return slab_header_size + 4 * groups + 4;
}

std::optional<SlabShape> read_slab_shape(std::string_view octets) {
    const auto size = slab_shape_size(octets);
    if (!size || octets.size() < *size) return std::nullopt;
    SlabShape shape;
    for (std::size_t kind = 0; kind < filter_kinds; ++kind)
        shape.groups[kind] = u32_at(octets, 4 + 4 * kind);
    shape.first = static_cast<std::uint32_t>(*size);
    const auto directory = octets.substr(slab_header_size, *size - slab_header_size - 4);
    if (crc32c(directory) != u32_at(octets, *size - 4)) return std::nullopt;
    for (std::size_t at = 0; at < directory.size(); at += 4)
        shape.ends.push_back(u32_at(directory, at));
    return shape;
}

bool read_slab_group(std::string_view group, FilterKind kind, std::uint64_t fine, SlabMask& mask) {
    if (group.size() < group_header(kind) || u32_at(group, 0) != crc32c(group.substr(4)))
        return false;
    auto rest = group.substr(group_header(kind));
    for (unsigned i = 0; i < fines(kind); ++i) {
        const auto said = static_cast<unsigned char>(group[4 + i]);
        const unsigned form = said >> form_shift;
        const std::size_t size = form == bitmap_form ? bitmap_size : said & longest_list;
        if (rest.size() < size) return false;
        const auto row = rest.substr(0, size);
        rest.remove_prefix(size);
        if ((fine >> i & 1) == 0) continue;
        if (form == bitmap_form) {
            for (std::size_t word = 0; word < mask.size(); ++word)
                mask[word] |= u64_at(row, 8 * word);
            continue;
        }
        RiceReader list(row, low_bits(kind, form));
        for (std::uint32_t message = 0; list.next(message) && message < slab_messages;)
            mask[message / 64] |= std::uint64_t{1} << message % 64;
    }
    return true;
}

}  // namespace mailhold::indexer::engine

// A group is a list of Rice codes, whose low bits are chosen for it: rows one behind the other, an
// entry of row r and message m as the number r * messages + m.
#include "indexer/engine/slab.hpp"

#include <algorithm>

#include "indexer/engine/octets.hpp"
#include "indexer/engine/rice.hpp"
#include "store/base/crc32c.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::uint32_t slab_mark = 0x4d485333;  // "MHS3"

// By kind: a full slab has 2^n rows for each entry of its average message. A smaller one has fewer,
// so that a row holds as many messages.
constexpr std::array<unsigned, filter_kinds> row_bits{5, 5, 8};
constexpr std::uint32_t least_groups = 16;

constexpr std::size_t group_header = 5;  // CRC-32C of the rest, low bits
constexpr unsigned most_low_bits = 15;
constexpr std::uint32_t most_fines = 64;

std::string make_group(const std::vector<std::uint32_t>& entries) {
    unsigned low = 0;
    for (unsigned other = 1; other <= most_low_bits; ++other) {
        if (rice_bits(entries, other) < rice_bits(entries, low)) low = other;
    }
    RiceWriter list(low);
    for (const auto entry : entries) list.add(entry);
    const auto octets = static_cast<char>(low) + list.finish();
    std::string group;
    put_u32(group, crc32c(octets));
    return group + octets;
}

std::uint32_t groups_needed(std::span<const FilterEntries> messages, std::size_t kind) {
    std::size_t sum = 0;
    for (const auto& message : messages) sum += message.hashes[kind].size();
    const auto rows = (sum << row_bits[kind]) / slab_messages;
    return std::clamp(static_cast<std::uint32_t>(rows / fines(FilterKind{kind})), least_groups,
                      1U << coarse_bits);
}

std::uint32_t group_number(std::uint32_t coarse, std::uint32_t groups) {
    return static_cast<std::uint32_t>(std::uint64_t{coarse} * groups >> coarse_bits);
}

// The entries of each group, ascending.
std::vector<std::vector<std::uint32_t>> groups_of(std::span<const FilterEntries> messages,
                                                  std::size_t kind, std::uint32_t count) {
    const auto bits = fine_bits(FilterKind{kind});
    const std::uint32_t in_group = fines(FilterKind{kind});
    const auto size = static_cast<std::uint32_t>(messages.size());
    std::vector<std::vector<std::uint32_t>> groups(count);
    for (std::uint32_t message = 0; message < size; ++message) {
        for (const auto hash : messages[message].hashes[kind])
            groups[group_number(hash >> bits, count)].push_back(hash % in_group * size + message);
        if (!messages[message].everything[kind]) continue;
        for (auto& group : groups) {
            for (std::uint32_t fine = 0; fine < in_group; ++fine)
                group.push_back(fine * size + message);
        }
    }
    for (auto& group : groups) {
        std::ranges::sort(group);
        group.erase(std::ranges::unique(group).begin(), group.end());
    }
    return groups;
}

}  // namespace

SlabShape::Place SlabShape::group_of(FilterKind kind, std::uint32_t coarse) const {
    const auto place = static_cast<std::size_t>(kind);
    std::size_t index = group_number(coarse, groups[place]);
    for (std::size_t i = 0; i < place; ++i) index += groups[i];
    const auto begin = index == 0 ? first : ends[index - 1];
    return {begin, ends[index] - begin};
}

std::string make_slab(std::span<const FilterEntries> messages) {
    std::string slab, directory, groups;
    put_u32(slab, slab_mark);
    put_u32(slab, static_cast<std::uint32_t>(messages.size()));
    std::size_t all_groups = 0;
    std::array<std::uint32_t, filter_kinds> counts{};
    for (std::size_t kind = 0; kind < filter_kinds; ++kind) {
        counts[kind] = groups_needed(messages, kind);
        put_u32(slab, counts[kind]);
        all_groups += counts[kind];
    }
    const auto first = slab_header_size + 4 * all_groups + 4;
    for (std::size_t kind = 0; kind < filter_kinds; ++kind) {
        for (const auto& entries : groups_of(messages, kind, counts[kind])) {
            groups += make_group(entries);
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
    if (const auto messages = u32_at(header, 4); messages == 0 || messages > slab_messages)
        return std::nullopt;
    std::size_t groups = 0;
    for (std::size_t kind = 0; kind < filter_kinds; ++kind) groups += u32_at(header, 8 + 4 * kind);
    return slab_header_size + 4 * groups + 4;
}

std::optional<SlabShape> read_slab_shape(std::string_view octets) {
    const auto size = slab_shape_size(octets);
    if (!size || octets.size() < *size) return std::nullopt;
    SlabShape shape;
    shape.messages = u32_at(octets, 4);
    for (std::size_t kind = 0; kind < filter_kinds; ++kind)
        shape.groups[kind] = u32_at(octets, 8 + 4 * kind);
    shape.first = static_cast<std::uint32_t>(*size);
    const auto directory = octets.substr(slab_header_size, *size - slab_header_size - 4);
    if (crc32c(directory) != u32_at(octets, *size - 4)) return std::nullopt;
    for (std::size_t at = 0; at < directory.size(); at += 4)
        shape.ends.push_back(u32_at(directory, at));
    return shape;
}

bool SlabShape::read_group(std::string_view group, std::uint64_t fine, SlabMask& mask) const {
    if (group.size() < group_header || u32_at(group, 0) != crc32c(group.substr(4))) return false;
    const auto low = static_cast<unsigned char>(group[group_header - 1]);
    if (low > most_low_bits) return false;
    RiceReader list(group.substr(group_header), low);
    std::uint32_t row = 0, row_begin = 0;
    for (std::uint32_t entry = 0; list.next(entry);) {
        for (; entry >= row_begin + messages; row_begin += messages) ++row;
        if (row >= most_fines) return false;
        if ((fine >> row & 1) == 0) continue;
        const auto message = entry - row_begin;
        mask[message / 64] |= std::uint64_t{1} << message % 64;
    }
    return true;
}

}  // namespace mailhold::indexer::engine

// A slab holds the filter entries of 1,024 messages, turned on their side: each kind has so many
// rows that a message of average size has an entry in one of 32 (of 256 for borders), and a row is
// the list of messages that have an entry in it. A question reads the rows of its entries only. A
// false "perhaps" is as rare as rows are many; what is stored grows with the entries alone.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/engine/filter.hpp"

namespace mailhold::indexer::engine {

inline constexpr std::uint32_t slab_messages = 1024;
using SlabMask = std::array<std::uint64_t, slab_messages / 64>;  // bit i: message i of the slab

// Rows stand in groups of fines(kind), each with a CRC-32C; the rows of one coarse entry are one group.
struct SlabShape {
    std::array<std::uint32_t, filter_kinds> groups{};
    std::vector<std::uint32_t>
        ends;                 // of the groups, kind after kind; octets from the slab's begin
    std::uint32_t first = 0;  // where the first group begins

    std::size_t size() const { return ends.empty() ? first : ends.back(); }
    struct Place {
        std::size_t offset = 0, size = 0;
    };
    Place group_of(FilterKind kind, std::uint32_t coarse) const;
};

std::string make_slab(const std::vector<FilterEntries>& messages);

inline constexpr std::size_t slab_header_size = 20;
// Octets before the first group, as the header tells; nullopt for a damaged one.
std::optional<std::size_t> slab_shape_size(std::string_view header);
std::optional<SlabShape> read_slab_shape(std::string_view octets);  // likewise
// Adds to `mask` who has an entry in the group that is one of `fine`; false: damaged.
bool read_slab_group(std::string_view group, FilterKind kind, std::uint64_t fine, SlabMask& mask);

}  // namespace mailhold::indexer::engine

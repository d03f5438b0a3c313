// A slab holds the filter entries of up to 1,024 messages, turned on their side: each kind has so
// many rows that one holds 32 of the messages (4 for borders), namely those that have an entry in it.
// A question reads the groups of its entries' rows only. A false "perhaps" is as rare as rows are
// many; what is stored grows with the entries alone.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/engine/filter.hpp"

namespace mailhold::indexer::engine {

inline constexpr std::uint32_t slab_messages = 1024;
using SlabMask = std::array<std::uint64_t, slab_messages / 64>;  // bit i: message i of the slab

// Rows stand in groups of fines(kind), each with a CRC-32C: those of one coarse entry.
struct SlabShape {
    std::uint32_t messages = 0;
    std::array<std::uint32_t, filter_kinds> groups{};
    std::vector<std::uint32_t>
        ends;                 // of the groups, kind after kind; octets from the slab's begin
    std::uint32_t first = 0;  // where the first group begins

    std::size_t size() const { return ends.empty() ? first : ends.back(); }
    struct Place {
        std::size_t offset = 0, size = 0;
    };
    Place group_of(FilterKind kind, std::uint32_t coarse) const;
    // Adds to `mask` who has an entry in the group that is one of `fine`; false: damaged.
    bool read_group(std::string_view group, std::uint64_t fine, SlabMask& mask) const;
};

std::string make_slab(std::span<const FilterEntries> messages);

inline constexpr std::size_t slab_header_size = 24;
// Octets before the first group, as the header tells; nullopt for a damaged one.
std::optional<std::size_t> slab_shape_size(std::string_view header);
std::optional<SlabShape> read_slab_shape(std::string_view octets);  // likewise

}  // namespace mailhold::indexer::engine

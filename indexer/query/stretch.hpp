// Messages that are decided together: a stretch of a mailbox, and sets of places in it.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "store/catalog/types.hpp"

namespace mailhold::indexer::query {

inline constexpr std::size_t stretch_places = 512;
using PlaceSet = std::bitset<stretch_places>;  // bit i: entry i of the stretch

// Borrows what it names.
struct Stretch {
    std::span<const store::Entry> entries;  // at most stretch_places
    std::uint32_t first_sequence = 1;       // the sequence number of the first of them
    std::uint32_t last_sequence = 1;        // what "*" means for sequence numbers
    Uid last_uid{};                         // and for UIDs
    std::function<const store::FlagSet&(const store::Entry&)> flags_of;
};

// Places in neither set: no.
struct Decision {
    PlaceSet yes, maybe;
};

inline PlaceSet all_places(const Stretch& stretch) {
    return ~PlaceSet() >> (stretch_places - stretch.entries.size());
}

template <class Visit>
void each_place(const PlaceSet& set, Visit&& visit) {
    for (auto i = set._Find_first(); i < stretch_places; i = set._Find_next(i)) visit(i);
}

}  // namespace mailhold::indexer::query

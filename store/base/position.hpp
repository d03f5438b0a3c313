// A position in a ledger: whose it is, how many records lie before it, and what they are. Two equal
// positions have the very same records before them, so a projection that keeps the one it was made
// up to can be held against the ledger it is found beside.
#pragma once

#include <array>
#include <cstdint>

#include "store/base/digest.hpp"
#include "store/base/ids.hpp"

namespace mailhold {

// Random, made with the archive, in every segment and checkpoint.
using ArchiveId = std::array<std::uint8_t, 16>;

struct LedgerPosition {
    ArchiveId archive{};
    Sequence next{};
    Digest root{};  // of the Merkle tree over all records before `next`
    bool operator==(const LedgerPosition&) const = default;
};

}  // namespace mailhold

// What the newest segment holds after whatever end the last writer had. A commit that never became
// durable may be torn, and is left out; damage to anything that was durable is refused, never cut.
// Reads only.
#pragma once

#include <cstdint>
#include <optional>

#include "store/base/error.hpp"
#include "store/ledger/checkpoint.hpp"
#include "store/ledger/merkle.hpp"
#include "store/ledger/segment.hpp"

namespace mailhold::store::ledger {

struct Recovered {
    ArchiveId archive{};
    Frontier frontier;              // of the ledger up to its last whole record
    std::uint64_t end = 0;          // where that record ends in the segment
    std::uint64_t last_commit = 0;  // where the last commit begins: all before it had been synced
    std::uint64_t size = 0;         // of the file; what lies beyond `end` is torn
};

// Errc::corrupt when the segment is damaged, when it does not reach `last`, or has another root
// there.
Result<Recovered> recover(const SegmentFile& newest, const std::optional<Checkpoint>& last);

// Cuts a file of the ledger at `offset`, logged. What was there is kept beside it, in
// torn-TIME-FILE-OFFSET.bin, for people: it was never acknowledged, and nothing reads it.
Status cut_torn_tail(File& file, std::uint64_t offset);

}  // namespace mailhold::store::ledger

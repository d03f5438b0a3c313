// Reading the ledger's records in order, beside its writer or without one. Writes nothing; any
// thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "store/base/error.hpp"
#include "store/base/ids.hpp"
#include "store/ledger/ledger_writer.hpp"
#include "store/ledger/record.hpp"

namespace mailhold::store::ledger {

// Hands over the records [from, to) in order, without their payloads, each with the position after
// it. Errc::corrupt names the segment and record where they are not all there; an error of `visit`
// ends the walk.
struct Visited {
    const Record& record;
    Place place;
    const ArchiveId& archive;
    const Frontier& tree;  // up to and with this record
    LedgerPosition after() const { return {archive, Sequence{tree.size()}, tree.root()}; }
};
using Visit = std::function<Status(const Visited&)>;
Status for_each_record(const std::filesystem::path& ledger_folder, Sequence from, Sequence to,
                       const Visit& visit);

// The position before record `next`, which is not the first: read from its segment alone.
Result<LedgerPosition> position_at(const std::filesystem::path& ledger_folder, Sequence next);

}  // namespace mailhold::store::ledger

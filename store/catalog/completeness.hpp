// What became of the UIDs of one generation. Pure.
#pragma once

#include <vector>

#include "store/catalog/types.hpp"

namespace mailhold::store::catalog {

// All that is on record of a generation; each list ascending, and each UID once in it.
struct GenerationRecord {
    struct Sighted {
        Uid uid{};
        bool duplicate = false;  // its bytes had been archived before
    };
    std::vector<Sighted> sighted;  // ever
    std::vector<Uid> quarantined;  // still
    std::vector<Uid> ended;        // no longer in quarantine: had at last, or gone
    std::vector<Uid> awaited;      // still to be fetched
};

// Each UID counts once: as unaccounted where something is still to come under it, else as in
// quarantine, else by what was archived, else as lost.
GenerationAccount account_for(const GenerationRecord& record);

}  // namespace mailhold::store::catalog

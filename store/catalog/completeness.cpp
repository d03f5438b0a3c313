#include "store/catalog/completeness.hpp"

#include <algorithm>

namespace mailhold::store::catalog {

GenerationAccount account_for(const GenerationRecord& record) {
    GenerationAccount account;
    account.unaccounted = record.awaited;
    const auto awaited = [&](Uid uid) { return std::ranges::binary_search(record.awaited, uid); };
    const auto quarantined = [&](Uid uid) {
        return std::ranges::binary_search(record.quarantined, uid);
    };
    const auto sighted = [&](Uid uid) {
        return std::ranges::binary_search(record.sighted, uid, {}, &GenerationRecord::Sighted::uid);
    };
    for (const auto& [uid, duplicate] : record.sighted) {
        if (awaited(uid) || quarantined(uid)) continue;
        ++(duplicate ? account.duplicates : account.archived);
    }
    for (const auto uid : record.quarantined)
        if (!awaited(uid)) ++account.quarantined;
    for (const auto uid : record.ended)
        if (!awaited(uid) && !sighted(uid)) ++account.lost;
    return account;
}

}  // namespace mailhold::store::catalog

// Retries: 10, 20, 40 minutes, ... a day.
#include "imap/sync/retries.hpp"

#include <algorithm>

namespace mailhold::imap::sync {

void Retries::failed(Uid uid, Cost cost, Time now) {
    const std::chrono::seconds start = cost == Cost::connection ? first_costly : first;
    auto& [length, until] = waits_[uid];
    length = std::clamp<std::chrono::seconds>(length * 2, start, longest);
    until = now + length;
}

std::set<Uid> Retries::resting(Time now) const {
    std::set<Uid> uids;
    for (const auto& [uid, wait] : waits_)
        if (now < wait.until) uids.insert(uid);
    return uids;
}

}  // namespace mailhold::imap::sync

// Backoff: 1 s, 2 s, 4 s, ... 5 min; 5 min, 10 min, ... 30 min where we were refused.
#include "imap/sync/pacing.hpp"

#include <algorithm>

namespace mailhold::imap::sync {

std::chrono::milliseconds Backoff::after(Errc failure, double chance) {
    const bool refused = failure == Errc::auth || failure == Errc::tls || failure == Errc::invalid;
    const auto first = refused ? longest : shortest;
    const auto most = refused ? longest_refused : longest;
    const auto step = std::min(most, first * (1U << std::min(failures_, 10U)));
    failures_ = std::min(failures_ + 1, 10U);
    const auto half = step / 2;
    const auto jitter = static_cast<double>(half.count()) * chance;
    return half + std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(jitter));
}

}  // namespace mailhold::imap::sync

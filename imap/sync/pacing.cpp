// Backoff: 1 s, 2 s, 4 s, ... 5 min; 5 min to 30 min where trust is refused; 1 h to 12 h where a login is.
#include "imap/sync/pacing.hpp"

#include <algorithm>
#include <utility>

namespace mailhold::imap::sync {

bool needs_people(Errc failure) {
    return failure == Errc::auth || failure == Errc::tls || failure == Errc::invalid;
}

std::chrono::milliseconds Backoff::after(Errc failure, double chance) {
    if (std::exchange(refused_, needs_people(failure)) != needs_people(failure)) failures_ = 0;
    const bool login = failure == Errc::auth;
    const auto first = login ? first_login : refused_ ? longest : shortest;
    const auto most = login ? longest_login : refused_ ? longest_refused : longest;
    const auto step = std::min(most, first * (1U << std::min(failures_, 10U)));
    failures_ = std::min(failures_ + 1, 10U);
    const auto half = step / 2;
    const auto jitter = static_cast<double>(half.count()) * chance;
    return half + std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(jitter));
}

}  // namespace mailhold::imap::sync

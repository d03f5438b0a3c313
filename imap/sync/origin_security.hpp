// What an account's origin has shown of its security, remembered in the ledger: less is refused until people confirm
// it with `mailhold trust`, which leaves what they saw in a file.
#pragma once

#include <atomic>

#include "imap/client/shown.hpp"
#include "imap/sync/sync.hpp"

namespace mailhold::imap::sync {

// What was shown and is on record, as the client compares it.
client::Shown shown_before(const store::SecurityShown& fact);

class OriginSecurity {
  public:
    // Both outlive it.
    OriginSecurity(store::Archive& archive, const Account& account)
        : archive_(archive), account_(account) {}

    // Before anything secret is said: Errc::tls where less is shown than before, and it is not what was confirmed.
    // Blocking; any thread, as are all.
    Status admits(const client::Shown& shown);
    // We are in: what is new goes on record.
    Status let_in(client::Shown shown);
    // Whether the last connection was refused for this.
    bool refused() const { return refused_; }

  private:
    // What was shown at this URL before; none: nothing yet.
    Result<std::optional<store::SecurityShown>> before() const;

    store::Archive& archive_;
    const Account& account_;
    std::atomic<bool> refused_ = false;
};

}  // namespace mailhold::imap::sync

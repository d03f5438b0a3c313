// Comparing everything with the origin from time to time, whatever its counters say: when, and the
// report of what was found and mended. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "imap/sync/comparison.hpp"
#include "store/facts.hpp"

namespace mailhold::imap::sync {

// When an account is to be compared next: `every` after the last time, at once where that is past.
// Accounts are spread over a tenth of `every`, those never compared over the whole of it, so that
// many do not begin together. Never for 0.
std::optional<UtcMicros> next_reconciliation(std::string_view account,
                                             std::optional<UtcMicros> last, UtcMicros now,
                                             std::chrono::seconds every);

// The report on one mailbox, before anything is mended. `listed`: all UIDs the origin showed.
store::Reconciled found(const store::Generation& generation, const std::vector<Uid>& listed,
                        const Plan& plan, UtcMicros began);

// Completes it, with what the archive knows after the mending.
void conclude(store::Reconciled& report, const std::vector<Uid>& listed, const Plan& plan,
              const store::GenerationState& known, UtcMicros ended);

// A mailbox that was looked at once more right after; nothing is found twice.
void continue_with(store::Reconciled& report, const store::Reconciled& next);
// The report on an account, and on one of its mailboxes.
void add(store::Reconciled& account, const store::Reconciled& mailbox);

// Whether a report on a mailbox tells anything.
bool is_remarkable(const store::Reconciled& report);

}  // namespace mailhold::imap::sync

// Reconciliation: the arithmetic of reports.
#include "imap/sync/reconciliation.hpp"

#include <algorithm>

#include "store/base/digest.hpp"

namespace mailhold::imap::sync {
namespace {

// In [0, 1), the same for one name always.
double share_of(std::string_view name) {
    const auto digest = sha256(name);
    return (digest.bytes[0] * 256 + digest.bytes[1]) / 65536.0;
}

std::vector<Uid> standing(const store::GenerationState& known) {
    std::vector<Uid> uids;
    uids.reserve(known.present.size());
    for (const auto& one : known.present) uids.push_back(one.uid);
    return uids;
}

}  // namespace

std::optional<UtcMicros> next_reconciliation(std::string_view account,
                                             std::optional<UtcMicros> last, UtcMicros now,
                                             std::chrono::seconds every) {
    if (every == every.zero()) return std::nullopt;
    const auto spread = [&](double share) {
        return std::chrono::duration_cast<std::chrono::microseconds>(share * every);
    };
    if (!last) return now + spread(share_of(account));
    return std::max(*last + every, now + spread(share_of(account) / 10));
}

store::Reconciled found(const store::Generation& generation, const std::vector<Uid>& listed,
                        const Plan& plan, UtcMicros began) {
    return {.generation = generation,
            .began = began,
            .ended = began,
            .shown = listed.size(),
            .missing = plan.fetch.size() - plan.replaced.size() - plan.checked.size(),
            .replaced = plan.replaced.size(),
            .gone = plan.vanished.size(),
            .problem = {}};
}

void conclude(store::Reconciled& report, const std::vector<Uid>& listed, const Plan& plan,
              const store::GenerationState& known, UtcMicros ended) {
    const auto present = standing(known);
    const auto has = [](const std::vector<Uid>& uids, Uid uid) {
        return std::ranges::binary_search(uids, uid);
    };
    report.unaccounted = static_cast<std::uint64_t>(std::ranges::count_if(listed, [&](Uid uid) {
        return has(known.awaited, uid) || (!has(present, uid) && !has(known.quarantined, uid));
    }));
    const auto still_there = std::ranges::count_if(plan.vanished, [&](Uid uid) {
        return has(present, uid) || has(known.quarantined, uid) || has(known.awaited, uid);
    });
    const auto differences = report.missing + report.replaced + report.gone;
    const auto left = report.unaccounted + static_cast<std::uint64_t>(still_there);
    report.repaired = differences - std::min(differences, left);
    report.ended = ended;
}

void continue_with(store::Reconciled& report, const store::Reconciled& next) {
    report.generation = next.generation;
    report.ended = next.ended;
    report.shown = next.shown;
    report.missing += next.missing;
    report.replaced += next.replaced;
    report.gone += next.gone;
    report.repaired += next.repaired;
    report.unaccounted = next.unaccounted;
}

void add(store::Reconciled& account, const store::Reconciled& mailbox) {
    account.mailboxes += 1;
    account.shown += mailbox.shown;
    account.missing += mailbox.missing;
    account.replaced += mailbox.replaced;
    account.gone += mailbox.gone;
    account.repaired += mailbox.repaired;
    account.unaccounted += mailbox.unaccounted;
}

bool is_remarkable(const store::Reconciled& report) {
    return report.missing + report.replaced + report.gone + report.unaccounted > 0 ||
           !report.problem.empty();
}

}  // namespace mailhold::imap::sync

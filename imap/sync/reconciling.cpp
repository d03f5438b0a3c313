// AccountSync's reconciliation: every mailbox is visited at Depth::whole, and what was found and
// mended goes on record.
#include <utility>

#include "imap/sync/account_sync.hpp"
#include "imap/sync/reconciliation.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

Result<std::optional<UtcMicros>> last_whole(const store::Archive& archive,
                                            const std::string& account) {
    const auto balances = archive.balances();
    if (!balances) return std::unexpected(balances.error());
    for (const auto& one : *balances) {
        if (one.account == account && one.reconciled && one.reconciled->problem.empty())
            return one.reconciled->ended;
    }
    return std::nullopt;
}

}  // namespace

void AccountSync::reconcile_soon() {
    reconcile_at_ = utc_now();
    retry();
}

// Once; from then on each reconciliation plans the next.
net::awaitable<Status> AccountSync::plan_reconciliation() {
    if (std::exchange(reconciliation_planned_, true)) co_return Status{};
    auto work = [&archive = place_.archive, account = place_.account.name] {
        return last_whole(archive, account);
    };
    const auto last = co_await net::offload(place_.pool, std::move(work));
    if (!last) co_return std::unexpected(last.error());
    if (reconcile_at_) co_return Status{};  // somebody has asked for one
    reconcile_at_ =
        next_reconciliation(place_.account.name, *last, utc_now(), place_.account.reconcile_every);
    co_return Status{};
}

net::awaitable<Status> AccountSync::reconcile(client::Connection& connection) {
    auto status = co_await list(connection);
    if (!status) co_return status;
    reconciled_ = {.generation = {place_.account.name, "", UidValidity{}},
                   .began = utc_now(),
                   .mailboxes = 0,
                   .problem = {}};
    place_.progress.pass_begins(mailboxes_.size());
    status = co_await visit_all(connection, mailboxes_, Depth::whole);
    if (cancel_.requested()) co_return status;
    auto report = std::exchange(reconciled_, {});
    report.ended = utc_now();
    if (!status)
        report.problem = status.error().text;
    else if (trouble_)
        report.problem = trouble_->text;
    log::info("sync.reconciled", {{"account", place_.account.name},
                                  {"mailboxes", report.mailboxes},
                                  {"shown", report.shown},
                                  {"missing", report.missing},
                                  {"replaced", report.replaced},
                                  {"gone", report.gone},
                                  {"repaired", report.repaired},
                                  {"problem", report.problem}});
    if (report.unaccounted > 0) {
        log::error("sync.unaccounted", {{"account", place_.account.name},
                                        {"messages", report.unaccounted},
                                        {"problem", report.problem}});
    }
    if (report.problem.empty()) {
        reconcile_at_ = next_reconciliation(place_.account.name, report.ended, report.ended,
                                            place_.account.reconcile_every);
    }
    std::vector<store::Fact> facts{std::move(report)};
    auto recorded = co_await record(place_, std::move(facts));
    co_return status ? recorded : status;
}

// One mailbox was compared, or as far as the line held.
net::awaitable<Status> AccountSync::report(std::string mailbox, store::Reconciled found) {
    add(reconciled_, found);
    if (!is_remarkable(found)) co_return Status{};
    log::warning("sync.difference", {{"account", place_.account.name},
                                     {"mailbox", mailbox},
                                     {"missing", found.missing},
                                     {"replaced", found.replaced},
                                     {"gone", found.gone},
                                     {"repaired", found.repaired},
                                     {"unaccounted", found.unaccounted}});
    std::vector<store::Fact> facts{std::move(found)};
    co_return co_await record(place_, std::move(facts));
}

}  // namespace mailhold::imap::sync

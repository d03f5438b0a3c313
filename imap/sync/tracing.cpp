// AccountSync's tracing: what vanished from one mailbox and came in another has moved, and a mailbox
// that went and one that came may be the same. Decided on what is on record of this round and the
// one before: a mailbox with a connection of its own is seen earlier than one that is polled.
#include <algorithm>
#include <iterator>
#include <utility>

#include "imap/sync/account_sync.hpp"

namespace mailhold::imap::sync {
namespace {

struct Traced {
    std::vector<store::Fact> facts;
    std::vector<store::Renamed> renames;
    Sequence now{};
};
Result<Traced> traced(const store::Archive& archive, const std::string& account, Sequence since) {
    auto totals = archive.totals();
    if (!totals) return std::unexpected(totals.error());
    auto moves = archive.moves(account, since);
    if (!moves) return std::unexpected(moves.error());
    auto renames = archive.renames(account, since);
    if (!renames) return std::unexpected(renames.error());
    Traced traced{.facts = {}, .renames = std::move(*renames), .now = totals->applied};
    std::ranges::move(*moves, std::back_inserter(traced.facts));
    return traced;
}

}  // namespace

net::awaitable<Status> AccountSync::begin_trace() {
    if (trace_) co_return Status{};
    auto work = [&archive = place_.archive] { return archive.totals(); };
    const auto totals = co_await net::offload(place_.pool, std::move(work));
    if (!totals) co_return std::unexpected(totals.error());
    trace_ = {totals->applied, totals->applied};
    co_return Status{};
}

net::awaitable<Status> AccountSync::trace() {
    if (!trace_) co_return Status{};
    auto work = [&archive = place_.archive, account = place_.account.name, since = trace_->first] {
        return traced(archive, account, since);
    };
    auto found = co_await net::offload(place_.pool, std::move(work));
    if (!found) co_return std::unexpected(found.error());
    trace_ = {trace_->second, found->now};
    auto renames = place_.ids.renames(place_.account.name, std::move(found->renames), mailboxes_);
    std::ranges::move(renames, std::back_inserter(found->facts));
    co_return co_await record(place_, std::move(found->facts));
}

}  // namespace mailhold::imap::sync

// AccountSync: a pass over all mailboxes. watching.cpp goes on from there.
#include "imap/sync/account_sync.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "imap/sync/reconciliation.hpp"
#include "imap/sync/survey.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

constexpr unsigned rounds_most = 3;    // visits of a mailbox that changes while it is looked at
constexpr unsigned careful_after = 1;  // fruitless visits
constexpr std::chrono::milliseconds busy_pause{50};
constexpr std::chrono::minutes longest_hold_of_a_run{15};  // a longer one is for the next run

}  // namespace

AccountSync::AccountSync(Workplace place, boost::asio::any_io_executor executor,
                         client::Cancel& cancel)
    : place_(place),
      executor_(std::move(executor)),
      cancel_(cancel),
      security_(place.archive, place.account),
      manners_(place.account.manners) {}

net::awaitable<Result<AccountSync::ConnectionPtr>> AccountSync::connect(client::Cancel& cancel) {
    const auto& account = place_.account;
    client::Endpoint endpoint{account.host,  account.port,  account.security, account.login,
                              account.trust, account.proxy, account.timeout,  account.compression};
    endpoint.admits = [this](const client::Shown& shown) { return security_.admits(shown); };
    endpoint.let_in = [this](const client::Shown& shown) { return security_.let_in(shown); };
    client::Surroundings with{
        place_.runtime, place_.pool, cancel, manners_, place_.archive.spool_folder(),
        account.reserve};
    co_return co_await client::Connection::open(std::move(endpoint), std::move(with));
}

// What the origin asks us to wait for is waited for; that is no failure.
net::awaitable<Status> AccountSync::once(Task task) {
    Status status;
    do {
        place_.progress.state(State::connecting);
        status = co_await attempt(task);
    } while (!status && !cancel_.requested() && co_await held_out(longest_hold_of_a_run));
    if (!status) place_.progress.problem(status.error().text);
    place_.progress.state(State::stopped);
    co_return status;
}

net::awaitable<Status> AccountSync::attempt(Task task) {
    auto connection = co_await connect(cancel_);
    if (!connection) co_return std::unexpected(connection.error());
    auto status =
        task == Task::pass ? co_await pass(**connection) : co_await reconcile(**connection);
    if (status && trouble_) status = std::unexpected(*trouble_);
    co_await (*connection)->leave();
    co_return status;
}

net::awaitable<Status> AccountSync::pass(client::Connection& connection) {
    auto listed = co_await list(connection);
    if (!listed) co_return listed;
    const bool believed = place_.ids.believed();
    auto status = co_await poll(connection, Depth::thorough);
    if (!status || place_.ids.believed() == believed) co_return status;
    // An id was found to lie: what such ids told before, in mailboxes that were visited already, comes now.
    auto trouble = std::move(trouble_);
    status = co_await poll(connection, Depth::quick);
    if (trouble) trouble_ = std::move(trouble);
    co_return status;
}

net::awaitable<Status> AccountSync::list(client::Connection& connection) {
    auto tracing = co_await begin_trace();
    if (!tracing) co_return tracing;
    std::vector<store::Fact> declared{
        store::AccountDeclared{place_.account.name, place_.account.url}};
    auto recorded = co_await record(place_, std::move(declared));
    if (!recorded) co_return recorded;
    auto listing = co_await list_mailboxes(place_, connection);
    if (!listing) co_return std::unexpected(listing.error());
    for (const auto& before : mailboxes_) {
        if (std::ranges::find(listing->mirror, before) == listing->mirror.end())
            place_.progress.forget(before);
    }
    mailboxes_ = std::move(listing->mirror);
    all_mail_ = connection.has("X-GM-EXT-1") ? std::move(listing->all_mail) : std::string();
    apart_ = std::move(listing->apart);
    news_.take_listing();  // it is in the answer
    co_return Status{};
}

net::awaitable<Status> AccountSync::poll(client::Connection& connection, Depth depth) {
    auto mailboxes = mailboxes_;
    std::erase_if(mailboxes,
                  [this](const std::string& mailbox) { return covered_.contains(mailbox); });
    const auto all = mailboxes.size();
    auto changed = co_await survey(place_, connection, mailboxes, depth);
    if (!changed) co_return std::unexpected(changed.error());
    news_.looked_at(mailboxes);
    if (depth == Depth::thorough) {
        place_.progress.pass_begins(all);
        for (auto done = changed->size(); done < all; ++done) place_.progress.mailbox_done();
    }
    co_return co_await bring_level(connection, std::move(*changed), depth);
}

net::awaitable<Status> AccountSync::bring_level(client::Connection& connection,
                                                std::vector<std::string> mailboxes, Depth depth) {
    for (unsigned round = 0; round < rounds_most; ++round) {
        auto visited = co_await visit_all(connection, mailboxes, depth);
        if (!visited || !informed_) co_return visited;
        auto changed = co_await look_again(connection, std::move(mailboxes));
        if (!changed) co_return std::unexpected(changed.error());
        if (changed->empty()) break;
        mailboxes = std::move(*changed);
    }
    co_return Status{};
}

net::awaitable<Status> AccountSync::visit_all(client::Connection& connection,
                                              std::vector<std::string> mailboxes, Depth depth) {
    Round round{{}, depth, {}, {}};
    if (std::erase(mailboxes, all_mail_) > 0) {
        round.left = {all_mail_};
        co_await work(round, connection);
    }
    round.left.assign(mailboxes.begin(), mailboxes.end());
    TaskGroup helpers(place_.runtime, executor_);
    const auto free =
        place_.account.connections - std::min(place_.account.connections, covered_.size() + 1);
    for (std::size_t i = 1; round.status && i < mailboxes.size() && i <= free; ++i)
        helpers.start("sync.helper", help(round));
    if (round.status) co_await work(round, connection);
    co_await helpers.join();
    trouble_ = std::move(round.trouble);
    auto traced = co_await trace();
    if (round.status && !traced) round.status = std::move(traced);
    if (!round.status) co_return round.status;
    if (trouble_) {
        place_.progress.problem(trouble_->text);
    } else {
        place_.progress.pass_succeeded(utc_now());
    }
    co_return Status{};
}

bool AccountSync::told_by_all_mail(const std::string& mailbox) const {
    return !all_mail_.empty() && mailbox != all_mail_ && !apart_.contains(mailbox);
}

// So that a message comes once: from there, and is recognised in the other.
net::awaitable<Status> AccountSync::visit_all_mail_before(client::Connection& connection,
                                                          const std::string& mailbox) {
    if (!told_by_all_mail(mailbox)) co_return Status{};
    while (busy_.contains(all_mail_) && !cancel_.requested())
        co_await pause(cancel_, net::in(busy_pause));
    auto outcome = co_await visit(connection, all_mail_, Depth::quick);
    if (!outcome) co_return std::unexpected(outcome.error());
    co_return Status{};  // what troubles it alone is seen by the polls
}

net::awaitable<void> AccountSync::work(Round& round, client::Connection& connection) {
    while (!round.left.empty() && !cancel_.requested()) {
        const auto mailbox = std::move(round.left.front());
        round.left.pop_front();
        auto outcome = co_await visit(connection, mailbox, round.depth);
        if (!outcome) {
            if (round.status) round.status = std::unexpected(outcome.error());
            co_return;
        }
        if (outcome->trouble && !round.trouble) round.trouble = std::move(outcome->trouble);
        place_.progress.mailbox_done();
    }
    if (cancel_.requested() && round.status) round.status = fail(Errc::cancelled, "stopped");
}

// One more connection for a round. A server that does not allow it slows the round down, and no
// more.
net::awaitable<void> AccountSync::help(Round& round) {
    auto connection = co_await connect(cancel_);
    if (connection) {
        co_await work(round, **connection);
        co_await (*connection)->leave();
    } else {
        log::info("sync.helper",
                  {{"account", place_.account.name}, {"problem", connection.error().text}});
    }
}

net::awaitable<Result<MailboxSync::Outcome>> AccountSync::visit(client::Connection& connection,
                                                                std::string mailbox, Depth depth) {
    struct Busy {
        std::set<std::string>& busy;
        std::string mailbox;
        ~Busy() { busy.erase(mailbox); }
    };
    MailboxSync::Outcome outcome;
    outcome.accounted = true;  // by whoever is at it already
    if (depth == Depth::whole) {
        while (busy_.contains(mailbox) && !cancel_.requested())
            co_await pause(cancel_, net::in(busy_pause));
    }
    if (!busy_.insert(mailbox).second) co_return outcome;
    const Busy guard{busy_, mailbox};
    std::optional<store::Reconciled> found;
    auto result = co_await visit_till_level(connection, mailbox, depth, found);
    if (found) {
        const auto* trouble = !result           ? &result.error()
                              : result->trouble ? &*result->trouble
                                                : nullptr;
        if (trouble != nullptr) found->problem = trouble->text;
        auto reported = co_await report(mailbox, std::move(*found));
        if (result && !reported) co_return std::unexpected(reported.error());
    }
    co_return result;
}

net::awaitable<Result<MailboxSync::Outcome>> AccountSync::visit_till_level(
    client::Connection& connection, const std::string& mailbox, Depth depth,
    std::optional<store::Reconciled>& found) {
    MailboxSync::Outcome outcome;
    for (unsigned round = 0; round < rounds_most; ++round) {
        Status level;
        if (round > 0) level = co_await visit_all_mail_before(connection, mailbox);
        if (!level) co_return std::unexpected(level.error());
        const auto pace = stuck_[mailbox] >= careful_after ? FetchQueue::Pace::careful
                                                           : FetchQueue::Pace::pipelined;
        auto& retries = retries_[mailbox];
        const auto now = std::chrono::steady_clock::now();
        auto begun = begun_.extract(mailbox);
        MailboxSync sync(place_, connection,
                         Visit{mailbox, depth, pace, retries.resting(now), checked_[mailbox],
                               begun ? std::optional(std::move(begun.mapped())) : std::nullopt,
                               told_by_all_mail(mailbox) ? Labels::told_elsewhere : Labels::asked});
        auto result = co_await sync.run();
        activity_[mailbox] += sync.settled();
        fruitful_ += sync.fruitful() ? 1 : 0;
        if (auto left = sync.take_begun()) begun_.emplace(mailbox, std::move(*left));
        checked_[mailbox].insert(sync.checked().begin(), sync.checked().end());
        if (sync.report() && found) continue_with(*found, *sync.report());
        if (sync.report() && !found) found = sync.report();
        for (const auto uid : sync.withheld()) {
            const bool costly = uid == sync.suspect();
            retries_[mailbox].failed(
                uid, costly ? Retries::Cost::connection : Retries::Cost::answer, now);
        }
        if (!result) {
            const bool fruitless = !sync.fruitful() && client::of_the_line(result.error().code);
            stuck_[mailbox] = fruitless ? stuck_[mailbox] + 1 : 0;
            co_return std::unexpected(result.error());
        }
        outcome = std::move(*result);
        if (outcome.accounted) checked_.erase(mailbox);
        if (outcome.trouble || (outcome.accounted && !outcome.changed_meanwhile)) break;
    }
    stuck_.erase(mailbox);
    if (!outcome.trouble && !outcome.accounted) {
        outcome.trouble = Error{
            Errc::protocol, fmt::format("{}: the server's list of messages does not agree with its "
                                        "count of them",
                                        mailbox)};
    }
    co_return outcome;
}

}  // namespace mailhold::imap::sync

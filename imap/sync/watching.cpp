// AccountSync after its first pass: NOTIFY, or else IDLE where it helps most, polls for the rest, and patience with
// failures.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <random>
#include <utility>

#include "imap/sync/account_sync.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

// RFC 2177 says 29 minutes; lines through NAT boxes die unseen much earlier.
constexpr std::chrono::minutes idle_time{10};
constexpr std::chrono::seconds poll_longest{
    15 * 60};                          // servers log out whoever is silent for 30 minutes
constexpr unsigned polls_a_pass = 10;  // LIST and everything after so many polls
constexpr std::chrono::milliseconds busy_pause{200};

double chance() {
    static thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
}

// Whose trouble it is decides who can mend it.
std::string why_it_waits(const Error& error) {
    const bool ours = error.code == Errc::no_space || error.code == Errc::io ||
                      error.code == Errc::corrupt || error.code == Errc::not_found;
    return ours ? "paused by trouble on this side: " + error.text : error.text;
}

}  // namespace

net::awaitable<void> AccountSync::pause(client::Cancel& cancel, net::Deadline until) {
    net::Signal signal(executor_);
    const auto hook = cancel.on_request([&signal] { signal.notify(); });
    co_await signal.wait_until(until);
}

net::awaitable<void> AccountSync::forever() {
    Backoff backoff;
    while (!cancel_.requested()) {
        place_.progress.state(State::connecting);
        const auto fruitful_before = fruitful_;
        const auto status = co_await session(backoff);
        if (cancel_.requested()) break;
        // A line that breaks, but gets us on, is no reason for more patience.
        if (fruitful_ > fruitful_before) backoff.succeeded();
        if (co_await held_out(std::chrono::hours(24))) continue;
        const auto wait = backoff.after(status ? Errc::network : status.error().code, chance());
        const auto reason =
            status ? std::string("the session ended") : why_it_waits(status.error());
        log::warning("sync.waiting", {{"account", place_.account.name},
                                      {"seconds", wait.count() / 1000},
                                      {"reason", reason}});
        place_.progress.problem(reason);
        const bool refused = !status && needs_people(status.error().code);
        place_.progress.state(security_.refused() ? State::downgraded
                              : refused           ? State::refused
                                                  : State::waiting);
        net::Signal signal(executor_);
        waiting_ = &signal;
        const auto hook = cancel_.on_request([&signal] { signal.notify(); });
        if (!co_await signal.wait_until(net::in(wait))) backoff.succeeded();  // retry()
        waiting_ = nullptr;
    }
    place_.progress.state(State::stopped);
}

net::awaitable<bool> AccountSync::held_out(std::chrono::seconds most) {
    const auto now = std::chrono::steady_clock::now();
    const auto hold = manners_.hold(now);
    if (!hold || hold->until - now > most) co_return false;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(hold->until - now);
    log::info(
        "sync.throttled",
        {{"account", place_.account.name}, {"seconds", seconds.count()}, {"reason", hold->reason}});
    place_.progress.problem(
        fmt::format("{}; goes on at {}", hold->reason, to_rfc3339(utc_now() + seconds)));
    place_.progress.state(State::throttled);
    place_.progress.throttled(seconds);
    co_await pause(cancel_, hold->until);
    co_return true;
}

void AccountSync::retry() {
    if (waiting_ != nullptr) waiting_->notify();
}

net::awaitable<Status> AccountSync::session(Backoff& backoff) {
    auto connection = co_await connect(cancel_);
    if (!connection) co_return std::unexpected(connection.error());
    place_.progress.problem({});
    place_.progress.state(State::mirroring);
    // Before the pass, so that what changes behind its back is told.
    auto status = co_await ask_for_news(**connection);
    if (status) status = co_await pass(**connection);
    if (status) {
        backoff.succeeded();
        status = co_await plan_reconciliation();
    }
    client::Cancel ended;
    const auto asked = cancel_.on_request([&ended] { ended.request(); });
    const auto insisted = cancel_.on_insist([&ended] { ended.insist(); });
    TaskGroup idlers(place_.runtime, executor_);
    if (status) {
        place_.progress.state(State::watching);
        start_idlers(**connection, idlers, ended);
        status = co_await watch(**connection);
    }
    if (!cancel_.requested()) ended.insist();
    co_await (*connection)->leave();  // while the idlers do
    co_await idlers.join();
    co_return status;
}

void AccountSync::start_idlers(const client::Connection& connection, TaskGroup& idlers,
                               client::Cancel& ended) {
    if (informed_ || !connection.has("IDLE") || place_.account.connections <= 1) return;
    for (auto& mailbox : most_active(place_.account.connections - 1))
        idlers.start("sync.idler", idler(std::move(mailbox), ended));
}

std::vector<std::string> AccountSync::most_active(std::size_t most) const {
    std::multimap<std::pair<bool, std::uint64_t>, std::string, std::greater<>> ranked;
    for (const auto& mailbox : mailboxes_) {
        const auto found = activity_.find(mailbox);
        const bool first = mailbox == "INBOX" || mailbox == all_mail_;
        ranked.emplace(std::pair(first, found == activity_.end() ? 0 : found->second), mailbox);
    }
    std::vector<std::string> mailboxes;
    for (const auto& [rank, mailbox] : ranked) {
        if (mailboxes.size() < most) mailboxes.push_back(mailbox);
    }
    return mailboxes;
}

net::awaitable<Status> AccountSync::watch(client::Connection& connection) {
    const auto every = std::min(place_.account.poll_every, poll_longest);
    const bool alone = place_.account.connections <= 1 && connection.has("IDLE");
    for (unsigned polls = 1;; ++polls) {
        const auto next_poll = net::in(every);
        Status status;
        if (informed_ && !mailboxes_.empty()) {
            status = co_await stay_informed(connection, next_poll);
        } else if (alone && !mailboxes_.empty()) {
            const auto mailbox = mailboxes_.front();
            status = co_await stay_on(connection, mailbox, next_poll);
        } else {
            co_await pause(cancel_, next_poll);
        }
        if (cancel_.requested()) co_return fail(Errc::cancelled, "stopped");
        if (status) {
            const bool whole = polls % polls_a_pass == 0;
            status = whole ? co_await pass(connection) : co_await poll(connection, Depth::quick);
        }
        if (status && reconcile_at_ && utc_now() >= *reconcile_at_) {
            status = co_await reconcile(connection);
        }
        if (!status) co_return status;
    }
}

// Visits the mailbox whenever the server says that it has changed. Ends with `until`, news of others, or a failure.
net::awaitable<Status> AccountSync::stay_on(client::Connection& connection, std::string mailbox,
                                            net::Deadline until) {
    auto depth = Depth::quick;
    while (std::chrono::steady_clock::now() < until && !news_.any()) {
        auto level = co_await visit_all_mail_before(connection, mailbox);
        if (!level) co_return level;
        auto outcome = co_await visit(connection, mailbox, depth);
        if (!outcome) co_return std::unexpected(outcome.error());
        if (outcome->trouble) {
            place_.progress.problem(outcome->trouble->text);
            co_return std::unexpected(*outcome->trouble);
        }
        depth = Depth::quick;
        if (news_.any()) break;
        auto sink = [&depth](client::Untagged& untagged) -> Status {
            // Flags changed: without CONDSTORE only a full comparison finds which.
            if (std::holds_alternative<wire::FetchData>(untagged.response)) depth = Depth::thorough;
            return {};
        };
        const auto idle_until = std::min(until, net::in(idle_time));
        const auto woken = co_await connection.idle(idle_until, std::move(sink));
        if (!woken) co_return std::unexpected(woken.error());
        if (*woken == client::Connection::Woken::by_time) depth = Depth::thorough;
    }
    co_return Status{};
}

// Has a connection of its own and comes back by itself; while it cannot, the polls look after its
// mailbox.
net::awaitable<void> AccountSync::idler(std::string mailbox, client::Cancel& cancel) {
    Backoff backoff;
    while (!cancel.requested()) {
        auto connection = co_await connect(cancel);
        Status status;
        if (connection) {
            while (busy_.contains(mailbox) && !cancel.requested())
                co_await pause(cancel, net::in(busy_pause));
            backoff.succeeded();
            covered_.insert(mailbox);
            status = co_await stay_on(**connection, mailbox, net::Deadline::max());
            covered_.erase(mailbox);
            co_await (*connection)->leave();
        } else {
            status = std::unexpected(connection.error());
        }
        if (cancel.requested()) break;
        const auto code = status ? Errc::network : status.error().code;
        log::info(
            "sync.idler",
            {{"account", place_.account.name}, {"mailbox", mailbox}, {"problem", name_of(code)}});
        const auto hold = manners_.hold(std::chrono::steady_clock::now());
        co_await pause(cancel, hold ? hold->until : net::in(backoff.after(code, chance())));
    }
}

}  // namespace mailhold::imap::sync

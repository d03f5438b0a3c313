// AccountSync where the origin offers NOTIFY (RFC 5465): one connection has a mailbox selected and is told of all
// others, so that nothing waits for a poll. Polls go on all the same: a server knows only of what went through it.
#include <utility>

#include "imap/sync/account_sync.hpp"
#include "imap/sync/survey.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {

net::awaitable<Status> AccountSync::ask_for_news(client::Connection& connection) {
    news_ = {};
    informed_ = false;
    const bool offered = connection.has("NOTIFY") && connection.has("IDLE");
    // Until it has answered: one that falls over it (Dovecot 2.3 with an empty home) is not asked a second time.
    if (!offered || std::exchange(news_refused_, true)) co_return Status{};
    for (const auto wish : {Wish::everything, Wish::messages}) {
        // RFC 5465 8: NO [BADEVENT] where one of the events is not known; Dovecot says BAD.
        auto status = co_await connection.run(notify_command(wish), {});
        if (!connection.usable()) co_return status;
        if (!status) continue;
        news_refused_ = false;
        informed_ = true;
        connection.observer = [this](const wire::Response& response) { news_.heard(response); };
        co_return Status{};
    }
    log::info("sync.notify", {{"account", place_.account.name}, {"refused", true}});
    co_return Status{};
}

// What came to a mailbox between the end of its visit and the moment the connection left it was told to nobody.
net::awaitable<Result<std::vector<std::string>>> AccountSync::look_again(
    client::Connection& connection, std::vector<std::string> visited) {
    auto changed = co_await survey(place_, connection, visited, Depth::quick);
    if (changed) news_.looked_at(visited);
    co_return changed;
}

net::awaitable<Status> AccountSync::stay_informed(client::Connection& connection,
                                                  net::Deadline until) {
    Status status;
    while (status && !cancel_.requested() && std::chrono::steady_clock::now() < until) {
        status = co_await follow_news(connection);
        if (status) status = co_await stay_on(connection, mailboxes_.front(), until);
    }
    co_return status;
}

net::awaitable<Status> AccountSync::follow_news(client::Connection& connection) {
    if (news_.take_overflow()) {
        auto asked = co_await ask_for_news(connection);
        co_return asked ? co_await pass(connection) : asked;
    }
    if (news_.take_listing()) {
        auto listed = co_await list(connection);
        co_return listed ? co_await poll(connection, Depth::quick) : listed;
    }
    std::map<Depth, std::vector<std::string>> by_depth;
    const auto told = news_.take_mailboxes();
    for (const auto& mailbox : mailboxes_) {
        const auto found = told.find(mailbox);
        if (found != told.end()) by_depth[found->second].push_back(mailbox);
    }
    for (auto& [depth, mailboxes] : by_depth) {
        auto level = co_await bring_level(connection, std::move(mailboxes), depth);
        if (!level) co_return level;
    }
    co_return Status{};
}

}  // namespace mailhold::imap::sync

// One account's mirroring as coroutines on one executor: passes over its mailboxes with several
// connections, then watching with NOTIFY or IDLE, and polls, and coming back after failures. Mirror (sync.hpp)
// is its front.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "imap/sync/mailbox_sync.hpp"
#include "imap/sync/news.hpp"
#include "imap/sync/origin_security.hpp"
#include "imap/sync/pacing.hpp"
#include "imap/sync/retries.hpp"

namespace mailhold::imap::sync {

class AccountSync {
  public:
    // What it is given outlives its coroutines; so does it itself.
    AccountSync(Workplace place, boost::asio::any_io_executor executor, client::Cancel& cancel);

    net::awaitable<Status> once(Task task);  // the first failure, after all was tried
    net::awaitable<void> forever();          // until cancelled
    void reconcile_soon();                   // with the next poll
    void retry();                            // ends the wait after a failure, if there is one

  private:
    using ConnectionPtr = std::unique_ptr<client::Connection>;
    // The mailboxes of one pass that are still to be visited, shared by its workers.
    struct Round {
        std::deque<std::string> left;
        Depth depth = Depth::quick;
        Status status;                 // of the connections and the archive
        std::optional<Error> trouble;  // of a mailbox
    };

    net::awaitable<Result<ConnectionPtr>> connect(client::Cancel& cancel);
    net::awaitable<Status> attempt(Task task);
    // Waited, as the origin wished; false: nothing to wait for, or longer than this.
    net::awaitable<bool> held_out(std::chrono::seconds most);
    net::awaitable<Status> pass(client::Connection& connection);
    net::awaitable<Status> list(client::Connection& connection);
    net::awaitable<Status> reconcile(client::Connection& connection);
    net::awaitable<Status> plan_reconciliation();
    net::awaitable<Status> begin_trace();
    net::awaitable<Status> trace();  // at the end of a round
    net::awaitable<Status> report(std::string mailbox, store::Reconciled found);
    net::awaitable<Status> poll(client::Connection& connection, Depth depth);
    net::awaitable<Status> bring_level(client::Connection& connection,
                                       std::vector<std::string> mailboxes, Depth depth);
    net::awaitable<Status> visit_all(client::Connection& connection,
                                     std::vector<std::string> mailboxes, Depth depth);
    net::awaitable<void> work(Round& round, client::Connection& connection);
    net::awaitable<void> help(Round& round);
    // Gmail's, before a mailbox whose messages it holds too.
    net::awaitable<Status> visit_all_mail_before(client::Connection& connection,
                                                 const std::string& mailbox);
    bool told_by_all_mail(const std::string& mailbox) const;
    net::awaitable<Result<MailboxSync::Outcome>> visit(client::Connection& connection,
                                                       std::string mailbox, Depth depth);
    // As often as the mailbox changes meanwhile, within bounds. `found` lives in the caller's frame.
    net::awaitable<Result<MailboxSync::Outcome>> visit_till_level(
        client::Connection& connection, const std::string& mailbox, Depth depth,
        std::optional<store::Reconciled>& found);

    net::awaitable<Status> session(Backoff& backoff);
    net::awaitable<Status> watch(client::Connection& connection);
    // notified.cpp: one connection that is told of all mailboxes, if the origin offers it.
    net::awaitable<Status> ask_for_news(client::Connection& connection);
    net::awaitable<Result<std::vector<std::string>>> look_again(client::Connection& connection,
                                                                std::vector<std::string> visited);
    net::awaitable<Status> stay_informed(client::Connection& connection, net::Deadline until);
    net::awaitable<Status> follow_news(client::Connection& connection);
    net::awaitable<Status> stay_on(client::Connection& connection, std::string mailbox,
                                   net::Deadline until);
    void start_idlers(const client::Connection& connection, TaskGroup& idlers,
                      client::Cancel& ended);
    net::awaitable<void> idler(std::string mailbox, client::Cancel& cancel);
    net::awaitable<void> pause(client::Cancel& cancel, net::Deadline until);
    std::vector<std::string> most_active(std::size_t most) const;

    Workplace place_;
    boost::asio::any_io_executor executor_;
    client::Cancel& cancel_;
    OriginSecurity security_;
    client::Manners manners_;             // of all connections to the origin
    net::Signal* waiting_ = nullptr;      // forever()'s, while it waits to try again
    std::vector<std::string> mailboxes_;  // to be mirrored, INBOX first
    std::string all_mail_;  // of Gmail: the mailbox that holds all messages but those apart
    std::set<std::string> apart_;
    std::set<std::string> busy_;                     // being visited
    News news_;                                      // told to the connection that asked for it
    bool informed_ = false;                          // such a connection is there
    bool news_refused_ = false;                      // by an origin that offers it
    std::set<std::string> covered_;                  // watched by an idler
    std::map<std::string, std::uint64_t> activity_;  // messages that came while we ran
    std::uint64_t fruitful_ = 0;                     // visits that brought something
    std::map<std::string, unsigned>
        stuck_;  // visits in a row that ended the connection and brought nothing
    // Messages that could not be had, with when to ask for them once more.
    std::map<std::string, Retries> retries_;
    // Where every message is in doubt: those compared before the connection ended.
    std::map<std::string, std::set<Uid>> checked_;
    std::map<std::string, Begun> begun_;  // large messages whose line was cut
    std::optional<Error> trouble_;        // of the last pass, with one mailbox
    // Where the round before this one and this one began, in the ledger.
    std::optional<std::pair<Sequence, Sequence>> trace_;
    store::Reconciled reconciled_;           // of the account, while it is compared
    std::optional<UtcMicros> reconcile_at_;  // none: never
    bool reconciliation_planned_ = false;
};

}  // namespace mailhold::imap::sync

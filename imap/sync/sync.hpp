// Mirrors origins into the archive: one Mirror an account, once or for as long as it lives.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "imap/client/connection.hpp"
#include "imap/net/runtime.hpp"
#include "imap/net/tls.hpp"
#include "store/archive.hpp"

namespace mailhold::imap::sync {

using client::Security;

// An origin to mirror.
struct Account {
    std::string name;
    std::string url;  // without password, for the ledger
    std::string host;
    std::uint16_t port = 993;
    Security security = Security::implicit_tls;
    client::Login login;
    std::filesystem::path confirmed;  // a file: what people have confirmed of its security
    net::ClientTrust trust;
    std::optional<net::Proxy> proxy;  // not with Security::none
    net::Compression compression = net::Compression::automatic;
    client::Manners::Limits manners;  // of all connections together
    std::vector<std::string>
        exclude;  // mailbox names or patterns with * and %, recorded as named rules
    // Mailboxes of other users and shared ones that the login may read (RFC 2342): left out, as a named rule, unless these
    // say otherwise.
    bool other_users = false;
    bool shared = false;
    std::size_t connections = 4;  // at most, at once: fetching and idling together
    // For mailboxes nobody idles on. A change of flags alone shows in a poll only with CONDSTORE;
    // without, every tenth poll lists all messages anew, with flags, sizes and dates. New and
    // vanished messages are seen by each poll.
    std::chrono::seconds poll_every{60};
    std::chrono::seconds timeout{60};  // for an answer
    // For the origin to answer LOGOUT where we stop, on all connections together.
    std::chrono::seconds goodbye{2};
    std::uint64_t reserve = 0;  // octets of the disk that fetching leaves free
    // Between comparisons of everything with the origin, which trust none of its counters; 0: never.
    std::chrono::seconds reconcile_every{86'400};
};

enum class Task {
    pass,           // what is new
    reconciliation  // the same, and every UID, size and date is compared; a report goes on record
};

enum class State {
    connecting,
    mirroring,
    watching,
    waiting,     // to try again
    throttled,   // until the origin will have us again; no failure
    downgraded,  // it shows less security than before: people must confirm it, or mend it
    refused,     // login or trust: people must mend it; tried again at retry(), or after hours
    stopped
};

// How a mirror stands, at one moment.
struct Report {
    std::string account;
    State state = State::connecting;
    std::uint64_t mailboxes = 0, mailboxes_done = 0;  // of this pass
    std::uint64_t messages = 0,
                  messages_done =
                      0;  // known to be missing here at the pass's start; of them archived
    std::uint64_t octets_done = 0;
    std::uint64_t unaccounted =
        0;  // UIDs that the origin shows and the archive does not have (yet)
    std::uint64_t quarantined = 0;
    std::uint64_t throttled = 0;            // waits that the origin asked for, since the start
    std::chrono::seconds throttled_for{0};  // all of them together
    std::optional<UtcMicros> last_success;  // the last pass that accounted for everything
    std::string problem;  // what it is waiting for, in words; empty when all is well
};

class Mirror {
  public:
    // Declares the account in the ledger. All of it outlives the mirror.
    Mirror(net::Runtime& runtime, WorkerPool& pool, store::Archive& archive, Account account);
    ~Mirror();  // stop()

    // One pass or reconciliation over all mailboxes. Blocks the caller (not for I/O threads); messages that could be
    // had are archived even when it fails. Errc::auth, tls, network, ... says why.
    Status run_once(Task task = Task::pass);
    // Goes on until stop(): passes, IDLE, polling, reconnecting with backoff and jitter.
    void start();
    void retry();      // now, where it waits; any thread
    void reconcile();  // with the next poll, or sooner; any thread
    // What was fetched is committed first; origins are told LOGOUT where nothing is under way, and are given
    // Account::goodbye from ask_to_stop() on to say BYE. stop() blocks; who stops several asks all of them first.
    void ask_to_stop();  // any thread
    void stop();
    Report report() const;  // any thread

  private:
    struct Parts;
    std::shared_ptr<Parts> parts_;  // shared with its coroutines, which may end later
};

}  // namespace mailhold::imap::sync

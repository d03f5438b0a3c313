// One connection to an IMAP server, secured and logged in: the shell around ClientCore. It reads
// and writes, keeps deadlines, and lets literals that are streamed run into blobs. Belongs to one
// executor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "imap/client/cancel.hpp"
#include "imap/client/client_core.hpp"
#include "imap/client/login.hpp"
#include "imap/client/manners.hpp"
#include "imap/client/shown.hpp"
#include "imap/net/proxy.hpp"
#include "imap/net/runtime.hpp"
#include "imap/net/stream.hpp"
#include "store/base/blob.hpp"

namespace mailhold::imap::client {

enum class Security { implicit_tls, starttls, none /* loopback only */ };

struct Endpoint {
    std::string host;
    std::uint16_t port = 993;
    Security security = Security::implicit_tls;
    Login login;
    net::ClientTrust trust;
    std::optional<net::Proxy> proxy;
    std::chrono::seconds timeout{
        60};  // for connecting and logging in together; later for each answer
    net::Compression compression = net::Compression::automatic;  // RFC 4978, where it is offered
    // So many timeouts for a server that talks on and on, and of nothing that was asked for. Some say "* OK Still here" for
    // minutes, at honest work.
    unsigned patience = 10;
    // Asked before anything secret is said, what the origin shows of its security: an error ends the connection.
    // And told of it once we are in. Both blocking, called on the pool.
    using Witness = std::function<Status(const Shown&)>;
    Witness admits = {};
    Witness let_in = {};
};

// What a connection works with; all of it outlives the connection.
struct Surroundings {
    net::Runtime& runtime;
    WorkerPool& pool;
    Cancel&
        cancel;  // once asked: a connection begins nothing more but leave(), and what is under way breaks off
    Manners& manners;             // towards the origin, shared by the connections to it
    std::filesystem::path spool;  // for large literals
    // Octets of the spool's disk that they leave free, after the archive's copy of each: Errc::no_space. The origin alone
    // says how many and how large they are.
    std::uint64_t reserve = 0;
};

struct Untagged {
    wire::Response response;
    std::vector<Blob> streamed;
};
using Event =
    std::variant<Untagged, ClientCore::Completed, ClientCore::Idling, ClientCore::Challenge>;
// Takes an untagged response; an error ends the command and the connection.
using Sink = std::function<Status(Untagged&)>;

class Connection {
  public:
    // Connects, secures as `security` demands and logs in. Errc::tls: no trusted, encrypted line,
    // and nothing secret was sent; Errc::auth: refused credentials; network, timeout, protocol,
    // cancelled.
    static net::awaitable<Result<std::unique_ptr<Connection>>> open(Endpoint endpoint,
                                                                    Surroundings with);
    // The same without logging in: what the origin shows is shown().
    static net::awaitable<Result<std::unique_ptr<Connection>>> reach(Endpoint endpoint,
                                                                     Surroundings with);
    ~Connection();
    // Logs out (RFC 9051 6.1.3) and says goodbye to TLS, as servers like it better than a line that breaks off; where
    // an answer is under way, it does break off. Also after Cancel::request(). The last use but the destructor.
    net::awaitable<void> leave();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Pipelining: any number of commands, then next() until each has completed. After an error of
    // next() only the destructor is of use: usable() is false.
    CommandId submit(wire::CommandBody body);
    net::awaitable<Result<Event>> next();

    // One command to its completion. NO is Errc::denied (Errc::throttled where the server asks for
    // patience, Errc::network for a bug of its own), BAD Errc::protocol. While the origin wants to be
    // left alone, no command is sent: Errc::throttled.
    net::awaitable<Status> run(wire::CommandBody body, Sink sink);

    enum class Woken { by_server, by_time };
    // IDLE until the server reports a change, of the mailbox or another (NOTIFY, RFC 5465), or `until`, or
    // Cancel::request(). `sink` gets what was reported.
    net::awaitable<Result<Woken>> idle(net::Deadline until, Sink sink);

    bool has(std::string_view capability) const { return core_.has(capability); }
    bool enabled(std::string_view capability) const { return core_.enabled(capability); }
    // For more commands: whether an error was the server's answer, or there will be none.
    bool usable() const { return usable_ && !with_.cancel.requested(); }
    // How many untagged responses could not be read so far, and were skipped.
    std::size_t garbled() const { return garbled_; }
    net::Stream& stream() { return stream_; }
    const Shown& shown() const { return shown_; }

    // Sees every untagged response before next() gives it to whoever asked something.
    std::function<void(const wire::Response&)> observer;

    // Kept by who opens and leaves mailboxes.
    bool mailbox_selected = false;

  private:
    Connection(Endpoint endpoint, Surroundings with, net::Stream stream);
    net::awaitable<Status> secure();
    net::awaitable<Status> expect_greeting();
    net::awaitable<Status> start_tls();
    net::awaitable<Status> look();
    net::awaitable<Status> testify(const Endpoint::Witness& witness);
    net::awaitable<Status> log_in();
    net::awaitable<Result<std::string>> secret();
    net::awaitable<Status> authenticate(std::string secret);
    net::awaitable<Status> converse(std::optional<SaslExchange> exchange, CommandId id,
                                    std::optional<std::string> initial);
    net::awaitable<Status> introduce();
    net::awaitable<Status> enable();
    net::awaitable<Status> compress();
    net::awaitable<Status> flush();
    net::awaitable<Result<std::string>> output();
    net::awaitable<Status> read();
    net::awaitable<Status> store(std::string_view octets);
    net::awaitable<void> finish_idle_at(net::Deadline until, net::Signal& wake, net::Signal& ended);
    net::Deadline deadline() const;
    void on_request();
    bool stopped() const;
    Status heed(const ClientCore::Event& event);
    Error lost(Error error);

    Endpoint endpoint_;
    Surroundings with_;
    net::Stream stream_;
    ClientCore core_{ClientCore::Start::greeting};
    std::optional<net::Deadline>
        hard_deadline_;  // while connecting: a server that drips must not hold us for ever
    bool preauthenticated_ = false;
    Shown shown_;
    bool usable_ = true;
    bool leaving_ = false;
    bool writing_ = false;
    std::uint64_t received_ = 0;  // of the line's octets: counted
    std::size_t garbled_ = 0;
    std::string bye_;
    BlobBuilder literal_;
    std::vector<Blob> streamed_;
    std::optional<net::Deadline> idle_until_;
    net::Deadline
        progressed_{};  // when something that was asked for came last, or was asked for anew
    Cancel::Hook on_request_;
    Cancel::Hook on_insist_;
};

// Whether it passes by itself: the line's or the server's trouble, or a throttle.
bool passes(Errc code);

// Whether an error that ended a connection came of what the server sent, or did not send; others are
// trouble of this machine (a full disk), or a refusal.
bool of_the_line(Errc code);

// What a NO or BAD means; {} for OK. `doing` says what was asked.
Status verdict(const wire::StatusResponse& status, std::string_view doing);

}  // namespace mailhold::imap::client

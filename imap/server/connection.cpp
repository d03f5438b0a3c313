#include "imap/server/connection.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <utility>

#include "imap/server/session.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {

using net::awaitable;
using net::Deadline;

namespace {

// A client that takes not one slice in this time is cut off; a slow one is only slow for itself.
constexpr std::size_t slice = 256 << 10;
constexpr std::chrono::seconds write_timeout{60};
constexpr std::chrono::seconds grace{30};  // for BYE, before the read itself gives up

Channel channel_of(const Hub& hub, const net::Stream& stream) {
    return {.tls = false,
            .starttls_offered = hub.identity() != nullptr,
            .plaintext_login = hub.options.allow_plaintext_login && stream.remote_is_loopback()};
}

struct Turn {
    Next next = Next::close;
    Output output;
};

// One client. Only its own coroutines touch it, but for the Member side. Shared by them: a read may
// outlast the conversation by a moment.
class Connection final : public Member, public std::enable_shared_from_this<Connection> {
  public:
    Connection(Hub& hub, net::Stream opened)
        : stream(std::move(opened)),
          session(hub.backend, channel_of(hub, stream)),
          signal(stream.executor()),
          login_deadline(net::in(hub.options.login_timeout)),
          idle_timeout(hub.options.idle_timeout) {}

    void changed(const store::Change& change) override {
        const std::uint64_t watched = watched_;
        const auto is_watched = [watched](MailboxId mailbox) { return number(mailbox) == watched; };
        if (std::ranges::none_of(change.mailboxes, is_watched)) return;
        news_ = true;
        signal.notify();
    }
    void wake() override { signal.notify(); }
    void cut_off() override {
        boost::asio::post(stream.executor(), [self = shared_from_this()] { self->stream.close(); });
    }

    // Whether an idling session must look again: its mailbox changed, or was not watched until now.
    bool has_news() {
        const auto mailbox = session.idling() ? session.selected() : std::nullopt;
        const std::uint64_t now = mailbox ? number(*mailbox) : no_mailbox;
        const bool watched_before = watched_.exchange(now) == now;
        return (news_.exchange(false) || !watched_before) && mailbox;
    }
    Deadline deadline() const {
        return session.logged_in() ? heard + idle_timeout : login_deadline;
    }
    Turn take_step() {  // on the pool
        Turn turn;
        try {
            turn.next = session.step(turn.output);
        } catch (const std::exception& problem) {
            log::error("session.exception", {{"what", problem.what()}});
            turn = {};
        }
        return turn;
    }

    net::Stream stream;
    Session session;
    net::Signal signal;  // notified from any thread
    const Deadline login_deadline;
    const std::chrono::minutes idle_timeout;
    Deadline heard = std::chrono::steady_clock::now();  // the client last
    bool reading = false;
    std::optional<Result<std::string>> incoming;  // what read() brought

  private:
    static constexpr std::uint64_t no_mailbox = ~std::uint64_t{0};
    std::atomic<std::uint64_t> watched_{no_mailbox};
    std::atomic<bool> news_{false};
};

using ConnectionPtr = std::shared_ptr<Connection>;

awaitable<void> read(ConnectionPtr connection) {
    const Deadline deadline = connection->deadline() + grace;
    auto octets = co_await connection->stream.read_some(deadline);
    connection->reading = false;
    connection->incoming = std::move(octets);
    connection->signal.notify();
}

awaitable<bool> write(ConnectionPtr connection, Output output) {
    while (!output.empty()) {
        auto pieces = output.front(slice);
        std::size_t size = 0;
        for (const auto piece : pieces) size += piece.size();
        const Deadline deadline = net::in(write_timeout);
        const Status written = co_await connection->stream.write(std::move(pieces), deadline);
        if (!written) co_return false;
        output.drop(size);
    }
    co_return true;
}

// Until the session has something to do: input, news for an idling client, or a reason to say BYE.
// False: the client is gone.
awaitable<bool> wait_for_work(Hub& hub, ConnectionPtr connection) {
    Session& session = connection->session;
    while (true) {
        if (auto octets = std::exchange(connection->incoming, std::nullopt)) {
            if (!*octets || (*octets)->empty()) co_return false;
            connection->heard = std::chrono::steady_clock::now();
            session.feed(**octets);
            co_return true;
        }
        if (hub.stopping()) {
            session.bye("The server is going down");
            co_return true;
        }
        if (connection->has_news()) co_return true;
        // At most one read at a time, and none while the session works: a client that sends faster
        // than it is served waits, and nothing is read in plain that belongs to a TLS handshake.
        if (!connection->reading) {
            connection->reading = true;
            hub.services.runtime.spawn("imap.read", connection->stream.executor(),
                                       read(connection));
        }
        const Deadline deadline = connection->deadline();
        if (co_await connection->signal.wait_until(deadline)) {
            session.bye(session.logged_in() ? "Nothing heard for too long" : "Nobody logged in");
            co_return true;
        }
    }
}

awaitable<bool> shake_hands(Hub& hub, ConnectionPtr connection) {
    auto identity = hub.identity();
    if (!identity) co_return false;
    const Deadline deadline = connection->login_deadline;
    const Status done = co_await connection->stream.start_tls_server(std::move(identity), deadline);
    if (!done) log::info("imap.tls", {{"problem", done.error().text}});
    if (done) connection->session.tls_started();
    co_return done.has_value();
}

awaitable<void> check_password(Hub& hub, ConnectionPtr connection) {
    const auto users = hub.users();
    const Credentials given = connection->session.credentials();
    auto work = [users, given] { return check_login(*users, given.user, given.password); };
    const User* user = co_await net::offload(hub.login_pool, std::move(work));
    if (hub.services.observer.login) hub.services.observer.login(user != nullptr);
    if (!user) {
        log::warning("imap.login_failed", {{"remote", connection->stream.remote()}});
        const Deadline later =
            net::in(hub.options.login_delay * (connection->session.failed_logins() + 1));
        co_await net::sleep_until(later);
    }
    connection->session.login_result(user);
}

awaitable<void> converse(Hub& hub, ConnectionPtr connection) {
    while (true) {
        auto step = [connection] { return connection->take_step(); };
        Turn turn = co_await net::offload(hub.services.pool, std::move(step));
        const bool sent = co_await write(connection, std::move(turn.output));
        if (!sent) co_return;
        if (!connection->session.idling()) connection->heard = std::chrono::steady_clock::now();
        bool go_on = true;
        switch (turn.next) {
            case Next::again:
                break;
            case Next::close:
                co_return;
            case Next::check_password:
                co_await check_password(hub, connection);
                break;
            case Next::input:
                go_on = co_await wait_for_work(hub, connection);
                break;
            case Next::start_tls:
                go_on = co_await shake_hands(hub, connection);
                break;
        }
        if (!go_on) co_return;
    }
}

// A place among the connections, if there was one.
class Place {
  public:
    Place(Hub& hub, Connection& connection)
        : hub_(hub), connection_(connection), taken_(hub.enter(connection)) {}
    ~Place() {
        if (taken_) hub_.leave(connection_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool taken() const { return taken_; }

  private:
    Hub& hub_;
    Connection& connection_;
    bool taken_;
};

awaitable<void> turn_away(ConnectionPtr connection, TlsStart tls) {
    if (tls == TlsStart::at_once) co_return;
    Output farewell;
    farewell.add("* BYE [UNAVAILABLE] Too many connections; try again later\r\n");
    co_await write(connection, std::move(farewell));
}

}  // namespace

awaitable<void> serve(Hub& hub, std::unique_ptr<Hub::Guest> guest, net::Stream stream,
                      TlsStart tls) {
    const auto connection = std::make_shared<Connection>(hub, std::move(stream));
    {
        const Place place(hub, *connection);
        bool ready = place.taken();
        if (!ready) co_await turn_away(connection, tls);
        if (ready && tls == TlsStart::at_once) ready = co_await shake_hands(hub, connection);
        if (ready) co_await converse(hub, connection);
    }
    connection->stream.close();
    guest.reset();
}

}  // namespace mailhold::imap::server

#include "imap/server/connection.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "imap/server/login/login.hpp"
#include "imap/server/search/search_turns.hpp"
#include "imap/server/session.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {

using net::awaitable;
using net::Deadline;

namespace {

// A client that takes not one slice in Options::write_timeout is cut off; a slow one is only slow
// for itself.
constexpr std::size_t slice = 256 << 10;
constexpr std::chrono::minutes grace{5};           // for BYE, before the read itself gives up
constexpr std::size_t read_ahead = 64 << 10;       // octets that may come while a search runs
constexpr std::chrono::milliseconds unasked{100};  // of a search: whether who ended still listens

Channel channel_of(Hub& hub, const net::Stream& stream) {
    return {.tls = false,
            .starttls_offered = hub.identity() != nullptr,
            .plaintext_login = hub.options.allow_plaintext_login && stream.remote_is_loopback(),
            .compression_offered = hub.options.compress,
            .address = stream.remote(),
            .session = hub.next_session()};
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
          network(stream.remote_is_loopback() ? std::string() : stream.remote_network()),
          login(hub, *this, signal, stream),
          turns(hub, signal, stream),
          idle_timeout(hub.options.idle_timeout),
          write_timeout(hub.options.write_timeout) {}

    void changed(const store::Change& change) override {
        {
            const std::lock_guard lock(watch_mutex_);
            if (!watch_.concerns(change)) return;
        }
        news_ = true;
        signal.notify();
    }
    void wake() override { signal.notify(); }
    void cut_off() override {
        stop.request_stop();
        boost::asio::post(stream.executor(), [self = shared_from_this()] { self->stream.close(); });
    }

    // Whether the session must look again: what it watches changed, or was not watched until now.
    bool has_news() {
        auto now = session.watch();
        const bool watches = now.selected || now.others;
        const std::lock_guard lock(watch_mutex_);
        const bool watched_before = watch_ == now;
        watch_ = std::move(now);
        return (news_.exchange(false) || !watched_before) && watches;
    }
    Deadline deadline() const {
        return session.logged_in() ? heard + idle_timeout : login.deadline();
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
    net::Signal signal;         // notified from any thread
    const std::string network;  // of a stranger; empty for this machine
    Login login;
    SearchTurns turns;
    const std::chrono::seconds idle_timeout, write_timeout;
    Deadline heard = std::chrono::steady_clock::now();  // the client last
    bool reading = false;
    bool writing = false, gone = false;  // write_behind(); whether its client would not take it
    std::string incoming;                // what read() brought, and the session was not yet fed
    bool ended = false;                  // nothing more will come
    std::stop_source stop;               // of searches, once the client is gone

  private:
    std::mutex watch_mutex_;
    Session::Watch watch_;
    std::atomic<bool> news_{false};
};

using ConnectionPtr = std::shared_ptr<Connection>;

awaitable<void> read(ConnectionPtr connection) {
    const Deadline deadline = connection->deadline() + grace;
    auto octets = co_await connection->stream.read_some(deadline);
    connection->reading = false;
    connection->ended = !octets || octets->empty();
    if (octets) connection->incoming += *octets;
    connection->signal.notify();
    if (!connection->ended) co_return;
    if (octets) co_await connection->stream.gone();
    connection->stop.request_stop();
}

// At most one read at a time, and none while the session works: a client that sends faster than it
// is served waits, and nothing is read in plain that belongs to a TLS handshake.
void read_on(Hub& hub, const ConnectionPtr& connection) {
    if (connection->reading || connection->ended) return;
    connection->reading = true;
    hub.services.runtime.spawn("imap.read", connection->stream.executor(), read(connection));
}

// False: the client is gone.
awaitable<bool> write(ConnectionPtr connection, Output output) {
    while (!output.empty()) {
        auto pieces = output.front(slice);
        std::size_t size = 0;
        for (const auto piece : pieces) size += piece.size();
        const Deadline deadline = net::in(connection->write_timeout);
        const Status written = co_await connection->stream.write(std::move(pieces), deadline);
        if (!written) co_return false;
        output.drop(size);
    }
    co_return true;
}

// Goes on by itself, so that the session makes the next part of a long answer meanwhile.
awaitable<void> write_behind(ConnectionPtr connection, Output output) {
    bool sent = false;
    try {
        sent = co_await write(connection, std::move(output));
    } catch (const std::exception& problem) {
        log::error("session.exception", {{"what", problem.what()}});
    }
    connection->writing = false;
    connection->gone = !sent;
    connection->signal.notify();
}

// Until all that was left to write_behind() is out. False: the client is gone.
awaitable<bool> written(ConnectionPtr connection) {
    const Deadline never = Deadline::max();
    while (connection->writing) co_await connection->signal.wait_until(never);
    co_return !connection->gone;
}

// Reasons of the server's own; the session then says BYE with its next step.
bool must_end(const Hub& hub, Connection& connection) {
    Session& session = connection.session;
    if (session.must_say_bye()) return true;
    if (hub.stopping()) {
        session.bye("The server is going down");
        return true;
    }
    if (!session.logged_in() || !connection.login.is_withdrawn(session.user())) return false;
    session.bye("Your login was changed or withdrawn");
    return true;
}

// Until the session has something to do: input, news for the client, or a reason to say BYE.
// False: the client is gone.
awaitable<bool> wait_for_work(Hub& hub, ConnectionPtr connection) {
    Session& session = connection->session;
    while (true) {
        const bool news = connection->has_news();
        if (news) session.look();
        if (!connection->incoming.empty()) {
            connection->heard = std::chrono::steady_clock::now();
            session.feed(std::exchange(connection->incoming, {}));
            co_return true;
        }
        if (connection->ended) co_return false;
        if (must_end(hub, *connection)) co_return true;
        if (news) co_return true;
        read_on(hub, connection);
        const Deadline deadline = connection->deadline();
        if (co_await connection->signal.wait_until(deadline)) {
            session.bye(session.logged_in() ? "Nothing heard for too long" : "Nobody logged in");
            co_return true;
        }
    }
}

awaitable<bool> shake_hands(Hub& hub, ConnectionPtr connection) {
    const auto identity = hub.identity();
    if (!identity) co_return false;
    const Deadline deadline = connection->login.deadline();
    const Status done = co_await connection->stream.start_tls_server(identity, deadline);
    if (!done) log::info("imap.tls", {{"problem", done.error().text}});
    if (done) {
        auto binding = connection->stream.channel_binding();
        std::optional<ScramExchange::Binding> bound;
        if (binding && binding->type == "tls-exporter")
            bound = {std::move(binding->type), std::move(binding->octets)};
        connection->login.verified_under(identity->clients());
        connection->session.tls_started({.binding = std::move(bound),
                                         .compresses = connection->stream.tls_compresses(),
                                         .certificate = connection->stream.client_certificate()});
    }
    co_return done.has_value();
}

// False: the client is gone. A read that began while a search ran is let end: what it brings is
// compressed already, for the client sends nothing before the answer (RFC 4978 3).
awaitable<bool> compress(ConnectionPtr connection) {
    const Deadline deadline = connection->deadline();
    while (connection->reading) {
        if (co_await connection->signal.wait_until(deadline)) co_return false;
    }
    std::string came = connection->session.compression_started();
    came += std::exchange(connection->incoming, {});
    connection->stream.start_compression(net::Sends::mail, came);
    co_return true;
}

awaitable<void> check_login(ConnectionPtr connection) {
    Credentials given = connection->session.credentials();
    const Login::Checked checked = co_await connection->login.check(std::move(given));
    connection->session.login_result(checked.result, checked.user.get());
}

// Listens meanwhile, so that a search ends with its connection. An end that is heard may be of the
// client's sending alone: a word of progress then makes the machine of one that is gone say so, which
// ends the search; one that still listens is answered. False: the client is gone.
awaitable<bool> search(Hub& hub, ConnectionPtr connection) {
    Session& session = connection->session;
    SearchTurns& turns = connection->turns;
    turns.begin(session.search(), session.user().name, connection->stop.get_token(), connection);
    Deadline next_word = net::in(hub.options.progress_every);
    bool sent = true, asked = false;
    while (!turns.is_done()) {
        if (connection->ended && !std::exchange(asked, true)) next_word = net::in(unasked);
        if (connection->incoming.size() < read_ahead) read_on(hub, connection);
        if (!co_await connection->signal.wait_until(next_word)) continue;
        next_word = net::in(hub.options.progress_every);
        Output word = turns.progress_text(session.tag());
        sent = sent && co_await write(connection, std::move(word));
        if (!sent) connection->stop.request_stop();
    }
    session.search_result(turns.take());
    co_return sent;
}

awaitable<void> converse(Hub& hub, ConnectionPtr connection) {
    while (true) {
        auto step = [connection] { return connection->take_step(); };
        Turn turn = co_await net::offload(hub.services.pool, std::move(step));
        bool sent = co_await written(connection);
        if (sent && turn.next == Next::again) {
            connection->writing = true;
            hub.services.runtime.spawn("imap.write", connection->stream.executor(),
                                       write_behind(connection, std::move(turn.output)));
        } else if (sent) {
            sent = co_await write(connection, std::move(turn.output));
        }
        if (!sent) co_return;
        // By UNAUTHENTICATE (RFC 8437), or as the login could not be put on record.
        if (!connection->session.logged_in()) connection->login.ended(connection->network);
        if (!connection->session.idling()) connection->heard = std::chrono::steady_clock::now();
        must_end(hub, *connection);
        bool go_on = true;
        switch (turn.next) {
            case Next::again:
                break;
            case Next::close:
                co_return;
            case Next::check_password:
                co_await check_login(connection);
                break;
            case Next::search:
                go_on = co_await search(hub, connection);
                break;
            case Next::input:
                go_on = co_await wait_for_work(hub, connection);
                break;
            case Next::compress:
                go_on = co_await compress(connection);
                break;
            case Next::start_tls:
                go_on = co_await shake_hands(hub, connection);
                break;
        }
        if (!go_on) co_return;
    }
}

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
        const Hub::Place place(hub, *connection, connection->network);
        bool ready = place.taken();
        if (!ready) co_await turn_away(connection, tls);
        if (ready && tls == TlsStart::at_once) ready = co_await shake_hands(hub, connection);
        if (ready) co_await converse(hub, connection);
        auto farewell = [connection] {
            connection->session.ended();
            return true;
        };
        co_await net::offload(hub.services.pool, std::move(farewell));
    }
    connection->stream.close();
    guest.reset();
}

}  // namespace mailhold::imap::server

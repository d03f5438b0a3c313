#include "imap/server/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "imap/server/login/verdict.hpp"
#include "imap/server/session.hpp"
#include "imap/wire/encode.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {

namespace pipeline = indexer::pipeline;
using net::awaitable;
using net::Deadline;

namespace {

// A client that takes not one slice in Options::write_timeout is cut off; a slow one is only slow
// for itself.
constexpr std::size_t slice = 256 << 10;
constexpr std::chrono::minutes grace{5};      // for BYE, before the read itself gives up
constexpr std::size_t read_ahead = 64 << 10;  // octets that may come while a search runs

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
          login_deadline(net::in(hub.options.login_timeout)),
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
    // Who logged in by certificate did so under authorities that may have been withdrawn since.
    bool is_certified_by_others(const Hub& hub) const {
        return certified_by && *certified_by != hub.certifiers();
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
    net::Signal signal;         // notified from any thread
    const std::string network;  // of a stranger; empty for this machine
    Deadline login_deadline;
    bool known = false;  // to the hub as logged in
    const std::chrono::seconds idle_timeout, write_timeout;
    Deadline heard = std::chrono::steady_clock::now();  // the client last
    std::uint64_t users_version = 0;                    // that the login was checked against
    std::string shown_to;                               // the authorities that TLS went by
    std::optional<std::string> certified_by;            // those of a login by certificate
    bool reading = false;
    std::string incoming;   // what read() brought, and the session was not yet fed
    bool ended = false;     // nothing more will come
    std::stop_source stop;  // of the search in work
    std::optional<Result<Places>> found;
    std::chrono::steady_clock::duration last_search{}, search_before{};  // what they took

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
}

// At most one read at a time, and none while the session works: a client that sends faster than it
// is served waits, and nothing is read in plain that belongs to a TLS handshake.
void read_on(Hub& hub, const ConnectionPtr& connection) {
    if (connection->reading || connection->ended) return;
    connection->reading = true;
    hub.services.runtime.spawn("imap.read", connection->stream.executor(), read(connection));
}

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

// Reasons of the server's own; the session then says BYE with its next step.
bool must_end(const Hub& hub, Connection& connection) {
    Session& session = connection.session;
    if (session.must_say_bye()) return true;
    if (hub.stopping()) {
        session.bye("The server is going down");
        return true;
    }
    if (!session.logged_in()) return false;
    const auto version = hub.users_version();
    if (std::exchange(connection.users_version, version) == version) return false;
    if (hub.knows(session.user()) && !connection.is_certified_by_others(hub)) return false;
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
    const Deadline deadline = connection->login_deadline;
    const Status done = co_await connection->stream.start_tls_server(identity, deadline);
    if (!done) log::info("imap.tls", {{"problem", done.error().text}});
    if (done) {
        auto binding = connection->stream.channel_binding();
        std::optional<ScramExchange::Binding> bound;
        if (binding && binding->type == "tls-exporter")
            bound = {std::move(binding->type), std::move(binding->octets)};
        connection->shown_to = identity->clients();
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

awaitable<void> check_password(Hub& hub, ConnectionPtr connection) {
    const std::string network = connection->stream.remote_network();
    const Credentials given = connection->session.credentials();
    const bool by_token = given.how == Credentials::How::token;
    // Who gives no name is known by his network alone.
    const std::string name = given.user.empty() ? "of " + network : given.user;
    LoginQueue& queue = by_token ? hub.token_queue : hub.login_queue;
    if (const int times = hub.login_wait(network, name); times > 0) {
        const Deadline looked_at = net::in(hub.options.login_delay * times);
        while (!hub.stopping() && !co_await connection->signal.wait_until(looked_at)) continue;
    }
    if (!queue.has_room(network)) {
        log::warning("imap.logins_refused", {{"remote", connection->stream.remote()}});
        connection->session.login_result(LoginResult::too_busy);
        co_return;
    }
    connection->users_version = hub.users_version();  // before the users: a change is seen later
    connection->certified_by.reset();
    if (given.how == Credentials::How::certificate) connection->certified_by = connection->shown_to;
    const auto users = hub.users();
    auto work = [tokens = hub.options.tokens, users, given] {
        return verdict(*users, tokens.get(), given);
    };
    auto checking = std::make_optional<Hub::Checking>(hub, *connection);
    LoginQueue::Place place(queue, network);
    const auto [result, user] = co_await net::offload(place, std::move(work));
    checking.reset();
    if (hub.services.observer.login && result != LoginResult::unavailable)
        hub.services.observer.login(user != nullptr);
    if (user) {
        hub.note_success(network, name);
        hub.logged_in(*connection);
        connection->known = true;
    } else {
        if (result == LoginResult::refused)
            log::warning("imap.login_failed",
                         {{"user", loggable(given.user)}, {"remote", connection->stream.remote()}});
        const Deadline later = net::in(hub.options.login_delay * hub.note_failure(network, name));
        // Not held up by the end of the server.
        while (!hub.stopping() && !co_await connection->signal.wait_until(later)) continue;
    }
    connection->session.login_result(result, user);
}

// The search in turns on its pool; what it found comes back to the connection's executor.
bool start_search(Hub& hub, const ConnectionPtr& connection,
                  std::shared_ptr<pipeline::SearchRun> run) {
    auto executor = connection->stream.executor();
    auto work = [connection, executor, run = std::move(run)](const pipeline::Slice& slice) mutable {
        Result<Places> found;
        try {
            const auto step = run->step(slice);
            if (step != pipeline::Step::done) return step;
            found = run->take();
        } catch (const std::exception& problem) {
            log::error("search.exception", {{"what", problem.what()}});
            found = fail(Errc::io, "search failed");
        } catch (...) {  // whatever it is, the session waits for an answer
            log::error("search.exception", {{"what", "not a std::exception"}});
            found = fail(Errc::io, "search failed");
        }
        auto deliver = [connection = std::move(connection), found = std::move(found)]() mutable {
            connection->found = std::move(found);
            connection->signal.notify();
        };
        boost::asio::post(executor, std::move(deliver));
        return pipeline::Step::done;
    };
    // One long search among short ones is no habit.
    const auto expected = std::min(connection->last_search, connection->search_before);
    return hub.services.search_pool.start(connection->session.user().name, std::move(work),
                                          expected);
}

// RFC 9585 3: how far it is, in messages; between two commands there is no tag.
Output progress_text(std::string_view tag, store::Progress progress) {
    Output out;
    out.add(fmt::format("* OK [INPROGRESS ({} {} {})] Searching\r\n",
                        tag.empty() ? "NIL" : wire::string_text(tag), progress.done,
                        progress.total));
    return out;
}

// Listens meanwhile, so that a search ends with its connection. False: the client is gone.
awaitable<bool> search(Hub& hub, ConnectionPtr connection) {
    const auto begin = std::chrono::steady_clock::now();
    const Search& wanted = connection->session.search();
    const std::shared_ptr<pipeline::SearchRun> run = hub.services.searcher.begin(
        wanted.query, wanted.mailbox, connection->stop.get_token(), hub.options.search_budget);
    connection->found.reset();
    if (!start_search(hub, connection, run))
        connection->found = fail(Errc::limit, "too many searches of this user wait");
    Deadline next_word = begin + hub.options.progress_every;
    while (!connection->found) {
        if (connection->ended) connection->stop.request_stop();
        if (connection->incoming.size() < read_ahead) read_on(hub, connection);
        if (!co_await connection->signal.wait_until(next_word)) continue;
        next_word = net::in(hub.options.progress_every);
        Output word = progress_text(connection->session.tag(), run->progress());
        const bool sent = co_await write(connection, std::move(word));
        if (!sent) connection->stop.request_stop();
    }
    connection->search_before = std::exchange(connection->last_search, run->used());
    const auto took = std::chrono::steady_clock::now() - begin;
    if (hub.services.observer.search_time) hub.services.observer.search_time(took);
    connection->session.search_result(*std::exchange(connection->found, std::nullopt));
    co_return !connection->stop.stop_requested();
}

// After UNAUTHENTICATE (RFC 8437), or where a login could not be put on record.
void look_whether_logged_out(Hub& hub, Connection& connection) {
    if (!connection.known || connection.session.logged_in()) return;
    connection.known = false;
    connection.login_deadline = net::in(hub.options.login_timeout);
    hub.logged_out(connection, connection.network);
}

awaitable<void> converse(Hub& hub, ConnectionPtr connection) {
    while (true) {
        auto step = [connection] { return connection->take_step(); };
        Turn turn = co_await net::offload(hub.services.pool, std::move(step));
        const bool sent = co_await write(connection, std::move(turn.output));
        if (!sent) co_return;
        look_whether_logged_out(hub, *connection);
        if (!connection->session.idling()) connection->heard = std::chrono::steady_clock::now();
        must_end(hub, *connection);
        bool go_on = true;
        switch (turn.next) {
            case Next::again:
                break;
            case Next::close:
                co_return;
            case Next::check_password:
                co_await check_password(hub, connection);
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

// Connections: read, let the session say what to do, do it. All of a server runs on one executor: mail
// servers are few, and what takes time (hashing, compressing, the disk) is on the pool.
#include "intake/journal/server.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <filesystem>
#include <future>
#include <utility>

#include "store/base/log.hpp"

namespace mailhold::intake::journal {

namespace net = imap::net;
using net::awaitable;

struct Server::Parts {
    Parts(net::Runtime& io, WorkerPool& workers, Filing& target, Options wanted,
          std::shared_ptr<const net::ServerIdentity> shown)
        : runtime(io),
          pool(workers),
          filing(target),
          options(std::move(wanted)),
          executor(io.next_executor()),
          identity(std::move(shown)),
          ended(executor) {}
    net::Runtime& runtime;
    WorkerPool& pool;
    Filing& filing;
    const Options options;
    boost::asio::any_io_executor executor;
    std::unique_ptr<net::Listener> listener;
    // All that follows is touched on the executor only.
    std::shared_ptr<const net::ServerIdentity> identity;
    enum class Doing { talking, reading, storing };
    struct Open {
        net::Stream* stream;
        Doing doing = Doing::talking;
    };
    std::vector<Open*> open;
    net::Signal ended;  // a connection did
    bool accepting = true;
    bool stopping = false;
    bool told = false;  // stop(), that nothing runs any more
    std::promise<void> stopped;
};

namespace {

using Parts = std::shared_ptr<Server::Parts>;

constexpr std::size_t longest_output = 64 << 10;  // then it is written before more is done
constexpr std::size_t earns_time = 16 << 10;      // who sends this much may go on
constexpr std::chrono::seconds goodbye(5);        // for the other side to take its leave

void note_end(Server::Parts& parts) {
    parts.ended.notify();
    if (!parts.stopping || parts.accepting || !parts.open.empty()) return;
    if (!std::exchange(parts.told, true)) parts.stopped.set_value();
}

// What one message may have: its octets stand in the spool and in the ledger for a moment.
std::uint64_t room(const Server::Parts& parts) {
    std::error_code problem;
    const auto space = std::filesystem::space(parts.filing.archive().spool_folder(), problem);
    if (problem) return ~std::uint64_t{0};  // storing will tell
    const auto reserve = parts.options.reserve;
    return space.available > reserve ? (space.available - reserve) / 2 : 0;
}

// "192.0.2.1" of "192.0.2.1:4711", "2001:db8::1" of "[2001:db8::1]:4711".
std::string host_of(const std::string& remote) {
    auto host = remote.substr(0, remote.rfind(':'));
    if (host.starts_with('[')) host = host.substr(1, host.find(']') - 1);
    return host;
}

Reports reports_of(const Options& options, const std::string& sender) {
    const bool may = std::ranges::any_of(options.report_senders, [&](const std::string& known) {
        return lower_ascii(known) == lower_ascii(sender);
    });
    return may ? Reports::unwrapped : Reports::kept;
}

// The octets and how storing them ended.
Outcome store(const Server::Parts& parts, const Envelope& envelope, const Peer& peer,
              Result<Blob> octets, Reports reports) {
    const auto size = octets ? octets->size() : 0;
    auto stored = octets ? parts.filing.file(envelope, peer, std::move(*octets), utc_now(), reports)
                         : std::unexpected(octets.error());
    if (stored) {
        parts.options.observer.accepted(size);
        if (*stored == Reports::unwrapped) parts.options.observer.unwrapped();
        log::info("journal.stored", {{"peer", peer.address}, {"octets", size}});
        return Outcome::stored;
    }
    log::error("journal.not_stored", {{"peer", peer.address},
                                      {"error", name_of(stored.error().code)},
                                      {"what", stored.error().text}});
    return stored.error().code == Errc::no_space ? Outcome::no_room : Outcome::not_now;
}

class Conversation {
  public:
    Conversation(Parts parts, net::Stream stream)
        : parts_(std::move(parts)),
          stream_(std::move(stream)),
          entry_{&stream_},
          peer_{stream_.remote(), {}},
          session_(parts_->options.policy, parts_->identity ? Tls::offered : Tls::unavailable),
          builder_(parts_->filing.archive().spool_folder()) {
        parts_->open.push_back(&entry_);
        parts_->options.observer.connections(+1);
    }
    ~Conversation() {
        parts_->options.observer.connections(-1);
        std::erase(parts_->open, &entry_);
        note_end(*parts_);
    }
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    awaitable<void> run() {
        if (!imap::net::is_within(host_of(peer_.address), parts_->options.networks)) {
            log::warning("journal.stranger", {{"peer", peer_.address}});
            parts_->options.observer.refused(Refusal::network);
            output_ = stranger;
            co_await flush();
            co_return;
        }
        if (parts_->open.size() > parts_->options.connections) {
            log::warning("journal.turned_away", {{"peer", peer_.address}});
            parts_->options.observer.refused(Refusal::connections);
            output_ = too_many;
            co_await flush();
            co_return;
        }
        auto deadline = net::in(parts_->options.timeout);
        std::size_t received = 0;  // since then
        while (true) {
            session_.set_room(room(*parts_));
            bool going = co_await act();
            if (!output_.empty() || received >= earns_time) {
                deadline = net::in(parts_->options.timeout);
                received = 0;
            }
            if (going) going = co_await flush();
            if (!going) co_return;
            if (!parts_->stopping) {
                auto octets = co_await read(deadline);
                if (octets && octets->empty()) co_return;
                if (octets) {
                    received += octets->size();
                    session_.feed(*octets);
                    continue;
                }
                if (!parts_->stopping && octets.error().code != Errc::timeout) co_return;
            }
            if (parts_->stopping) {
                session_.end("4.3.2", "This server is going down; try again later");
            } else {
                log::info("journal.timeout", {{"peer", peer_.address}});
                session_.end("4.4.2", "Nothing heard for too long");
            }
            co_await act();
            co_return;
        }
    }

  private:
    // All that the session wants done; false: the connection ends.
    awaitable<bool> act() {
        while (auto event = session_.next()) {
            if (auto* reply = std::get_if<Reply>(&*event)) {
                output_ += reply->text;
                if (output_.size() > longest_output && !co_await flush()) co_return false;
            } else if (auto* piece = std::get_if<Piece>(&*event)) {
                // Where that fails, finish() tells.
                static_cast<void>(builder_.append(piece->octets));
            } else if (std::holds_alternative<Discard>(*event)) {
                static_cast<void>(builder_.finish());
            } else if (auto* whole = std::get_if<Store>(&*event)) {
                co_await store_message(std::move(whole->envelope));
            } else if (const auto* refused = std::get_if<Refused>(&*event)) {
                parts_->options.observer.refused(refused->why);
            } else if (std::holds_alternative<StartTls>(*event)) {
                if (!co_await shake_hands()) co_return false;
            } else {
                co_await flush();
                const auto deadline = net::in(goodbye);
                co_await stream_.end(deadline);
                co_return false;
            }
        }
        co_return true;
    }

    awaitable<Result<std::string>> read(net::Deadline deadline) {
        entry_.doing = Server::Parts::Doing::reading;
        auto octets = co_await stream_.read_some(deadline);
        entry_.doing = Server::Parts::Doing::talking;
        co_return octets;
    }

    awaitable<bool> flush() {
        if (output_.empty()) co_return true;
        const auto text = std::exchange(output_, {});
        std::vector<std::string_view> pieces = {text};
        const auto deadline = net::in(parts_->stopping ? goodbye : parts_->options.timeout);
        const auto written = co_await stream_.write(std::move(pieces), deadline);
        co_return written.has_value();
    }

    awaitable<void> store_message(Envelope envelope) {
        const auto reports = reports_of(parts_->options, envelope.sender);
        auto work = [&parts = *parts_, reports, envelope = std::move(envelope), peer = peer_,
                     octets = builder_.finish()]() mutable {
            return store(parts, envelope, peer, std::move(octets), reports);
        };
        entry_.doing = Server::Parts::Doing::storing;
        const auto outcome = co_await net::offload(parts_->pool, std::move(work));
        entry_.doing = Server::Parts::Doing::talking;
        session_.set_room(room(*parts_));
        session_.stored(outcome);
    }

    awaitable<bool> shake_hands() {
        const bool sent = co_await flush();
        auto identity = parts_->identity;
        if (!sent || !identity) co_return false;
        const auto deadline = net::in(parts_->options.timeout);
        const auto done = co_await stream_.start_tls_server(std::move(identity), deadline);
        if (!done) {
            log::info("journal.tls", {{"peer", peer_.address}, {"problem", done.error().text}});
            co_return false;
        }
        if (const auto shown = stream_.tls_shown()) peer_.tls = shown->version;
        session_.tls_started();
        co_return true;
    }

    Parts parts_;
    net::Stream stream_;
    Server::Parts::Open entry_;
    Peer peer_;
    Session session_;
    BlobBuilder builder_;
    std::string output_;
};

awaitable<void> serve(Parts parts, net::Stream stream) {
    Conversation conversation(std::move(parts), std::move(stream));
    co_await conversation.run();
}

awaitable<void> accept_connections(Parts parts) {
    while (true) {
        auto stream = co_await parts->listener->accept(parts->executor);
        if (!stream && stream.error().code == Errc::cancelled) break;
        // Those that are only told to come again are bounded too.
        if (stream && parts->open.size() < 2 * parts->options.connections) {
            parts->runtime.spawn("journal.connection", parts->executor,
                                 serve(parts, std::move(*stream)));
            continue;
        }
        if (stream) {
            parts->options.observer.refused(Refusal::connections);
            continue;
        }
        log::warning("journal.accept", {{"problem", stream.error().text}});
        const auto later = net::in(std::chrono::seconds(1));
        co_await parts->ended.wait_until(later);
    }
    parts->accepting = false;
    note_end(*parts);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(net::Runtime& runtime, WorkerPool& pool,
                                              Filing& filing, Options options,
                                              std::shared_ptr<const net::ServerIdentity> identity) {
    auto parts =
        std::make_shared<Parts>(runtime, pool, filing, std::move(options), std::move(identity));
    auto listener = net::Listener::bind(parts->executor, parts->options.host, parts->options.port);
    if (!listener) return std::unexpected(listener.error());
    parts->listener = std::move(*listener);
    runtime.spawn("journal.accept", parts->executor, accept_connections(parts));
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() {
    stop();
}

std::uint16_t Server::port() const {
    return parts_->listener->port();
}

void Server::reload(std::shared_ptr<const net::ServerIdentity> identity) {
    boost::asio::post(parts_->executor, [parts = parts_, identity = std::move(identity)]() mutable {
        parts->identity = std::move(identity);
    });
}

void Server::stop() {
    if (!parts_) return;
    auto stopped = parts_->stopped.get_future();
    boost::asio::post(parts_->executor, [parts = parts_] {
        parts->stopping = true;
        parts->listener->close();
        for (auto* open : parts->open) {
            if (open->doing == Parts::Doing::reading) open->stream->interrupt();
            if (open->doing == Parts::Doing::talking) open->stream->close();
        }
        parts->ended.notify();
    });
    stopped.wait();
    parts_.reset();
}

}  // namespace mailhold::intake::journal

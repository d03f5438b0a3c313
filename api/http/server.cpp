// Connections: read, answer (elsewhere where that takes time), write. Everything worth a decision is in message.cpp and
// routes.cpp.
#include "api/http/server.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <future>
#include <memory>
#include <stop_token>
#include <vector>

#include "imap/net/runtime.hpp"
#include "store/base/log.hpp"

namespace mailhold::http {

namespace net = imap::net;
using net::awaitable;

struct Connection;

// All but what start() sets is touched on the executor only: one I/O thread is plenty for status
// pages.
struct Server::Parts {
    Parts(net::Runtime& io, WorkerPool& workers, Service offered, std::chrono::milliseconds time)
        : runtime(io),
          pool(workers),
          service(std::move(offered)),
          patience(time),
          executor(io.next_executor()),
          ended(executor) {}
    net::Runtime& runtime;
    WorkerPool& pool;
    Service service;
    const std::chrono::milliseconds patience;
    boost::asio::any_io_executor executor;
    std::unique_ptr<net::Listener> listener;
    std::vector<Connection*> open;  // that are being served, the oldest first
    net::Signal ended;              // one of them ended
    bool accepting = true;
    bool stopping = false;
    std::promise<void> stopped;
};

namespace {

using Parts = std::shared_ptr<Server::Parts>;

// Tells stop() once nothing of the server runs any more.
void note_end(Server::Parts& parts) {
    parts.ended.notify();
    if (parts.stopping && !parts.accepting && parts.open.empty()) parts.stopped.set_value();
}

// On the pool where that takes time; comes back to this executor.
awaitable<Response> answered(Parts parts, Request request, std::stop_token stop) {
    const bool slow = is_slow(request);
    auto start = [parts, slow, stop, request = std::move(request)](auto handler) mutable {
        // Shared as Done is copyable; it is called once.
        auto resume = std::make_shared<decltype(handler)>(std::move(handler));
        auto done = [executor = parts->executor, resume](Response response) {
            boost::asio::post(executor, [resume, response = std::move(response)]() mutable {
                (*resume)(std::move(response));
            });
        };
        auto work = [parts, stop, request = std::move(request), done = std::move(done)] {
            answer(request, parts->service, stop, done);
        };
        slow ? parts->pool.post(std::move(work)) : work();
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                   void(Response)>(std::move(start),
                                                                   boost::asio::use_awaitable);
}

}  // namespace

// One client, and what he sent.
struct Connection {
    Connection(std::shared_ptr<Server::Parts> server, net::Stream accepted)
        : parts(std::move(server)), stream(std::move(accepted)), watched(parts->executor) {
        parts->open.push_back(this);
    }
    ~Connection() {
        std::erase(parts->open, this);
        note_end(*parts);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    std::shared_ptr<Server::Parts> parts;
    net::Stream stream;
    RequestReader reader;
    bool is_asking = true;  // no whole request of his is here
    bool watching = false;  // for its end, while a request is answered
    net::Signal watched;    // watch() ended
};

namespace {

using ConnectionPtr = std::shared_ptr<Connection>;

// Who hangs up, or is hung up on at the server's end, wants no answer. What he sends meanwhile is his next request.
awaitable<void> watch(ConnectionPtr connection, std::stop_source stop) {
    if (connection->watching) {
        auto octets = co_await connection->stream.read_some(net::Deadline::max());
        if (octets && !octets->empty())
            connection->reader.feed(*octets);
        else if (connection->watching)
            stop.request_stop();
    }
    connection->watching = false;
    connection->watched.notify();
}

awaitable<Response> answered_while_there(ConnectionPtr connection, Request request) {
    const std::stop_source stop;
    const auto& parts = connection->parts;
    connection->watching = true;
    parts->runtime.spawn("http.watch", parts->executor, watch(connection, stop));
    auto response = co_await answered(parts, std::move(request), stop.get_token());
    if (std::exchange(connection->watching, false)) connection->stream.interrupt();
    co_await connection->watched.wait_until(net::Deadline::max());
    co_return response;
}

awaitable<Status> write_answer(ConnectionPtr connection, Response response, Body body,
                               bool keep_alive) {
    auto octets = to_octets(response, body, keep_alive);
    std::vector<std::string_view> pieces = {octets};
    auto deadline = net::in(connection->parts->patience);
    co_return co_await connection->stream.write(pieces, deadline);
}

// Answers requests one after the other until either side has enough.
awaitable<void> answer_requests(ConnectionPtr connection) {
    auto& stream = connection->stream;
    auto& reader = connection->reader;
    const auto patience = connection->parts->patience;
    auto deadline = net::in(patience);  // of one request as a whole, however it drips in
    while (!connection->parts->stopping) {
        auto request = reader.next();
        if (reader.refusal()) {
            Response refusal = *reader.refusal();
            co_await write_answer(connection, refusal, Body::sent, false);
            co_return;
        }
        if (!request) {
            auto octets = co_await stream.read_some(deadline);
            if (!octets || octets->empty()) co_return;
            reader.feed(*octets);
            continue;
        }
        auto body = request->method == "HEAD" ? Body::left_out : Body::sent;
        bool keep_alive = request->keep_alive;
        connection->is_asking = false;
        Response response = co_await answered_while_there(connection, std::move(*request));
        auto written = co_await write_answer(connection, std::move(response), body, keep_alive);
        if (!written || !keep_alive) co_return;
        connection->is_asking = true;
        deadline = net::in(patience);
    }
}

awaitable<void> serve_connection(Parts parts, net::Stream stream) {
    try {
        co_await answer_requests(std::make_shared<Connection>(std::move(parts), std::move(stream)));
    } catch (const std::exception& exception) {
        log::error("http.exception", {{"what", exception.what()}});
    }
}

// Who has asked for nothing yet for the longest time; it may be nobody. Many who say little, slowly,
// must not keep out who has something to ask.
Connection* most_expendable(const Server::Parts& parts) {
    const auto first = std::ranges::find_if(parts.open, &Connection::is_asking);
    return first == parts.open.end() ? nullptr : *first;
}

awaitable<void> accept_connections(Parts parts) {
    while (true) {
        if (parts->open.size() >= Server::connections && !most_expendable(*parts)) {
            auto deadline = net::in(parts->patience);
            co_await parts->ended.wait_until(deadline);
            continue;
        }
        auto stream = co_await parts->listener->accept(parts->executor);
        if (!stream && stream.error().code == Errc::cancelled) break;
        if (stream) {
            auto* makes_room = most_expendable(*parts);
            if (makes_room && parts->open.size() >= Server::connections) {
                makes_room->is_asking = false;
                makes_room->stream.close();
            }
            parts->runtime.spawn("http.connection", parts->executor,
                                 serve_connection(parts, std::move(*stream)));
            continue;
        }
        // Out of descriptors, for instance: try again when a connection ended, or after a while.
        log::warning("http.accept", {{"problem", stream.error().text}});
        auto deadline = net::in(parts->patience);
        co_await parts->ended.wait_until(deadline);
    }
    parts->accepting = false;
    note_end(*parts);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(net::Runtime& runtime, WorkerPool& pool,
                                              std::string host, std::uint16_t port, Service service,
                                              std::chrono::milliseconds patience) {
    auto parts = std::make_shared<Parts>(runtime, pool, std::move(service), patience);
    auto listener = net::Listener::bind(parts->executor, std::move(host), port);
    if (!listener) return std::unexpected(listener.error());
    parts->listener = std::move(*listener);
    runtime.spawn("http.accept", parts->executor, accept_connections(parts));
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() {
    stop();
}

std::uint16_t Server::port() const {
    return parts_->listener->port();
}

void Server::stop() {
    if (!parts_) return;
    auto stopped = parts_->stopped.get_future();
    boost::asio::post(parts_->executor, [parts = parts_] {
        parts->stopping = true;
        parts->listener->close();
        for (auto* connection : parts->open) connection->stream.close();
        parts->ended.notify();
    });
    stopped.wait();
    parts_.reset();
}

}  // namespace mailhold::http

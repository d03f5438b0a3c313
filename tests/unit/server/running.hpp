// The whole server on real sockets over a small archive, and a blocking client.
#pragma once

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <future>

#include "imap/server/server.hpp"
#include "world.hpp"

namespace mailhold::imap::server::test {

using namespace std::chrono_literals;

inline constexpr auto patience = 20s;

// A blocking client.
class Client {
  public:
    Client(net::Runtime& runtime, std::uint16_t port, const std::string& address = "127.0.0.1")
        : executor_(runtime.next_executor()) {
        auto stream = wait(net::Stream::connect(address, port, net::in(patience)));
        if (!stream) FAIL(stream.error().text);
        stream_.emplace(std::move(*stream));
    }
    ~Client() {
        boost::asio::post(executor_, boost::asio::use_future([this] { stream_->close(); })).get();
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void start_tls(const std::string& ca_file) {
        start_tls({.ca_file = ca_file, .pin_sha256 = {}});
    }
    void start_tls(const net::ClientTrust& trust) {
        const Status done = wait(stream_->start_tls_client(trust, "localhost", net::in(patience)));
        if (!done) FAIL(done.error().text);
    }
    Client& send(const std::string& octets) {
        REQUIRE(wait(stream_->write({octets}, net::in(patience))));
        return *this;
    }
    void start_compression() { stream_->start_compression(net::Sends::commands, buffer_); }
    // Reads until a line starts with this; gives all up to its end. "" when the server hung up.
    std::string until(const std::string& start) {
        while (true) {
            for (std::size_t line = 0; line < buffer_.size();) {
                const auto end = buffer_.find("\r\n", line);
                if (end == std::string::npos) break;
                if (std::string_view(buffer_).substr(line).starts_with(start)) {
                    std::string all = buffer_.substr(0, end + 2);
                    buffer_.erase(0, end + 2);
                    return all;
                }
                line = end + 2;
            }
            const auto octets = wait(stream_->read_some(net::in(patience)));
            if (!octets || octets->empty()) return {};
            buffer_ += *octets;
        }
    }

  private:
    template <class T>
    static net::awaitable<std::optional<T>> boxed(net::awaitable<T> operation) {
        auto value = co_await std::move(operation);
        co_return std::optional<T>(std::move(value));
    }
    template <class T>
    T wait(net::awaitable<T> operation) {
        auto box =
            boost::asio::co_spawn(executor_, boxed(std::move(operation)), boost::asio::use_future);
        return std::move(box.get().value());
    }

    boost::asio::any_io_executor executor_;
    std::optional<net::Stream> stream_;
    std::string buffer_;
};

// One that can end its sending and still listen.
class PlainClient {
  public:
    explicit PlainClient(std::uint16_t port) {
        socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    }
    PlainClient& send(const std::string& octets) {
        boost::asio::write(socket_, boost::asio::buffer(octets));
        return *this;
    }
    void until(const std::string& start) {
        boost::asio::read_until(socket_, boost::asio::dynamic_buffer(said_), "\r\n" + start);
    }
    void end_sending() { socket_.shutdown(Socket::shutdown_send); }
    // All that was said, once the server hung up.
    const std::string& all() {
        boost::system::error_code end;
        boost::asio::read(socket_, boost::asio::dynamic_buffer(said_), end);
        CHECK(end == boost::asio::error::eof);
        return said_;
    }

  private:
    using Socket = boost::asio::ip::tcp::socket;
    boost::asio::io_context context_;
    Socket socket_{context_};
    std::string said_;
};

class Fixture {
  public:
    Fixture() : searcher(*world.archive), keys(world.folder / "test-keys") {
        options.listen = {{"127.0.0.1", 0}};
        options.listen_tls = {{"127.0.0.1", 0}};
        options.allow_plaintext_login = true;
        options.login_delay = 1ms;
        static const std::string hash = hash_password("secret");
        options.users = {{"alice", hash, {"alice"}}, {"bob", hash, {"alice"}}};
        std::filesystem::create_directory(keys);
        identity = net::ServerIdentity::load_or_make(keys).value();
        world.add("INBOX", 1, {mail("Subject: one\n\nfirst\n")});
    }
    Server& start() {
        observer.connections = [this](int difference) { connections += difference; };
        observer.login = [this](bool success) { ++(success ? logins : failures); };
        observer.search_time = [this](std::chrono::nanoseconds time) {
            search_time = time;
            ++searches;
        };
        auto started = Server::start(
            {runtime, pool, *world.archive, searcher, search_pool, observer}, options, identity);
        if (!started) FAIL(started.error().text);
        server = std::move(*started);
        return *server;
    }
    // Every search waits until the promise is kept.
    std::promise<void> hold_up_searches() {
        std::promise<void> go;
        auto wait = [gate = go.get_future().share()](const indexer::pipeline::Slice&) {
            gate.wait();
            return indexer::pipeline::Step::done;
        };
        REQUIRE(search_pool.start("somebody", std::move(wait)));
        return go;
    }
    std::uint16_t plain() const { return server->plain_endpoints().front().port; }
    std::uint16_t tls() const { return server->tls_endpoints().front().port; }
    std::string trust() const { return (keys / "tls.crt").string(); }

    World world;
    indexer::pipeline::Searcher searcher;
    net::Runtime runtime{2};
    WorkerPool pool{"pool", 2};
    indexer::pipeline::SearchPool search_pool{{.threads = 1, .per_user = 1, .waiting = 2}};
    std::filesystem::path keys;
    std::shared_ptr<const net::ServerIdentity> identity;
    Options options;
    Observer observer;
    std::atomic<int> connections{0}, logins{0}, failures{0}, searches{0};
    std::atomic<std::chrono::nanoseconds> search_time{};  // of the last one
    std::unique_ptr<Server> server;
};

}  // namespace mailhold::imap::server::test

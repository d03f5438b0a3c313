// The endpoint over loopback: answers, keep-alive, many at once, and an end that waits for nobody.
#include "api/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <functional>
#include <future>
#include <list>
#include <mutex>
#include <stop_token>

#include "api/http/get.hpp"
#include "imap/net/runtime.hpp"
#include "tests/unit/http/sample.hpp"

namespace mailhold::http {
namespace {

namespace net = imap::net;
using namespace std::chrono_literals;

Service sample_service() {
    return {.names = {},
            .ready = [] { return true; },
            .status = []() -> Result<Overview> { return sample_overview(); },
            .metrics = [](const Overview&) { return std::string("metrics\n"); }};
}

struct Endpoint {
    net::Runtime runtime{1};
    WorkerPool pool{"test", 2};
    std::unique_ptr<Server> server =
        Server::start(runtime, pool, "127.0.0.1", 0, sample_service()).value();
};

net::awaitable<void> talk(std::uint16_t port, std::string octets, std::size_t answers,
                          std::promise<std::string>& result) {
    auto stream = co_await net::Stream::connect("127.0.0.1", port, net::in(10s));
    std::string got;
    if (stream) {
        std::vector<std::string_view> pieces = {octets};
        auto deadline = net::in(10s);
        co_await stream->write(pieces, deadline);
        auto count = [&] {
            std::size_t n = 0;
            for (auto at = got.find("HTTP/1.1 "); at != got.npos;
                 at = got.find("HTTP/1.1 ", at + 1))
                ++n;
            return n;
        };
        while (count() < answers) {
            auto piece = co_await stream->read_some(deadline);
            if (!piece || piece->empty()) break;
            got += *piece;
        }
    }
    result.set_value(got);
}

// Sends a request that never ends, an octet at a time; whether the server had enough of it.
net::awaitable<void> drip(std::uint16_t port, std::promise<bool>& result) {
    constexpr int most = 1'000;
    int sent = 0;
    auto stream = co_await net::Stream::connect("127.0.0.1", port, net::in(10s));
    for (; stream && sent < most; ++sent) {
        const std::vector<std::string_view> pieces = {"G"};
        if (!co_await stream->write(pieces, net::in(10s))) break;
        const auto answer = co_await stream->read_some(net::in(5ms));
        if (answer || answer.error().code != Errc::timeout) break;
    }
    result.set_value(sent < most);
}

// Sends `octets`, and hangs up once it may.
net::awaitable<void> hang_up(std::uint16_t port, std::string octets, std::future<void> may,
                             std::promise<void>& over) {
    {
        auto stream = co_await net::Stream::connect("127.0.0.1", port, net::in(10s));
        if (stream) co_await stream->write({octets}, net::in(10s));
        may.wait();
    }
    over.set_value();
}

}  // namespace

TEST_CASE("who hangs up ends his search, and who asks more meanwhile is answered in turn") {
    std::promise<void> asked;
    std::promise<std::stop_token> stop;
    std::promise<Service::Found> found;
    std::optional<std::stop_callback<std::function<void()>>> end;
    auto service = sample_service();
    service.search = [&](SearchRequest request, std::stop_token token, Service::Found tell) {
        if (request.query == "stay") return found.set_value(std::move(tell));
        stop.set_value(token);
        asked.set_value();
        end.emplace(token, [tell] { tell(fail(Errc::cancelled, "search cancelled")); });
    };
    net::Runtime runtime(1);
    WorkerPool pool("test", 2);
    auto server = Server::start(runtime, pool, "127.0.0.1", 0, service).value();

    net::Runtime client(1);
    std::promise<void> over;
    client.spawn("hang_up", hang_up(server->port(),
                                    "GET /api/v1/search?q=go HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                    asked.get_future(), over));
    const auto token = stop.get_future().get();
    over.get_future().wait();
    for (int i = 0; i < 200 && !token.stop_requested(); ++i) std::this_thread::sleep_for(50ms);
    CHECK(token.stop_requested());

    std::promise<std::string> result;
    client.spawn("talk", talk(server->port(),
                              "GET /api/v1/search?q=stay HTTP/1.1\r\nHost: localhost\r\n\r\n"
                              "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                              2, result));
    found.get_future().get()(SearchPage{});
    CHECK(result.get_future().get().ends_with("ok\n"));
}

TEST_CASE("the endpoint answers over the network") {
    Endpoint endpoint;
    auto port = endpoint.server->port();
    auto health = get("127.0.0.1", port, "/healthz", 10s);
    REQUIRE(health);
    CHECK(health->status == 200);
    CHECK(health->body == "ok\n");
    CHECK(get("127.0.0.1", port, "/api/v1/status", 10s)->body == to_json(sample_overview()));
    CHECK(get("127.0.0.1", port, "/nothing", 10s)->status == 404);
}

TEST_CASE("health answers while everything else is busy") {
    Endpoint endpoint;
    std::promise<void> over;
    const auto gate = over.get_future().share();
    for (std::size_t i = 0; i < endpoint.pool.size(); ++i)
        endpoint.pool.post([gate] { gate.wait(); });
    for (const std::string path : {"/healthz", "/readyz"})
        CHECK(get("127.0.0.1", endpoint.server->port(), path, 10s)->status == 200);
    CHECK_FALSE(get("127.0.0.1", endpoint.server->port(), "/metrics", 200ms));
    over.set_value();
}

TEST_CASE("status answers beside many searches, and the end waits for none of them") {
    struct Asked {
        std::stop_token stop;
        Service::Found found;
    };
    constexpr std::size_t searches = 32;
    std::mutex mutex;
    std::vector<Asked> asked(searches);
    std::size_t count = 0;
    std::promise<void> all_asked;
    auto service = sample_service();
    service.search = [&](SearchRequest request, std::stop_token stop, Service::Found found) {
        const std::lock_guard lock(mutex);
        asked.at(std::stoul(request.query)) = {std::move(stop), std::move(found)};
        if (++count == searches) all_asked.set_value();
    };
    net::Runtime runtime(1);
    WorkerPool pool("test", 1);
    auto server = Server::start(runtime, pool, "127.0.0.1", 0, std::move(service)).value();
    net::Runtime clients(1);
    std::vector<std::promise<std::string>> results(searches);
    for (std::size_t i = 0; i < searches; ++i) {
        const auto octets = "GET /api/v1/search?q=" + std::to_string(i) + " HTTP/1.0\r\n\r\n";
        clients.spawn("talk", talk(server->port(), octets, 1, results[i]));
    }
    all_asked.get_future().wait();
    for (const std::string path : {"/healthz", "/readyz", "/metrics", "/api/v1/status"})
        CHECK(get("127.0.0.1", server->port(), path, 10s)->status == 200);
    asked.front().found(SearchPage{});
    // The others end when the server does.
    std::list<std::stop_callback<std::function<void()>>> ends;
    for (std::size_t i = 1; i < searches; ++i)
        ends.emplace_back(asked[i].stop, [found = asked[i].found] {
            found(fail(Errc::cancelled, "search cancelled"));
        });
    CHECK(results.front().get_future().get().contains(R"({"found":0,"shown":0,"messages":[]})"));
    server->stop();
    for (std::size_t i = 1; i < searches; ++i) results[i].get_future().wait();
}

TEST_CASE("several requests share a connection, and nonsense ends it") {
    Endpoint endpoint;
    std::promise<std::string> result;
    std::string one = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    net::Runtime client(1);
    client.spawn("talk", talk(endpoint.server->port(), one + one + "nonsense\r\n\r\n", 3, result));
    auto got = result.get_future().get();
    CHECK(got.find("HTTP/1.1 200 OK") == 0);
    CHECK(got.find("HTTP/1.1 200 OK", 10) != got.npos);
    CHECK(got.contains("HTTP/1.1 400 Bad Request"));
    CHECK(got.contains("Connection: close"));
}

TEST_CASE("a request has one deadline, however it drips in") {
    Endpoint endpoint;
    auto server =
        Server::start(endpoint.runtime, endpoint.pool, "127.0.0.1", 0, sample_service(), 100ms)
            .value();
    std::promise<bool> result;
    net::Runtime client(1);
    client.spawn("drip", drip(server->port(), result));
    CHECK(result.get_future().get());
}

TEST_CASE(
    "who takes his time to ask keeps nobody out, and loses nothing until somebody wants the "
    "place") {
    Endpoint endpoint;
    using boost::asio::ip::tcp;
    boost::asio::io_context io;
    std::list<tcp::socket> slow;
    const auto say = [](tcp::socket& socket, std::string_view octets) {
        boost::asio::write(socket, boost::asio::buffer(octets));
    };
    const std::string_view begin = "GET /healthz HTTP/1.1\r\nHost: ", end = "localhost\r\n\r\n";
    for (std::size_t i = 0; i < Server::connections; ++i) {
        auto& socket = slow.emplace_back(io);
        socket.connect({boost::asio::ip::address_v4::loopback(), endpoint.server->port()});
        say(socket, begin);
    }
    for (int i = 0; i < 3; ++i) REQUIRE(get("127.0.0.1", endpoint.server->port(), "/healthz", 5s));
    boost::system::error_code ended;
    std::string answer;
    boost::asio::read(slow.front(), boost::asio::dynamic_buffer(answer), ended);
    CHECK((ended && answer.empty()));
    say(slow.back(), end);
    slow.back().shutdown(tcp::socket::shutdown_send);
    boost::asio::read(slow.back(), boost::asio::dynamic_buffer(answer), ended);
    CHECK(answer.ends_with("ok\n"));
}

TEST_CASE("who ends his side after the request is answered") {
    Endpoint endpoint;
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), endpoint.server->port()});
    boost::asio::write(
        socket,
        boost::asio::buffer(std::string_view("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")));
    socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send);
    std::string answer;
    boost::system::error_code ended;
    boost::asio::read(socket, boost::asio::dynamic_buffer(answer), ended);
    CHECK(answer.ends_with("ok\n"));
}

TEST_CASE("an idle connection does not hold up the end") {
    Endpoint endpoint;
    std::promise<std::string> result;
    net::Runtime client(1);
    client.spawn("talk", talk(endpoint.server->port(), "GET /heal", 1, result));
    CHECK(get("127.0.0.1", endpoint.server->port(), "/healthz", 10s));
    auto begin = std::chrono::steady_clock::now();
    endpoint.server->stop();
    CHECK(result.get_future().get().empty());
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("a port that is taken is an error, and nobody there is one too") {
    Endpoint endpoint;
    auto second = Server::start(endpoint.runtime, endpoint.pool, "127.0.0.1",
                                endpoint.server->port(), sample_service());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::exists);
    auto port = endpoint.server->port();
    endpoint.server.reset();
    CHECK_FALSE(get("127.0.0.1", port, "/healthz", 10s));
}

TEST_CASE("only what looks like HTTP is taken for an answer") {
    CHECK(parse_answer("HTTP/1.1 204 No Content\r\n\r\n")->status == 204);
    CHECK(parse_answer("HTTP/1.0 200 OK\r\nA: b\r\n\r\nbody")->body == "body");
    for (auto octets : {"", "* OK IMAP4rev1 ready\r\n\r\n", "HTTP/1.1 ", "HTTP/1.1 abc\r\n\r\n",
                        "HTTP/1.1 200 OK\r\n"})
        CHECK_FALSE(parse_answer(octets));
}

}  // namespace mailhold::http

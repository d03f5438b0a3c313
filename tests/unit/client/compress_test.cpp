// COMPRESS=DEFLATE (RFC 4978) of a connection: when it is asked for, and that the line goes on after it.
#include <catch2/catch.hpp>

#include "tests/unit/client/scripted_server.hpp"

namespace mailhold::imap::client {
namespace {

Endpoint endpoint(net::Compression compression) {
    Endpoint endpoint;
    endpoint.host = "localhost";
    endpoint.security = Security::none;
    endpoint.login.user = "alice";
    endpoint.login.secret = []() -> Result<std::string> { return "secret"; };
    endpoint.timeout = std::chrono::seconds(20);
    endpoint.compression = compression;
    return endpoint;
}

const ScriptedServer::Step greeting{"", "* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n"};

}  // namespace

TEST_CASE("a connection compresses where it is offered, and says and hears the rest so") {
    ScriptedServer server({
        greeting,
        {"COMPRESS DEFLATE", "$ OK go\r\n", ScriptedServer::Then::compress},
        {"NOOP", "* 3 EXISTS\r\n$ OK done\r\n"},
    });
    std::uint32_t heard = 0;
    auto body = [&heard](Connection& connection) -> net::awaitable<void> {
        auto sink = [&heard](Untagged& untagged) -> Status {
            if (const auto* exists = std::get_if<wire::ExistsData>(&untagged.response))
                heard = exists->messages;
            return {};
        };
        auto status = co_await connection.run(wire::Noop{}, sink);
        if (!status) heard = 0;
    };
    CHECK(server.open(endpoint(net::Compression::always), body).text.empty());
    CHECK(server.problems().empty());
    CHECK(heard == 3);
}

TEST_CASE("a connection to this machine is compressed only when told so") {
    const auto compression = GENERATE(net::Compression::automatic, net::Compression::never);
    ScriptedServer server({greeting, {"NOOP", "$ OK\r\n"}});
    auto body = [](Connection& connection) -> net::awaitable<void> {
        (void)co_await connection.run(wire::Noop{}, {});
    };
    CHECK(server.open(endpoint(compression), body).text.empty());
    CHECK(server.problems().empty());
}

TEST_CASE("a server that refuses to compress is used as it is") {
    ScriptedServer server({
        greeting,
        {"COMPRESS DEFLATE", "$ NO [COMPRESSIONACTIVE] TLS does it\r\n"},
        {"NOOP", "$ OK\r\n"},
    });
    auto body = [](Connection& connection) -> net::awaitable<void> {
        (void)co_await connection.run(wire::Noop{}, {});
    };
    CHECK(server.open(endpoint(net::Compression::always), body).text.empty());
    CHECK(server.problems().empty());
}

TEST_CASE("a server that says OK and does not compress is given up") {
    ScriptedServer server({
        greeting,
        {"COMPRESS DEFLATE", "$ OK go\r\n* OK in plain words, which are no DEFLATE\r\n"},
    });
    std::optional<Errc> code;
    auto body = [&code](Connection& connection) -> net::awaitable<void> {
        auto status = co_await connection.run(wire::Noop{}, {});
        if (!status) code = status.error().code;
    };
    CHECK(server.open(endpoint(net::Compression::always), body).text.empty());
    CHECK(code == Errc::protocol);
}

TEST_CASE("of a compressed line the octets count that came over it") {
    std::string much;
    for (int i = 0; i < 20'000; ++i) much += "* OK still here\r\n";
    ScriptedServer server({
        greeting,
        {"COMPRESS DEFLATE", "$ OK go\r\n", ScriptedServer::Then::compress},
        {"NOOP", much + "$ OK done\r\n"},
    });
    server.manners = Manners({.commands_a_second = 0, .octets_a_day = 100'000});
    auto body = [](Connection& connection) -> net::awaitable<void> {
        (void)co_await connection.run(wire::Noop{}, {});
    };
    CHECK(server.open(endpoint(net::Compression::always), body).text.empty());
    CHECK(server.problems().empty());
    CHECK_FALSE(server.manners.hold(std::chrono::steady_clock::now()));
}

}  // namespace mailhold::imap::client

// Servers that mean no good, or are broken: each costs bounded memory and time, and ends in one clear error.
#include <sys/resource.h>
#include <catch2/catch.hpp>

#include "tests/unit/client/scripted_server.hpp"

namespace mailhold::imap::client {
namespace {

long peak_mib() {
    struct rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss >> 10;
}

Endpoint endpoint() {
    Endpoint endpoint;
    endpoint.host = "localhost";
    endpoint.security = Security::none;
    endpoint.login.user = "alice";
    endpoint.login.secret = []() -> Result<std::string> { return "secret"; };
    endpoint.timeout = std::chrono::seconds(3);
    return endpoint;
}

ScriptedServer answering_noop_with(std::string answer) {
    return ScriptedServer({
        {"", "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"},
        {"NOOP", std::move(answer)},
    });
}

Error run_noop(ScriptedServer& server) {
    Error error;
    const auto body = [&error](Connection& connection) -> net::awaitable<void> {
        const auto status = co_await connection.run(wire::Noop{}, {});
        if (!status) error = status.error();
    };
    const auto opened = server.open(endpoint(), body);
    return opened.text.empty() ? error : opened;
}

}  // namespace

TEST_CASE("what has no end is given up at its limit, in bounded memory") {
    const struct {
        std::string what, answer;
    } table[] = {
        {"a line", "* OK " + std::string(40 << 20, 'x')},
        {"a literal of 2^63 - 1", "* 1 FETCH (BODY[] {9223372036854775807}\r\n"},
        {"a literal of 2^63", "* 1 FETCH (BODY[] {9223372036854775808}\r\n"},
        {"a literal that nobody asked for", "* 1 FETCH (BODY[] {4294967295}\r\n"},
        {"nested lists", "* 1 FETCH (BODYSTRUCTURE " + std::string(1 << 20, '(') + "\r\n"},
    };
    for (const auto& row : table) {
        CAPTURE(row.what);
        auto server = answering_noop_with(row.answer);
        const auto before = peak_mib();
        const auto began = std::chrono::steady_clock::now();
        const auto error = run_noop(server);
        CAPTURE(error.text);
        CHECK_FALSE(error.text.empty());
        CHECK(of_the_line(error.code));
        CHECK(peak_mib() - before < 200);
        CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(20));
    }
}

TEST_CASE("garbage without end is borne a while, and then left") {
    std::string garbage;
    for (int i = 0; i < 100'000; ++i) garbage += "* )( garbage\r\n";
    auto server = answering_noop_with(garbage + "$ OK\r\n");
    CHECK(run_noop(server).code == Errc::protocol);
}

TEST_CASE("a server that talks on and does not answer is left; while it may be at work it is not") {
    for (const unsigned patience : {0U, 10U}) {
        CAPTURE(patience);
        std::string talk;
        for (int i = 0; i < 1000; ++i) talk += "* OK Still here\r\n";
        ScriptedServer server({
            {"", "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"},
            {"NOOP", talk + "$ OK\r\n"},
            {"?", "* LIST () \"/\" INBOX\r\n$ OK\r\n"},
        });
        auto at = endpoint();
        at.patience = patience;
        Status talked, listed;
        const auto body = [&](Connection& connection) -> net::awaitable<void> {
            talked = co_await connection.run(wire::Noop{}, {});
            wire::List list;
            list.patterns = {"*"};
            if (talked) listed = co_await connection.run(std::move(list), {});
        };
        CHECK(server.open(at, body).text.empty());
        CHECK(talked.has_value() == (patience > 0));
        if (!talked) CHECK(talked.error().code == Errc::timeout);
        CHECK(listed);
        CHECK(server.problems().empty());
    }
}

TEST_CASE("TLS that stalls in its handshake ends in time") {
    ScriptedServer server({{"", std::string("\x16\x03\x03\x40\x00\x02", 6)}});
    auto at = endpoint();
    at.security = Security::implicit_tls;
    at.timeout = std::chrono::seconds(1);
    const auto began = std::chrono::steady_clock::now();
    CHECK(server.open(at).code == Errc::timeout);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
}

TEST_CASE("an origin that throttles is left alone: no command goes out while it wants none") {
    ScriptedServer server({
        {"", "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"},
        {"NOOP", "$ NO [THROTTLED] slow down. Suggested Backoff Time: 60000 milliseconds\r\n"},
    });
    std::vector<Errc> codes;
    const auto body = [&codes](Connection& connection) -> net::awaitable<void> {
        for (int i = 0; i < 2; ++i) {
            const auto status = co_await connection.run(wire::Noop{}, {});
            codes.push_back(status ? Errc::invalid : status.error().code);
        }
    };
    CHECK(server.open(endpoint(), body).text.empty());
    CHECK(codes == std::vector{Errc::throttled, Errc::throttled});
    CHECK(server.heard() == "M1 NOOP\n");
}

TEST_CASE("commands keep to their number a second, pipelined or not") {
    ScriptedServer server({{"", "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"},
                           {"NOOP", "$ OK\r\n"},
                           {"NOOP", "$ OK\r\n"},
                           {"NOOP", "$ OK\r\n"},
                           {"NOOP", "$ OK\r\n"},
                           {"NOOP", "$ OK\r\n"}});
    server.manners = Manners({.commands_a_second = 4, .octets_a_day = 0});
    auto took = std::chrono::steady_clock::duration::zero();
    const auto body = [&took](Connection& connection) -> net::awaitable<void> {
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i < 5; ++i) connection.submit(wire::Noop{});
        for (int completed = 0; completed < 5;) {
            const auto event = co_await connection.next();
            if (!event) co_return;
            if (std::holds_alternative<ClientCore::Completed>(*event)) ++completed;
        }
        took = std::chrono::steady_clock::now() - began;
    };
    CHECK(server.open(endpoint(), body).text.empty());
    CHECK(took >= std::chrono::milliseconds(250));
    CHECK(server.problems().empty());
}

}  // namespace mailhold::imap::client

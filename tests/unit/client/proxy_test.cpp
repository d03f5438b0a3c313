// Connecting through proxies: a scripted server plays the proxy and the origin behind it.
#include <catch2/catch.hpp>

#include "imap/wire/base64.hpp"
#include "tests/unit/client/scripted_server.hpp"

namespace mailhold::imap::client {
namespace {

using Kind = net::Proxy::Kind;

// The proxy's port is filled in by the server.
Endpoint through(Kind kind, std::string user = {}) {
    Endpoint endpoint;
    endpoint.host = "origin.example";
    endpoint.security = Security::starttls;
    endpoint.login.user = "alice";
    endpoint.login.secret = []() -> Result<std::string> { return "secret"; };
    endpoint.timeout = std::chrono::seconds(5);
    endpoint.proxy = net::Proxy{kind, "localhost", 0, std::move(user), "pw"};
    return endpoint;
}

}  // namespace

TEST_CASE("an HTTP proxy is asked for the origin by name, and the origin may speak at once") {
    ScriptedServer server({
        {"CONNECT origin.example:4711 HTTP/1.1", ""},
        {"Host: origin.example:4711", ""},
        {"Proxy-Authorization: Basic " + wire::to_base64("bob:pw"), ""},
        {"?",
         "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n* OK [CAPABILITY IMAP4rev1] hi\r\n"},
        {"CAPABILITY", "* CAPABILITY IMAP4rev1\r\n$ OK\r\n"},
    });
    const auto error = server.open(through(Kind::http, "bob"));
    CHECK(error.code == Errc::tls);
    CHECK(error.text.contains("origin.example: the server offers no STARTTLS"));
    CHECK(server.problems().empty());
}

TEST_CASE("proxies that refuse are told by what they say; endless ones are left") {
    const struct {
        Kind kind;
        std::string said, problem;
    } table[] = {
        {Kind::http, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
         "it answers HTTP/1.1 407"},
        {Kind::http, "* OK IMAP4rev1 ready\r\n\r\n", "it answers * OK IMAP4rev1 ready"},
        {Kind::http, std::string(20'000, 'x'), "an answer without end"},
        {Kind::socks5, std::string("\5\xff", 2), "none of our ways"},
        {Kind::socks5, "HTTP/1.1 400", "does not speak SOCKS5"},
        {Kind::socks5, std::string("\5\0\5\2\0\1\0", 7), "not allowed by its rules"},
        {Kind::socks5, std::string("\5\0\5\0\0\7\0", 7), "does not speak SOCKS5"},
    };
    for (const auto& row : table) {
        CAPTURE(row.problem);
        ScriptedServer server({{"", row.said}});
        const auto error = server.open(through(row.kind));
        CAPTURE(error.text);
        CHECK(error.code == Errc::network);
        CHECK(error.text.contains(row.problem));
    }
}

TEST_CASE("SOCKS5 connects by name, with user and password where it wants them") {
    // Methods, the login's verdict, then the bound address as a name; then the origin.
    const std::string answers(
        "\5\2"
        "\1\0"
        "\5\0\0\3\4"
        "host\0\1",
        15);
    ScriptedServer server({{"", answers + "* OK [CAPABILITY IMAP4rev1] hi\r\n"},
                           {"?", "* CAPABILITY IMAP4rev1\r\nM1 OK\r\n"}});
    const auto error = server.open(through(Kind::socks5, "bob"));
    CHECK(error.code == Errc::tls);
    CAPTURE(error.text);
    CHECK(error.text.contains("the server offers no STARTTLS"));
    const auto heard = server.heard();
    CHECK(
        heard.starts_with(std::string("\5\2\0\2\1\3bob\2pw\5\1\0\3\16origin.example\x12\x67", 33)));
}

}  // namespace mailhold::imap::client

// Connection against a scripted server on loopback: TLS, STARTTLS, logging in, IDLE, and every way
// to be refused.
#include "imap/client/connection.hpp"

#include <catch2/catch.hpp>

#include "imap/wire/base64.hpp"
#include "tests/unit/client/scram_server.hpp"
#include "tests/unit/client/scripted_server.hpp"

namespace mailhold::imap::client {
namespace {

const std::string plain_login = "AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==";

Endpoint endpoint(Security security) {
    Endpoint endpoint;
    endpoint.host = "localhost";
    endpoint.security = security;
    endpoint.login.user = "alice";
    endpoint.login.secret = []() -> Result<std::string> { return "secret"; };
    endpoint.timeout = std::chrono::seconds(5);
    return endpoint;
}

}  // namespace

TEST_CASE("connection logs in over implicit TLS and introduces itself") {
    ScriptedServer server({
        {"", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n"},
        {plain_login, "$ OK [CAPABILITY IMAP4rev1 ID IDLE] in\r\n"},
        {"ID (\"name\" \"Mailhold\")", "* ID NIL\r\n$ OK\r\n"},
    });
    server.tls_from_start = true;
    auto at = endpoint(Security::implicit_tls);
    at.trust = server.trust();
    CHECK(server.open(at).text.empty());
    CHECK(server.problems().empty());
}

TEST_CASE("connection upgrades with STARTTLS and forgets what was said before") {
    ScriptedServer server({
        {"", "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED AUTH=GSSAPI] hi\r\n"},
        {"STARTTLS", "$ OK go\r\n", ScriptedServer::Then::start_tls},
        {"CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$ OK\r\n"},
        {"AUTHENTICATE PLAIN", "+ \r\n"},
        {"AGFsaWNlAHNlY3JldA==", "$ OK in\r\n"},
        {"CAPABILITY", "* CAPABILITY IMAP4rev1\r\n$ OK\r\n"},
    });
    auto at = endpoint(Security::starttls);
    at.trust = server.trust();
    CHECK(server.open(at).text.empty());
    CHECK(server.problems().empty());
}

TEST_CASE("connection sends no password over a line that is not encrypted and trusted") {
    struct Row {
        std::string what;
        Security security;
        std::vector<ScriptedServer::Step> steps;
        std::string text;  // of the error
    };
    using Then = ScriptedServer::Then;
    const Row table[] = {
        {"no STARTTLS",
         Security::starttls,
         {{"", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n"},
          {"CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$ OK\r\n"}},
         "the server offers no STARTTLS; use imaps://"},
        {"PREAUTH",
         Security::starttls,
         {{"", "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"}},
         "already logged in before TLS"},
        {"STARTTLS refused",
         Security::starttls,
         {{"", "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"}, {"STARTTLS", "$ BAD no\r\n"}},
         "STARTTLS was refused"},
        {"injection",
         Security::starttls,
         {{"", "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"},
          {"STARTTLS", "$ OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"}},
         "tampered with"},
        {"plain text where TLS should be",
         Security::implicit_tls,
         {{"", "* OK hi\r\n"}},
         "TLS with localhost"},
        {"TLS with a certificate of nobody",
         Security::starttls,
         {{"", "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"},
          {"STARTTLS", "$ OK go\r\n", Then::start_tls}},
         "certificate is not trusted"},
    };
    for (const auto& row : table) {
        CAPTURE(row.what);
        ScriptedServer server(row.steps);
        const auto error = server.open(endpoint(row.security));
        CHECK(error.code == Errc::tls);
        CAPTURE(error.text);
        CHECK(error.text.find(row.text) != std::string::npos);
        CHECK(server.heard().find("AUTHENTICATE") == std::string::npos);
        CHECK(server.heard().find("LOGIN") == std::string::npos);
    }
}

TEST_CASE("connection refuses a certificate for another name, unless its key is pinned") {
    const std::vector<ScriptedServer::Step> steps{
        {"", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n"},
        {plain_login, "$ OK [CAPABILITY IMAP4rev1] in\r\n"},
    };
    ScriptedServer server(steps);
    server.tls_from_start = true;
    auto at = endpoint(Security::implicit_tls);
    at.trust = server.trust();
    at.host = "ip6-localhost";  // the same machine by a name that is not in the certificate
    const auto error = server.open(at);
    CAPTURE(error.text);
    CHECK((error.code == Errc::tls || error.code == Errc::network));  // network: no such name here
    CHECK(server.heard().empty());
}

TEST_CASE("connection says why it was not let in") {
    struct Row {
        std::vector<ScriptedServer::Step> steps;
        Errc code;
        std::string text;
    };
    const std::string hello = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n";
    const Row table[] = {
        {{{"", hello}, {plain_login, "$ NO [AUTHENTICATIONFAILED] wrong\r\n"}},
         Errc::auth,
         "wrong password: log in as alice: the server says wrong"},
        {{{"", hello}, {plain_login, "$ NO [UNAVAILABLE] later\r\n"}},
         Errc::throttled,
         "the server says later"},
        {{{"", "* BYE too many\r\n"}}, Errc::network, "too many"},
        {{{"", hello}, {plain_login, "* BYE going down\r\n", ScriptedServer::Then::close}},
         Errc::network,
         "going down"},
        {{{"", "220 smtp.example.org ESMTP\r\n"}}, Errc::protocol, "IMAP"},
        {{{"", "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2] hi\r\n"}},
         Errc::auth,
         "XOAUTH2"},
    };
    for (const auto& row : table) {
        ScriptedServer server(row.steps);
        const auto error = server.open(endpoint(Security::none));
        CAPTURE(error.text);
        CHECK(error.code == row.code);
        CHECK(error.text.find(row.text) != std::string::npos);
        CHECK(error.text.find("secret") == std::string::npos);
    }
}

TEST_CASE("connection gives a silent server its time and no more") {
    ScriptedServer server({});
    auto at = endpoint(Security::none);
    at.timeout = std::chrono::seconds(1);
    CHECK(server.open(at).code == Errc::timeout);
}

TEST_CASE("connection ends an IDLE for a change and for the time, one after the other") {
    const std::vector<ScriptedServer::Step> steps{
        {"", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n"},
        {plain_login, "$ OK [CAPABILITY IMAP4rev1 IDLE] in\r\n"},
        {"IDLE", "+ idling\r\n* OK Still here\r\n* 5 EXISTS\r\n"},
        {"DONE", "$ OK\r\n"},
        {"IDLE", "+ idling\r\n"},
        {"DONE", "$ OK\r\n"},
        {"IDLE", "$ NO not now\r\n"},
    };
    ScriptedServer server(steps);
    std::string told;
    const auto body = [&told](Connection& connection) -> net::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
            const auto until = net::in(std::chrono::milliseconds(i == 0 ? 5'000 : 200));
            const auto woken = co_await connection.idle(until, {});
            told += !woken                                   ? "error "
                    : *woken == Connection::Woken::by_server ? "server "
                                                             : "time ";
        }
    };
    CHECK(server.open(endpoint(Security::none), body).text.empty());
    CHECK(told == "server time error ");
    CHECK(server.problems().empty());
}

TEST_CASE("connection streams a large literal to a blob and passes on what follows") {
    const std::string large(3 << 20, 'x');
    const std::vector<ScriptedServer::Step> steps{
        {"", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n"},
        {plain_login, "$ OK [CAPABILITY IMAP4rev1] in\r\n"},
        {"UID FETCH 7 BODY.PEEK[]", "* 1 FETCH (UID 7 BODY[] {" + std::to_string(large.size()) +
                                        "}\r\n" + large + " FLAGS ())\r\n$ OK\r\n"},
    };
    ScriptedServer server(steps);
    std::size_t size = 0;
    bool equal = false;
    const auto body = [&](Connection& connection) -> net::awaitable<void> {
        Sink sink = [&](Untagged& untagged) -> Status {
            if (untagged.streamed.size() == 1) size = untagged.streamed.front().size();
            equal = size == large.size() && untagged.streamed.front().view() == large;
            return {};
        };
        wire::Fetch fetch;
        fetch.kind = wire::NumberKind::uid;
        fetch.numbers = {{7, 7}};
        auto& item = fetch.items.emplace_back();
        item.kind = wire::FetchItem::Kind::section;
        item.peek = true;
        const auto status = co_await connection.run(std::move(fetch), std::move(sink));
        if (!status) size = 0;
    };
    CHECK(server.open(endpoint(Security::none), body).text.empty());
    CHECK(server.problems().empty());
    CHECK(size == large.size());
    CHECK(equal);
}

TEST_CASE("connection binds SCRAM to the TLS that it speaks over, with and without SASL-IR") {
    for (const bool at_once : {true, false}) {
        CAPTURE(at_once);
        ScramServer judge("SHA-256", "", "");
        const auto first = [&judge](const std::string& line, const net::Stream& stream) {
            const auto binding = stream.channel_binding();
            judge = ScramServer("SHA-256", binding->type, binding->octets);
            judge.password = "secret";
            const auto message = line.substr(line.find_last_of(' ') + 1);
            return "+ " + wire::to_base64(judge.first(*wire::from_base64(message))) + "\r\n";
        };
        const auto last = [&judge](const std::string& line, const net::Stream&) {
            return "+ " + wire::to_base64(judge.final(*wire::from_base64(line))) + "\r\n";
        };
        using Then = ScriptedServer::Then;
        std::vector<ScriptedServer::Step> steps{
            {"", std::string("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=SCRAM-SHA-256 ") +
                     (at_once ? "SASL-IR " : "") + "AUTH=SCRAM-SHA-256-PLUS] hi\r\n"}};
        if (!at_once) steps.push_back({"AUTHENTICATE SCRAM-SHA-256-PLUS", "+ \r\n"});
        steps.push_back({"?", "", Then::go_on, first});
        steps.push_back({"?", "", Then::go_on, last});
        steps.push_back({"", "$ OK [CAPABILITY IMAP4rev1] in\r\n"});
        ScriptedServer server(steps);
        server.tls_from_start = true;
        auto at = endpoint(Security::implicit_tls);
        at.trust = server.trust();
        CHECK(server.open(at).text.empty());
        CHECK(judge.header == "p=tls-exporter,,");
        CHECK(server.problems().empty());
    }
}

TEST_CASE("connection believes no OK from a server that has not proved itself") {
    ScriptedServer server({
        {"", "* OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-1 SASL-IR] hi\r\n"},
        {"?", "$ OK [CAPABILITY IMAP4rev1] come in\r\n"},
    });
    const auto error = server.open(endpoint(Security::none));
    CHECK(error.code == Errc::auth);
    CHECK(error.text.contains("without proving"));
}

TEST_CASE("connection tries a second token where the first was withdrawn, and no third") {
    const std::vector<ScriptedServer::Step> steps{
        {"", "* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] hi\r\n"},
        {"AUTHENTICATE XOAUTH2 " + wire::to_base64("user=alice\1auth=Bearer t1\1\1"),
         "+ " + wire::to_base64("{\"status\":\"401\"}") + "\r\n"},
        {"?", "$ NO [AUTHENTICATIONFAILED] expired\r\n"},
        {"CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n$ OK\r\n"},
        {"AUTHENTICATE XOAUTH2 " + wire::to_base64("user=alice\1auth=Bearer t2\1\1"),
         "$ NO [AUTHENTICATIONFAILED] revoked\r\n"},
    };
    ScriptedServer server(steps);
    auto at = endpoint(Security::none);
    int given = 1;
    at.login.proof = Proof::token;
    at.login.remedy = "mailhold login alice";
    at.login.secret = [&given]() -> Result<std::string> { return "t" + std::to_string(given); };
    at.login.refused = [&given] { ++given; };
    const auto error = server.open(at);
    CHECK(error.code == Errc::auth);
    CHECK(error.text.contains("consent needed again (mailhold login alice)"));
    CHECK(error.text.contains("revoked"));
    CHECK(given == 2);
}

}  // namespace mailhold::imap::client

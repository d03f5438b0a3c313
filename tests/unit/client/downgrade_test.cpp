// What counts as less security, and that nothing secret is said where somebody minds what is shown.
#include "imap/client/downgrade.hpp"

#include <catch2/catch.hpp>

#include "imap/client/look.hpp"
#include "tests/unit/client/scripted_server.hpp"

namespace mailhold::imap::client {
namespace {

Shown shown(std::string tls, std::vector<std::string> mechanisms) {
    Shown result;
    result.tls = std::move(tls);
    result.mechanisms = std::move(mechanisms);
    return result;
}

Endpoint endpoint(const ScriptedServer& server) {
    Endpoint endpoint;
    endpoint.host = "localhost";
    endpoint.login.user = "alice";
    endpoint.login.secret = []() -> Result<std::string> { return "secret"; };
    endpoint.timeout = std::chrono::seconds(60);
    endpoint.trust = server.trust();
    return endpoint;
}

const std::string greeting = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN SASL-IR] hi\r\n";

}  // namespace

TEST_CASE("an older TLS or a weaker mechanism is less, and all else is not") {
    struct Row {
        Shown before, now;
        std::string less;
    };
    const Row table[] = {
        {shown("TLSv1.3", {"PLAIN"}), shown("TLSv1.3", {"PLAIN"}), ""},
        {shown("TLSv1.2", {"PLAIN"}), shown("TLSv1.3", {"LOGIN"}), ""},
        {shown("TLSv1.3", {"PLAIN"}), shown("TLSv1.2", {"PLAIN"}), "TLSv1.2, where it was TLSv1.3"},
        {shown("TLSv1.2", {}), shown("", {}), "no TLS, where it was TLSv1.2"},
        {shown("TLSv1.3", {"SCRAM-SHA-256", "PLAIN"}), shown("TLSv1.3", {"PLAIN"}),
         "no SCRAM, where it offered SCRAM-SHA-256"},
        {shown("TLSv1.3", {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}),
         shown("TLSv1.3", {"SCRAM-SHA-256"}), "SCRAM-SHA-256, where it offered SCRAM-SHA-256-PLUS"},
        {shown("TLSv1.3", {"SCRAM-SHA-1"}), shown("TLSv1.3", {"SCRAM-SHA-256"}), ""},
        {shown("TLSv1.3", {"XOAUTH2"}), shown("TLSv1.3", {"OAUTHBEARER"}), ""},
        {shown("TLSv1.3", {"SCRAM-SHA-256"}), shown("TLSv1.2", {}),
         "TLSv1.2, where it was TLSv1.3; no SCRAM, where it offered SCRAM-SHA-256"},
    };
    for (const auto& row : table) CHECK(less_than(row.before, row.now) == row.less);
    auto renewed = shown("TLSv1.3", {"PLAIN"});
    renewed.key = "another";
    renewed.issuer = "CN=another";
    CHECK(less_than(shown("TLSv1.3", {"PLAIN"}), renewed).empty());
}

TEST_CASE("what is confirmed is what was shown, and no less") {
    const auto one = shown("TLSv1.2", {"PLAIN"});
    CHECK(confirmation_of(one) == confirmation_of(shown("TLSv1.2", {"PLAIN"})));
    CHECK(confirmation_of(one) != confirmation_of(shown("", {"PLAIN"})));
    CHECK(confirmation_of(one) != confirmation_of(shown("TLSv1.2", {})));
}

TEST_CASE("nothing secret is said to an origin that is not admitted") {
    ScriptedServer server({{"", greeting}});
    server.tls_from_start = true;
    auto at = endpoint(server);
    bool in = false;
    at.admits = [](const Shown& seen) {
        CHECK(seen.tls == "TLSv1.3");
        CHECK(seen.mechanisms == std::vector<std::string>{"LOGIN", "PLAIN"});
        CHECK(seen.key.size() == 44);
        CHECK(seen.issuer.starts_with("CN="));
        return Status(fail(Errc::tls, "less"));
    };
    at.let_in = [&in](const Shown&) {
        in = true;
        return Status{};
    };
    CHECK(server.open(at).text == "less");
    CHECK(server.heard().empty());
    CHECK_FALSE(in);
}

TEST_CASE("once we are in, what was shown is told with the mechanism that served") {
    ScriptedServer server({{"", greeting}, {"?", "$ OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] in\r\n"}});
    server.tls_from_start = true;
    auto at = endpoint(server);
    Shown told;
    at.let_in = [&told](Shown seen) {
        told = std::move(seen);
        return Status{};
    };
    CHECK(server.open(at).text.empty());
    CHECK(told.mechanism == "PLAIN");
    CHECK(told.binding.empty());
    CHECK(told.tls == "TLSv1.3");
}

}  // namespace mailhold::imap::client

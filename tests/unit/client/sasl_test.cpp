// Which mechanism is chosen, and what each says.
#include "imap/client/sasl.hpp"

#include <catch2/catch.hpp>

#include "imap/wire/base64.hpp"
#include "tests/unit/client/scram_server.hpp"

namespace mailhold::imap::client {
namespace {

Offered offered(std::string_view words) {
    Offered set;
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        set.emplace(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return set;
}

SaslExchange::Identity alice() {
    return {.user = "user", .secret = "pencil", .host = "mail.example.org", .port = 993};
}

// The server's last word, and what the client makes of it.
std::string converse(const std::string& mechanism, SaslExchange::Identity identity,
                     ScramServer& server) {
    auto exchange = SaslExchange::start(mechanism, std::move(identity));
    const auto first = exchange->answer({});
    if (!first) return first.error().text;
    const auto second = exchange->answer(server.first(*first));
    if (!second) return second.error().text;
    const auto last = server.final(*second);
    if (!last.starts_with("v=")) return last;
    if (exchange->finished()) return "finished before the server has proved itself";
    const auto end = exchange->answer(last);
    if (!end) return end.error().text;
    return exchange->finished() ? "ok" + *end : "not finished";
}

}  // namespace

TEST_CASE("the strongest mechanism that is offered and allowed is taken") {
    const std::string all =
        "IMAP4REV1 AUTH=PLAIN AUTH=LOGIN AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-256 "
        "AUTH=SCRAM-SHA-256-PLUS AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=EXTERNAL AUTH=CRAM-MD5";
    const struct {
        std::string capabilities;
        Proof proof;
        bool can_bind;
        std::string fixed;
        std::string chosen;  // or the error's name
    } table[] = {
        {all, Proof::password, true, "", "SCRAM-SHA-256-PLUS"},
        {all, Proof::password, false, "", "SCRAM-SHA-256"},
        {all, Proof::password, true, "SCRAM-SHA-1", "SCRAM-SHA-1"},
        {all, Proof::password, true, "PLAIN", "PLAIN"},
        {all, Proof::password, false, "SCRAM-SHA-256-PLUS", "auth"},
        {all, Proof::token, true, "", "OAUTHBEARER"},
        {all, Proof::token, true, "XOAUTH2", "XOAUTH2"},
        {all, Proof::certificate, true, "", "EXTERNAL"},
        {"AUTH=PLAIN", Proof::certificate, true, "", "auth"},
        {"AUTH=PLAIN", Proof::token, true, "", "auth"},
        {"AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-256", Proof::password, true, "", "SCRAM-SHA-1-PLUS"},
        {"AUTH=SCRAM-SHA-1 AUTH=PLAIN", Proof::password, true, "", "SCRAM-SHA-1"},
        {"AUTH=PLAIN LOGINDISABLED", Proof::password, true, "", "PLAIN"},
        {"AUTH=LOGIN LOGINDISABLED", Proof::password, true, "", "LOGIN"},
        {"IMAP4REV1", Proof::password, true, "", ""},
        {"AUTH=XOAUTH2", Proof::password, true, "", ""},
        {"AUTH=CRAM-MD5 LOGINDISABLED", Proof::password, true, "", "auth"},
        {"IMAP4REV1 AUTH=PLAIN", Proof::password, true, "SCRAM-SHA-256", "auth"},
    };
    for (const auto& row : table) {
        CAPTURE(row.capabilities, row.fixed);
        const auto chosen =
            choose_mechanism(offered(row.capabilities), row.proof, row.can_bind, row.fixed);
        CHECK((chosen ? *chosen : name_of(chosen.error().code)) == row.chosen);
    }
}

TEST_CASE("the judge of SCRAM agrees with the examples of RFC 5802 and RFC 7677") {
    ScramServer sha1("SHA-1", "", "");
    sha1.nonce = "3rfcNHYJY1ZVvWVs7j";
    sha1.salt_base64 = "QSXCR+Q6sek8bf92";
    CHECK(sha1.first("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL") ==
          "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096");
    CHECK(sha1.final("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                     "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=") == "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
    ScramServer sha256("SHA-256", "", "");
    sha256.first("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    CHECK(sha256.final("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                       "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=") ==
          "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_CASE("SCRAM proves the password on both sides, with and without channel binding") {
    const auto binding_text = std::string("what \0 the line has", 19);
    for (const std::string hash : {"SHA-1", "SHA-256"}) {
        CAPTURE(hash);
        ScramServer plain(hash, "tls-exporter", binding_text);
        CHECK(converse("SCRAM-" + hash, alice(), plain) == "ok");
        CHECK(plain.header == "n,,");
        for (const std::string type : {"tls-exporter", "tls-unique"}) {
            auto identity = alice();
            identity.binding = net::Stream::Binding{type, binding_text};
            ScramServer bound(hash, type, binding_text);
            CHECK(converse("SCRAM-" + hash + "-PLUS", identity, bound) == "ok");
            CHECK(bound.header == "p=" + type + ",,");
            CHECK(converse("SCRAM-" + hash, identity, plain) == "ok");
            CHECK(plain.header == "n,,");
            ScramServer elsewhere(hash, type, "another line");
            CHECK(converse("SCRAM-" + hash + "-PLUS", identity, elsewhere) ==
                  "e=channel-bindings-dont-match");
        }
    }
}

TEST_CASE("SCRAM finds out servers that do not know the password, or ask for absurd work") {
    ScramServer wrong("SHA-256", "", "");
    wrong.password = "other";
    CHECK(converse("SCRAM-SHA-256", alice(), wrong) == "e=invalid-proof");
    struct Row {
        std::string server_first, server_final;
    };
    const std::string salt = ",s=W22ZaJ0SNY7soEsUEjb6gQ==";
    for (const auto* tail : {",i=1", ",i=2147483647", ",i=-1", "", ",i=4096000000000000000"}) {
        auto exchange = SaslExchange::start("SCRAM-SHA-256", alice());
        const auto first = exchange->answer({});
        const auto nonce = first->substr(first->find("r=")) + "x";
        const auto second = exchange->answer(nonce + salt + tail);
        REQUIRE_FALSE(second);
        CHECK(second.error().code == Errc::protocol);
    }
    auto exchange = SaslExchange::start("SCRAM-SHA-256", alice());
    const auto first = exchange->answer({});
    REQUIRE(exchange->answer(first->substr(first->find("r=")) + "x" + salt + ",i=4096"));
    const auto verdict = exchange->answer("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    REQUIRE_FALSE(verdict);
    CHECK(verdict.error().code == Errc::auth);
    CHECK_FALSE(exchange->finished());
}

TEST_CASE("the simple mechanisms say what their documents say") {
    auto identity = alice();
    identity.user = "al=ice,b";
    identity.secret = "tok";
    auto bearer = SaslExchange::start("OAUTHBEARER", identity);
    CHECK(*bearer->answer({}) ==
          "n,a=al=3Dice=2Cb,\1host=mail.example.org\1port=993\1auth=Bearer tok\1\1");
    CHECK(*bearer->answer("{\"status\":\"invalid_token\"}") == "\1");
    auto google = SaslExchange::start("XOAUTH2", identity);
    CHECK(*google->answer({}) == "user=al=ice,b\1auth=Bearer tok\1\1");
    CHECK(google->answer("{\"status\":\"401\"}")->empty());
    auto plain = SaslExchange::start("PLAIN", alice());
    CHECK(*plain->answer({}) == std::string("\0user\0pencil", 12));
    CHECK(plain->finished());
    CHECK_FALSE(plain->answer("more"));
    auto external = SaslExchange::start("EXTERNAL", alice());
    CHECK(*external->answer({}) == "user");
    CHECK(external->finished());
    auto login = SaslExchange::start("LOGIN", alice());
    CHECK(*login->answer({}) == "user");
    CHECK_FALSE(login->finished());
    CHECK(*login->answer("Password:") == "pencil");
    CHECK(login->finished());
}

TEST_CASE("octets that would cut a SASL message are refused before it is made") {
    for (const auto& secret : {std::string("a\0b", 3), std::string("a\1b")}) {
        auto identity = alice();
        identity.secret = secret;
        CHECK(SaslExchange::start("PLAIN", identity).error().code == Errc::invalid);
    }
}

}  // namespace mailhold::imap::client

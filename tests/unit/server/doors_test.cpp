// Ways in beside a password over a plain connection: load balancers, certificates, tokens.
#include "imap/wire/base64.hpp"
#include "running.hpp"

using namespace mailhold;
using namespace mailhold::imap;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;
using namespace std::string_literals;

namespace {

// PROXY v2 for 192.0.2.N:4711 over TCP, or the balancer's own connection.
std::string proxied(char n) {
    return "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02"s + n + "\x0a\0\0\x01\x12\x67\x03\xe1"s;
}
const std::string local = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"s;

}  // namespace

TEST_CASE("behind a load balancer the client's address is what its header says") {
    Fixture fixture;
    fixture.options.proxy_from = {*net::parse_network("127.0.0.0/8")};
    fixture.options.strangers_of_network = 1;
    fixture.start();
    Client one(fixture.runtime, fixture.plain());
    // From afar nobody may log in in plain, though the balancer is near.
    CHECK(one.send(proxied(7)).until("* OK").find("LOGINDISABLED") != std::string::npos);
    Client two(fixture.runtime, fixture.plain());
    CHECK(two.send(proxied(7)).until("*").starts_with("* BYE [UNAVAILABLE]"));
    Client other(fixture.runtime, fixture.plain());
    CHECK(other.send(proxied(8)).until("*").starts_with("* OK"));
    for (int i = 0; i < 2; ++i) {  // its health check is from here
        Client self(fixture.runtime, fixture.plain());
        CHECK(self.send(local).until("* OK").find("AUTH=PLAIN") != std::string::npos);
        CHECK(self.send("a LOGIN alice secret\r\n").until("a ").starts_with("a OK"));
    }
    Client tls(fixture.runtime, fixture.tls());
    tls.send(proxied(9)).start_tls(fixture.trust());
    CHECK(tls.until("*").starts_with("* OK"));
    CHECK(tls.send("a LOGIN alice secret\r\n").until("a ").find("a OK") != std::string::npos);
    // A balancer that forgets the header, or does not finish it, is not heard.
    Client bare(fixture.runtime, fixture.plain());
    CHECK(bare.send("a LOGIN alice secret\r\n").until("*").empty());
}

TEST_CASE(
    "a PROXY header from anybody else is no command, and one that does not come is not waited "
    "for") {
    Fixture fixture;
    fixture.options.proxy_from = {*net::parse_network("10.0.0.0/8")};
    fixture.start();
    Client stranger(fixture.runtime, fixture.plain());
    CHECK(stranger.until("* OK").find("AUTH=PLAIN") != std::string::npos);
    CHECK(stranger.send(proxied(7)).until("* BAD").starts_with("* BAD"));

    Fixture waiting;
    waiting.options.proxy_from = {*net::parse_network("127.0.0.1")};
    waiting.options.proxy_timeout = 0s;
    waiting.start();
    Client silent(waiting.runtime, waiting.plain());
    CHECK(silent.until("*").empty());
}

namespace {

const std::string certificates = MAILHOLD_TEST_DATA "/certificates";

net::ClientTrust shows(const std::string& trusted, const std::string& certificate,
                       const std::string& key) {
    return {.ca_file = trusted, .pin_sha256 = {}, .certificate = certificate, .private_key = key};
}

}  // namespace

TEST_CASE("a client's certificate is verified, names him, and lets him in by EXTERNAL") {
    Fixture fixture;
    const auto alice = certificates + "/alice.crt", key = certificates + "/alice.key";
    fixture.options.users[0].certificates = {"alice@example.org"};
    fixture.options.users[1].certificates = {
        "bob@example.org"};  // which stands in the subject alone
    fixture.identity = net::ServerIdentity::load_or_make(fixture.keys, alice).value();
    fixture.start();
    for (const bool at_once : {true, false}) {
        Client client(fixture.runtime, at_once ? fixture.tls() : fixture.plain());
        if (!at_once) client.until("* OK"), client.send("s STARTTLS\r\n").until("s OK");
        client.start_tls(shows(fixture.trust(), alice, key));
        CHECK(client.send("a CAPABILITY\r\n").until("a OK").find("AUTH=EXTERNAL") !=
              std::string::npos);
        CHECK(client.send("b AUTHENTICATE EXTERNAL Ym9i\r\n").until("b ").find("b NO") !=
              std::string::npos);
        CHECK(client.send("c AUTHENTICATE EXTERNAL =\r\n").until("c ").find("c OK") !=
              std::string::npos);
    }
    Client none(fixture.runtime, fixture.tls());
    none.start_tls(fixture.trust());
    CHECK(none.until("* OK").find("EXTERNAL") == std::string::npos);
    CHECK(none.send("a LOGIN alice secret\r\n").until("a ").starts_with("a OK"));
    // One of another authority is no way in, nor is one that is trusted no more.
    net::ServerIdentity::load_or_make(fixture.world.folder / "foreign").value();
    const auto foreign = (fixture.world.folder / "foreign").string();
    Client stranger(fixture.runtime, fixture.tls());
    stranger.start_tls(shows(fixture.trust(), foreign + "/tls.crt", foreign + "/tls.key"));
    CHECK(stranger.until("* OK").empty());
    fixture.server->reload(
        fixture.options.users,
        net::ServerIdentity::load_or_make(fixture.keys, foreign + "/tls.crt").value());
    Client late(fixture.runtime, fixture.tls());
    late.start_tls(shows(fixture.trust(), alice, key));
    CHECK(late.until("* OK").empty());
    CHECK_FALSE(net::ServerIdentity::load_or_make(fixture.keys, key));
}

TEST_CASE("names of certificates are taken as people write them") {
    const std::string plain(64, 'a');
    const auto known = net::certificate_name(plain);
    REQUIRE(known);
    CHECK(known->starts_with("AA:AA:"));
    CHECK(net::certificate_name(*known) == known);
    CHECK(net::certificate_name("Alice@Example.org") == "alice@example.org");
    for (const auto& wrong :
         std::vector<std::string>{"", "alice", "AB:CD", "a @b", "g" + plain.substr(1)})
        CHECK_FALSE(net::certificate_name(wrong));
}

TEST_CASE("a token is asked about over HTTPS, slowed and counted like a password") {
    Fixture fixture;
    // Who gives tokens: one answer a connection.
    std::vector<std::string> forms;
    auto listener = net::Listener::bind(fixture.runtime.next_executor(), "127.0.0.1", 0).value();
    struct Giver {
        static net::awaitable<void> serve(net::Listener& door,
                                          std::shared_ptr<const net::ServerIdentity> identity,
                                          std::vector<std::string>& asked) {
            const auto executor = co_await boost::asio::this_coro::executor;
            while (true) {
                auto stream = co_await door.accept(executor);
                if (!stream) co_return;
                const auto deadline = net::in(patience);
                const Status secure = co_await stream->start_tls_server(identity, deadline);
                std::string request;
                while (secure && request.find("token=") == std::string::npos) {
                    auto octets = co_await stream->read_some(deadline);
                    if (!octets || octets->empty()) break;
                    request += *octets;
                }
                asked.push_back(request);
                const bool good = request.find("token=good") != std::string::npos;
                const std::string body =
                    good ? R"({"active":true,"username":"bob"})" : R"({"active":false})";
                const auto answer = fmt::format(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                    body.size(), body);
                std::vector<std::string_view> pieces{answer};
                const Status written = co_await stream->write(std::move(pieces), deadline);
                (void)written;
                co_await stream->end(deadline);
            }
        }
    };
    auto giving = boost::asio::co_spawn(fixture.runtime.next_executor(),
                                        Giver::serve(*listener, fixture.identity, forms),
                                        boost::asio::use_future);
    const auto url = fmt::format("https://localhost:{}/introspect", listener->port());
    fixture.options.tokens = std::make_shared<Tokens>(TokenRules{}, [&](const std::string& token) {
        const net::HttpsWay way{
            .ca_file = fixture.trust(), .login = {{"mail hold", "s%t"}}, .timeout = patience};
        return net::post_form(
            url, net::form_text({{"token", token}, {"token_type_hint", "access_token"}}), way);
    });
    fixture.start();
    const auto say = [&](Client& client, const std::string& token) -> Client& {
        return client.send("a AUTHENTICATE OAUTHBEARER " +
                           wire::to_base64("n,,\1auth=Bearer " + token + "\1\1") + "\r\n");
    };
    {
        Client client(fixture.runtime, fixture.plain());
        CHECK(client.until("* OK").find("AUTH=OAUTHBEARER AUTH=XOAUTH2") != std::string::npos);
        CHECK(say(client, "bad").until("+ ").starts_with("+ "));
        CHECK(client.send("AQ==\r\n").until("a ").starts_with("a NO [AUTHENTICATIONFAILED]"));
        CHECK(say(client, "good").until("a ").starts_with("a OK"));
        CHECK(client.send("b LIST \"\" INBOX\r\n").until("b ").find("b OK") != std::string::npos);
    }
    Client again(fixture.runtime, fixture.plain());
    CHECK(say(again, "good").until("a ").find("a OK") != std::string::npos);
    CHECK(fixture.logins == 2);
    CHECK(fixture.failures == 1);
    listener->close();
    giving.get();
    CHECK(forms.size() == 2);  // what was good is remembered
    CHECK(forms[0].find("POST /introspect") == 0);
    CHECK(forms[0].find("Authorization: Basic " + wire::to_base64("mail%20hold:s%25t")) !=
          std::string::npos);
    // Nobody to ask: it is no failure of the client.
    Client later(fixture.runtime, fixture.plain());
    CHECK(say(later, "other").until("a ").find("a NO [UNAVAILABLE]") != std::string::npos);
    CHECK(fixture.failures == 1);
}

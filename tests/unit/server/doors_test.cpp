// Ways in beside a password over a plain connection: load balancers.
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

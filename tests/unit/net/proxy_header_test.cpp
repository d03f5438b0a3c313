#include <catch2/catch.hpp>

#include <string>

#include "imap/net/proxy_header.hpp"
#include "tests/unit/net/loopback.hpp"

using namespace mailhold;
using namespace mailhold::imap::net;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

// haproxy's proxy-protocol.txt, 2.2: signature, version and command, family, length.
std::string header(char command, char family, const std::string& rest) {
    return "\r\n\r\n\0\r\nQUIT\n"s + static_cast<char>(0x20 | command) + family +
           static_cast<char>(rest.size() >> 8) + static_cast<char>(rest.size() & 0xff) + rest;
}

const std::string v4 = "\xc0\x00\x02\x07\x0a\x00\x00\x01\x12\x67\x03\xe1"s;  // 192.0.2.7:4711
const std::string v6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"s +
                       std::string(16, '\0') + "\x12\x67\x03\xe1"s;

}  // namespace

TEST_CASE("a PROXY header tells the client's address, for IPv4 and IPv6, with extras and without") {
    for (const auto& extras :
         {""s, "\x03\x00\x04"s + "\x01\x02\x03\x04"s, std::string(3000, 'x')}) {
        const auto four = read_proxy_header(header(1, 0x11, v4 + extras));
        REQUIRE(four);
        REQUIRE(four->client);
        CHECK(four->client->port == 4711);
        CHECK(std::string(four->client->octets.begin(), four->client->octets.end()) ==
              std::string(10, '\0') + "\xff\xff\xc0\x00\x02\x07"s);
        const auto six = read_proxy_header(header(1, 0x21, v6 + extras));
        REQUIRE(six);
        REQUIRE(six->client);
        CHECK(std::string(six->client->octets.begin(), six->client->octets.end()) ==
              v6.substr(0, 16));
    }
}

TEST_CASE("LOCAL, and what has no address, is the balancer's own connection") {
    for (const auto& octets : {header(0, 0, ""), header(0, 0x11, v4), header(1, 0, ""),
                               header(1, 0, "abc"), header(1, 0x31, std::string(216, '\0'))}) {
        const auto read = read_proxy_header(octets);
        REQUIRE(read);
        CHECK_FALSE(read->client);
    }
}

TEST_CASE("what is no PROXY header is known as soon as it can be") {
    const auto whole = header(1, 0x11, v4);
    for (std::size_t i = 0; i <= whole.size(); ++i) {
        INFO(i);
        const auto size = proxy_header_size(std::string_view(whole).substr(0, i));
        REQUIRE(size);
        CHECK(*size == (i < 16 ? 16 : whole.size()));
        if (i < whole.size()) CHECK_FALSE(read_proxy_header(whole.substr(0, i)));
    }
    CHECK_FALSE(read_proxy_header(whole + "x"));
    for (const auto& octets : {"P"s, "PROXY TCP4 192.0.2.7 10.0.0.1 4711 993\r\n"s, "\r\n\r\r"s,
                               "a1 NOOP\r\n"s, "\x16\x03"s})
        CHECK(proxy_header_size(octets).error().code == Errc::protocol);
    CHECK(proxy_header_size(header(1, 0x11, std::string(5000, 'x'))).error().code == Errc::limit);
    auto version = whole;
    version[12] = 0x11;
    CHECK(read_proxy_header(version).error().code == Errc::protocol);
    for (const auto& octets :
         {header(2, 0x11, v4), header(1, 0x12, v4), header(1, 0x41, v4),
          header(1, 0x11, v4.substr(1)), header(1, 0x21, v4), header(1, 0x11, "")})
        CHECK(read_proxy_header(octets).error().code == Errc::protocol);
}

TEST_CASE(
    "a connection that is passed on is the client's, and what follows the header is its own") {
    std::string remote, network, heard;
    Status read;
    test::converse(
        [&](Stream stream) -> awaitable<void> {
            const auto deadline = in(10s);
            read = co_await stream.take_proxy_header(deadline);
            remote = stream.remote();
            network = stream.remote_network();
            heard = (co_await stream.read_some(deadline)).value_or("");
        },
        [&](Stream stream) -> awaitable<void> {
            const auto octets = header(1, 0x21, v6) + "a1 NOOP\r\n";
            std::vector<std::string_view> pieces{octets};
            const auto deadline = in(10s);
            const auto written = co_await stream.write(std::move(pieces), deadline);
            const auto end = co_await stream.read_some(deadline);
            (void)written, (void)end;
        });
    REQUIRE(read);
    CHECK(remote == "[2001:db8::1]:4711");
    CHECK(network == "2001:db8::/64");
    CHECK(heard == "a1 NOOP\r\n");
}

TEST_CASE("a connection that says something else than a PROXY header, or nothing, is refused") {
    for (const std::string said : {"a1 LOGIN alice secret\r\n", ""}) {
        Status read;
        test::converse(
            [&](Stream stream) -> awaitable<void> {
                const auto deadline = in(said.empty() ? 50ms : 10s);
                read = co_await stream.take_proxy_header(deadline);
            },
            [&](Stream stream) -> awaitable<void> {
                std::vector<std::string_view> pieces{said};
                const auto deadline = in(10s);
                const auto written = co_await stream.write(std::move(pieces), deadline);
                const auto end = co_await stream.read_some(deadline);
                (void)written, (void)end;
            });
        REQUIRE_FALSE(read);
        CHECK(read.error().code == (said.empty() ? Errc::timeout : Errc::protocol));
    }
}

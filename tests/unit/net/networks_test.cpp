#include "imap/net/networks.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::imap::net;

TEST_CASE("an address is in a network when the network's bits are its own") {
    struct Row {
        const char* network;
        const char* address;
        bool within;
    };
    const Row table[] = {
        {"127.0.0.0/8", "127.9.9.9", true},
        {"127.0.0.0/8", "128.0.0.1", false},
        {"127.0.0.0/8", "::ffff:127.0.0.1", true},
        {"192.0.2.77/30", "192.0.2.79", true},
        {"192.0.2.77/30", "192.0.2.80", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "192.0.2.1", true},
        {"::1", "::1", true},
        {"::1", "(closed)", false},
    };
    for (const auto& row : table) {
        CAPTURE(row.network, row.address);
        const auto network = parse_network(row.network);
        REQUIRE(network);
        CHECK(is_within(row.address, {*network}) == row.within);
    }
    for (const auto* wrong : {"", "/8", "127.0.0.0/", "127.0.0.0/33", "127.0.0.0/-1", "::/129",
                              "localhost", "127.0.0.1/8x", "1.2.3"})
        CHECK_FALSE(parse_network(wrong));
}

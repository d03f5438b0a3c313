// What a load balancer says ahead of a connection that it passes on: the header of the PROXY
// protocol, version 2 (haproxy's proxy-protocol.txt, 2.2). Version 1 is none. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "store/base/error.hpp"

namespace mailhold::imap::net {

inline constexpr std::size_t most_proxy_header =
    4 << 10;  // octets; what is above 52 of them is extras

struct ProxyHeader {
    struct Address {
        std::array<std::uint8_t, 16> octets{};  // an IPv4 one as ::ffff:a.b.c.d
        std::uint16_t port = 0;
        bool operator==(const Address&) const = default;
    };
    // Of the client. None where the balancer speaks for itself (LOCAL), or of what has no address.
    std::optional<Address> client;
    bool operator==(const ProxyHeader&) const = default;
};

// How many octets it takes to go on: what is there already where the header is whole, and never
// beyond its end. Errc::protocol as soon as it cannot be one, Errc::limit.
Result<std::size_t> proxy_header_size(std::string_view octets);
// Of a whole one. What it says of the connection's encryption and the like is passed over.
Result<ProxyHeader> read_proxy_header(std::string_view octets);

}  // namespace mailhold::imap::net

// Networks of addresses, as "192.0.2.0/24", "2001:db8::/32" or one address. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailhold::imap::net {

struct Network {
    std::array<std::uint8_t, 16> address{};  // an IPv4 one as ::ffff:a.b.c.d
    unsigned bits = 128;                     // of it that count
    bool operator==(const Network&) const = default;
};

// nullopt where it is none. Bits beyond the network's length are disregarded.
std::optional<Network> parse_network(std::string_view text);
// `address` without port or brackets; one that is none is in no network.
bool is_within(std::string_view address, const std::vector<Network>& networks);

}  // namespace mailhold::imap::net

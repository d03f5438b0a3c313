// Where to listen: an address and a port.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/base/error.hpp"

namespace mailhold::config {

struct Endpoint {
    std::string host;  // an address, IPv6 without brackets; "localhost", or "*" for every address
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

// "127.0.0.1:1143", "[::1]:1143", "localhost:0" (any free port), "*:143" (every address).
Result<Endpoint> parse_endpoint(std::string_view text);
std::string to_text(const Endpoint& endpoint);

// localhost, 127.0.0.0/8 or ::1. A name is not looked up.
bool is_loopback(std::string_view host);

}  // namespace mailhold::config

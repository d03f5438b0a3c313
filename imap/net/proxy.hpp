// Connecting through a proxy: SOCKS5 (RFC 1928, 1929) and HTTP CONNECT (RFC 9110 9.3.6). Names are resolved
// by the proxy. What the proxy says is bounded in size and time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "imap/net/stream.hpp"

namespace mailhold::imap::net {

struct Proxy {
    enum class Kind { socks5, http };
    Kind kind = Kind::socks5;
    std::string host;
    std::uint16_t port = 1080;
    std::string user = {};  // empty: none is given
    std::string password = {};
    bool operator==(const Proxy&) const = default;
};

// Directly, or through the proxy. Errc::network, with what the proxy says; Errc::timeout.
awaitable<Result<Stream>> connect_by(std::optional<Proxy> proxy, std::string host,
                                     std::uint16_t port, Deadline deadline);

}  // namespace mailhold::imap::net

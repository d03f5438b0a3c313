// The URL of a proxy: socks5://host:1080, http://user:password@host:3128. Boost.URL stays in the .cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/base/error.hpp"

namespace mailhold::config {

struct ProxyUrl {
    enum class Kind { socks5, http };
    Kind kind = Kind::socks5;
    std::string host;  // IPv6 without brackets
    std::uint16_t port = 0;
    std::string user, password;  // percent-decoded; empty: none
    bool operator==(const ProxyUrl&) const = default;
};

// Errc::invalid; its text does not repeat the URL, which may hold a password.
Result<ProxyUrl> parse_proxy_url(std::string_view text);
}  // namespace mailhold::config

// The URL of an origin: imaps://alice%40example.org@mail.example.org, imap:// (STARTTLS required)
// and imap+insecure:// (no TLS, loopback only). Boost.URL stays in the .cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/base/error.hpp"

namespace mailhold::config {

enum class Transport { implicit_tls, starttls, insecure };

struct OriginUrl {
    std::string text;  // as written; holds no password
    Transport transport = Transport::implicit_tls;
    std::string host;  // IPv6 without brackets
    std::uint16_t port = 993;
    std::string user;  // percent-decoded
    bool operator==(const OriginUrl&) const = default;
};

Result<OriginUrl> parse_origin_url(std::string_view text);

}  // namespace mailhold::config

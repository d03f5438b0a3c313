// What a client says that logs in by a token: OAUTHBEARER (RFC 7628) and the older XOAUTH2. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailhold::imap::server {

struct Bearer {
    std::string user;   // whom he wants to be; empty: whom the token is of
    std::string token;  // empty: he asks what is wanted (RFC 7628 4.3)
    bool operator==(const Bearer&) const = default;
};

// nullopt for what is no such message.
std::optional<Bearer> read_oauthbearer(std::string_view message);
std::optional<Bearer> read_xoauth2(std::string_view message);

// The challenge that says why not (RFC 7628 3.2.2); `scope` may be empty.
std::string bearer_refused(std::string_view scope);

}  // namespace mailhold::imap::server

// OAuth 2.0 as a mail client needs it: refreshing an access token (RFC 6749 6) and asking a person for
// consent on another device (RFC 8628). Texts to send and the meaning of answers; how they travel is given.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "imap/net/https.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::client {

struct OAuthClient {
    std::string token_url;
    std::string device_url;  // empty: no device authorisation
    std::string client_id;
    std::function<Result<std::string>()> client_secret;  // none for public clients; blocking
    std::string scope;
};

// Sends a form to a URL; blocking.
using Post =
    std::function<Result<net::HttpsAnswer>(const std::string& url, const std::string& form)>;

struct Grant {
    std::string access_token;
    std::chrono::seconds lives{0};
    std::optional<std::string> refresh_token;  // a new one, which replaces the old one
};
// Errc::auth "consent needed again" where the refresh token counts no more; Errc::network for passing
// trouble of the endpoint, Errc::protocol for what is no answer.
Result<Grant> refresh(const OAuthClient& client, const std::string& refresh_token,
                      const Post& post);

struct DeviceCode {
    std::string device_code;
    std::string user_code;
    std::string verification_url;
    std::chrono::seconds expires{0};
    std::chrono::seconds interval{5};  // between questions, at least
};
Result<DeviceCode> ask_for_device_code(const OAuthClient& client, const Post& post);

enum class Pending { yes, slow_down /* ask less often from now on */ };
struct DeviceAnswer {
    std::optional<Grant> grant;  // none: still pending
    Pending pending = Pending::yes;
};
// One question whether the person has consented. Errc::auth: refused, or the code has expired.
Result<DeviceAnswer> ask_for_device_grant(const OAuthClient& client, const DeviceCode& code,
                                          const Post& post);

}  // namespace mailhold::imap::client

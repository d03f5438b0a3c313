// A form posted over HTTPS, for OAuth's endpoints: the wall around libcurl. Always TLS 1.2 or newer with
// chain and name verified, no redirects, small answers.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "imap/net/proxy.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::net {

struct HttpsAnswer {
    long status = 0;
    std::string body;  // 64 KiB at most
};
struct HttpsWay {
    std::string ca_file = {};  // PEM; the system's store if empty
    std::optional<Proxy> proxy = {};
    std::chrono::seconds timeout{30};
};

// Blocking. Errc::invalid for a URL that is not https, Errc::tls, Errc::timeout, Errc::network. Any status
// is an answer. No error holds the form.
Result<HttpsAnswer> post_form(const std::string& url, const std::string& form, const HttpsWay& way);

}  // namespace mailhold::imap::net

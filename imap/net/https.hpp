// A form posted over HTTPS, for OAuth's endpoints: the wall around libcurl. Always TLS 1.2 or newer with
// chain and name verified, no redirects, small answers.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
    struct Login {
        std::string user, password;
    };
    std::optional<Login> login = {};  // of ours (RFC 6749 2.3.1)
    std::chrono::seconds timeout{30};
};

// application/x-www-form-urlencoded (RFC 6749, appendix B); empty values are left out.
std::string form_text(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

// Blocking. Errc::invalid for a URL that is not https, Errc::tls, Errc::timeout, Errc::network. Any status
// is an answer. No error holds the form.
Result<HttpsAnswer> post_form(const std::string& url, const std::string& form, const HttpsWay& way);

}  // namespace mailhold::imap::net

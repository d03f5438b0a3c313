#include "imap/server/login/bearer.hpp"

#include <algorithm>

#include "imap/server/ascii.hpp"

namespace mailhold::imap::server {
namespace {

// RFC 5801 4, saslname: "," and "=" are written so.
std::optional<std::string> plain_name(std::string_view name) {
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '=') {
            plain += name[i];
            continue;
        }
        const auto code = name.substr(i, 3);
        if (code != "=2C" && code != "=3D") return std::nullopt;
        plain += code == "=2C" ? ',' : '=';
        i += 2;
    }
    return plain;
}

// RFC 6750 2.1, b64token; the scheme in any case.
std::optional<std::string> token_in(std::string_view value) {
    constexpr std::string_view scheme = "Bearer ";
    if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return std::nullopt;
    value.remove_prefix(scheme.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-._~+/=").contains(c);
    };
    if (value.empty() || !std::ranges::all_of(value, is_part)) return std::nullopt;
    return std::string(value);
}

// The value of `key` among "key=value" ^A ... ^A; nullopt where they are not written so.
struct Pairs {
    std::optional<std::string_view> user, auth;
};
std::optional<Pairs> read_pairs(std::string_view text) {
    Pairs pairs;
    while (text != "\1") {
        const auto end = text.find('\1');
        const auto equals = text.find('=');
        if (end == text.npos || equals == 0 || equals >= end) return std::nullopt;
        const auto key = text.substr(0, equals), value = text.substr(equals + 1, end - equals - 1);
        if (key == "user") pairs.user = value;
        if (key == "auth") pairs.auth = value;
        text.remove_prefix(end + 1);
    }
    return pairs;
}

}  // namespace

std::optional<Bearer> read_oauthbearer(std::string_view message) {
    // RFC 5801 4, gs2-header: no channel binding goes with it (RFC 7628 3.1).
    if (!message.starts_with("n,") && !message.starts_with("y,")) return std::nullopt;
    message.remove_prefix(2);
    const auto comma = message.find(',');
    if (comma == message.npos) return std::nullopt;
    auto name = message.substr(0, comma);
    message.remove_prefix(comma + 1);
    Bearer bearer;
    if (!name.empty()) {
        if (!name.starts_with("a=") || name.size() == 2) return std::nullopt;
        auto user = plain_name(name.substr(2));
        if (!user) return std::nullopt;
        bearer.user = std::move(*user);
    }
    if (!message.starts_with('\1')) return std::nullopt;
    const auto pairs = read_pairs(message.substr(1));
    if (!pairs) return std::nullopt;
    if (!pairs->auth) return bearer;
    auto token = token_in(*pairs->auth);
    if (!token && !pairs->auth->empty()) return std::nullopt;
    bearer.token = token.value_or("");
    return bearer;
}

std::optional<Bearer> read_xoauth2(std::string_view message) {
    const auto pairs = read_pairs(message);
    if (!pairs || !pairs->user || pairs->user->empty() || !pairs->auth) return std::nullopt;
    auto token = token_in(*pairs->auth);
    if (!token) return std::nullopt;
    return Bearer{std::string(*pairs->user), std::move(*token)};
}

std::string bearer_refused(std::string_view scope) {
    // A scope has no character that JSON would want written otherwise (RFC 6749 3.3).
    std::string text = R"({"status":"invalid_token","schemes":"bearer")";
    if (!scope.empty()) text.append(R"(,"scope":")").append(scope).append("\"");
    return text + "}";
}

}  // namespace mailhold::imap::server

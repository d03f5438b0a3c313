#include "imap/server/login/tokens.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace mailhold::imap::server {
namespace {

namespace json = boost::json;

std::string_view text_of(const json::object& answer, std::string_view name) {
    const auto* value = answer.if_contains(name);
    const auto* text = value ? value->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

// NumericDate (RFC 7519 2).
std::optional<Now> time_of(const json::object& answer, std::string_view name) {
    constexpr double last = 9e9;  // seconds, which a clock of nanoseconds still holds: 2255
    const auto* value = answer.if_contains(name);
    if (!value || !value->is_number()) return std::nullopt;
    const auto seconds = std::clamp(value->to_number<double>(), 0.0, last);
    return Now(std::chrono::seconds(std::llround(std::floor(seconds))));
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

// "aud" is a string, or an array of them (RFC 7519 4.1.3).
bool is_for(const json::object& answer, std::string_view audience) {
    const auto* value = answer.if_contains("aud");
    const auto* all = value ? value->if_array() : nullptr;
    if (!all) return text_of(answer, "aud") == audience;
    return std::ranges::any_of(*all, [&](const json::value& each) {
        return each.is_string() && std::string_view(each.get_string()) == audience;
    });
}

}  // namespace

Result<std::optional<Introspected>> read_introspection(const net::HttpsAnswer& answer,
                                                       const TokenRules& rules, Now now) {
    // RFC 7662 2.3: 401 is about ourselves.
    if (answer.status != 200)
        return fail(Errc::protocol, fmt::format("it answers with status {}", answer.status));
    boost::system::error_code problem;
    json::parse_options options;
    options.max_depth = 8;
    const auto value = json::parse(answer.body, problem, {}, options);
    if (problem || !value.is_object()) return fail(Errc::protocol, "it answers with no JSON");
    const auto& object = value.get_object();
    const auto* active = object.if_contains("active");
    if (!active || !active->is_bool()) return fail(Errc::protocol, "it does not say whether");
    const auto expires = time_of(object, "exp");
    const auto begins = time_of(object, "nbf");
    const auto user = text_of(object, rules.user_claim);
    const bool counts = active->get_bool() && !user.empty() && (!expires || *expires > now) &&
                        (!begins || *begins <= now) &&
                        (rules.scope.empty() || has_word(text_of(object, "scope"), rules.scope)) &&
                        (rules.audience.empty() || is_for(object, rules.audience));
    if (!counts) return std::nullopt;
    return Introspected{std::string(user), expires};
}

Result<std::optional<std::string>> Tokens::user_of(const std::string& token, Now now) {
    const auto key = sha256(token);
    {
        const std::lock_guard lock(mutex_);
        const auto known = known_.find(key);
        if (known != known_.end() && now < known->second.until) return known->second.user;
    }
    const auto answer = ask_(token);
    if (!answer) return std::unexpected(answer.error());
    auto told = read_introspection(*answer, rules_, now);
    if (!told) return std::unexpected(told.error());
    if (!*told) return std::nullopt;
    const auto until = std::min(now + remembered, (*told)->expires.value_or(Now::max()));
    const std::lock_guard lock(mutex_);
    std::erase_if(known_, [&](const auto& each) { return each.second.until <= now; });
    if (known_.size() < most) known_.insert_or_assign(key, Known{(*told)->user, until});
    return std::move((*told)->user);
}

}  // namespace mailhold::imap::server

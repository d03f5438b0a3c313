// Forms out, JSON in.
#include "imap/client/oauth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "imap/client/client_core.hpp"

namespace mailhold::imap::client {
namespace {

constexpr std::chrono::seconds longest_life{24 * 3600};

std::string text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(*text);
}

// Some send numbers as strings.
std::chrono::seconds seconds_of(const boost::json::object& object, std::string_view name,
                                std::chrono::seconds otherwise) {
    const auto* value = object.if_contains(name);
    if (value == nullptr) return otherwise;
    std::int64_t count = otherwise.count();
    if (const auto* number = value->if_int64()) count = *number;
    if (const auto* text = value->if_string())
        std::from_chars(text->data(), text->data() + text->size(), count);
    return std::chrono::seconds(std::clamp<std::int64_t>(count, 0, longest_life.count()));
}

Result<boost::json::object> object_of(const net::HttpsAnswer& answer, std::string_view who) {
    boost::system::error_code problem;
    boost::json::parse_options options;
    options.max_depth = 8;
    const auto value = boost::json::parse(answer.body, problem, {}, options);
    if (!problem && value.is_object()) return value.as_object();
    const bool passing = answer.status >= 500 || answer.status == 429;
    return fail(passing ? Errc::network : Errc::protocol,
                fmt::format("{} answers with status {} and no JSON", who, answer.status));
}

Result<Grant> grant_of(const boost::json::object& object, std::string_view who) {
    Grant grant{text_of(object, "access_token"),
                seconds_of(object, "expires_in", std::chrono::hours(1)), std::nullopt};
    if (grant.access_token.empty())
        return fail(Errc::protocol, fmt::format("{} answers without an access token", who));
    auto refresh_token = text_of(object, "refresh_token");
    if (!refresh_token.empty()) grant.refresh_token = std::move(refresh_token);
    return grant;
}

// "invalid_grant: Token has been revoked"; both are the server's words.
std::string complaint(const boost::json::object& object) {
    const auto error = printable(text_of(object, "error"));
    const auto described = printable(text_of(object, "error_description"));
    return described.empty() ? error : fmt::format("{}: {}", error, described);
}

Result<std::string> secret_of(const OAuthClient& client) {
    return client.client_secret ? client.client_secret() : Result<std::string>(std::string());
}

}  // namespace

Result<Grant> refresh(const OAuthClient& client, const std::string& refresh_token,
                      const Post& post) {
    const auto secret = secret_of(client);
    if (!secret) return std::unexpected(secret.error());
    const auto answer = post(client.token_url, net::form_text({{"grant_type", "refresh_token"},
                                                               {"refresh_token", refresh_token},
                                                               {"client_id", client.client_id},
                                                               {"client_secret", *secret}}));
    if (!answer) return std::unexpected(answer.error());
    const auto object = object_of(*answer, client.token_url);
    if (!object) return std::unexpected(object.error());
    if (answer->status == 200) return grant_of(*object, client.token_url);
    const bool passing = answer->status >= 500 || answer->status == 429;
    return fail(passing ? Errc::network : Errc::auth,
                fmt::format("{}{} says {}", passing ? "" : "consent needed again: ",
                            client.token_url, complaint(*object)));
}

Result<DeviceCode> ask_for_device_code(const OAuthClient& client, const Post& post) {
    const auto answer =
        post(client.device_url,
             net::form_text({{"client_id", client.client_id}, {"scope", client.scope}}));
    if (!answer) return std::unexpected(answer.error());
    const auto object = object_of(*answer, client.device_url);
    if (!object) return std::unexpected(object.error());
    if (answer->status != 200)
        return fail(Errc::auth, fmt::format("{} says {}", client.device_url, complaint(*object)));
    DeviceCode code;
    code.device_code = text_of(*object, "device_code");
    code.user_code = text_of(*object, "user_code");
    code.verification_url = text_of(*object, "verification_uri");
    // Google's name for it, from a draft.
    if (code.verification_url.empty()) code.verification_url = text_of(*object, "verification_url");
    code.expires = seconds_of(*object, "expires_in", std::chrono::minutes(15));
    code.interval =
        std::max(std::chrono::seconds(1), seconds_of(*object, "interval", std::chrono::seconds(5)));
    if (code.device_code.empty() || code.user_code.empty() || code.verification_url.empty())
        return fail(Errc::protocol,
                    fmt::format("{} gives no code for a device", client.device_url));
    return code;
}

Result<DeviceAnswer> ask_for_device_grant(const OAuthClient& client, const DeviceCode& code,
                                          const Post& post) {
    const auto secret = secret_of(client);
    if (!secret) return std::unexpected(secret.error());
    const auto answer =
        post(client.token_url,
             net::form_text({{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                             {"device_code", code.device_code},
                             {"client_id", client.client_id},
                             {"client_secret", *secret}}));
    if (!answer) return std::unexpected(answer.error());
    const auto object = object_of(*answer, client.token_url);
    if (!object) return std::unexpected(object.error());
    if (answer->status == 200) {
        auto grant = grant_of(*object, client.token_url);
        if (!grant) return std::unexpected(grant.error());
        return DeviceAnswer{std::move(*grant), Pending::yes};
    }
    const auto error = text_of(*object, "error");
    if (error == "authorization_pending") return DeviceAnswer{};
    if (error == "slow_down") return DeviceAnswer{std::nullopt, Pending::slow_down};
    return fail(Errc::auth, fmt::format("{} says {}", client.token_url, complaint(*object)));
}

}  // namespace mailhold::imap::client

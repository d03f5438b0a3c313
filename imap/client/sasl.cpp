// The choice among mechanisms, and the exchange with GNU SASL or OAuth's two texts.
#include "imap/client/sasl.hpp"

#include <fmt/format.h>
#include <gsasl.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "imap/client/client_core.hpp"
#include "imap/wire/base64.hpp"

namespace mailhold::imap::client {
namespace {

// RFC 7677 4: fewer iterations protect no password; more only keep us busy.
constexpr unsigned least_iterations = 4096;
constexpr unsigned most_iterations = 1'000'000;

constexpr std::string_view for_passwords[] = {
    "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"};
constexpr std::string_view for_tokens[] = {"OAUTHBEARER", "XOAUTH2"};
constexpr std::string_view for_certificates[] = {"EXTERNAL"};

std::span<const std::string_view> mechanisms_for(Proof proof) {
    switch (proof) {
        case Proof::password:
            return for_passwords;
        case Proof::token:
            return for_tokens;
        case Proof::certificate:
            return for_certificates;
    }
    return {};
}

bool is_offered(const Offered& capabilities, std::string_view mechanism) {
    return capabilities.contains(fmt::format("AUTH={}", mechanism));
}

std::string offer(const Offered& capabilities) {
    std::string text;
    for (const auto& capability : capabilities) {
        if (capability.starts_with("AUTH="))
            text += (text.empty() ? "" : ", ") + printable(capability.substr(5));
    }
    return text.empty() ? "no way to log in" : text;
}

std::string_view name_of(Proof proof) {
    switch (proof) {
        case Proof::password:
            return "password";
        case Proof::token:
            return "token";
        case Proof::certificate:
            return "certificate";
    }
    return {};
}

// The number behind "i=" of SCRAM's server-first-message.
std::optional<unsigned> iterations(std::string_view challenge) {
    const auto at = challenge.find(",i=");
    if (at == std::string_view::npos) return std::nullopt;
    const auto digits = challenge.substr(at + 3);
    unsigned count = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return problem == std::errc{} ? std::optional(count) : std::nullopt;
}

// RFC 5801 4: a saslname.
std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '=')
            text += "=3D";
        else if (c == ',')
            text += "=2C";
        else
            text += c;
    }
    return text;
}

}  // namespace

Result<std::string> choose_mechanism(const Offered& capabilities, Proof proof, bool can_bind,
                                     std::string_view fixed) {
    for (const auto mechanism : mechanisms_for(proof)) {
        if (!fixed.empty() && mechanism != fixed) continue;
        if (mechanism.ends_with("-PLUS") && !can_bind) continue;
        if (is_offered(capabilities, mechanism)) return std::string(mechanism);
    }
    const bool command = proof == Proof::password && !capabilities.contains("LOGINDISABLED");
    if (command && (fixed.empty() || fixed == "LOGIN")) return std::string();
    return fail(Errc::auth, fmt::format("the server takes no {} {}; it offers {}", name_of(proof),
                                        fixed.empty() ? "here" : fmt::format("by {}", fixed),
                                        offer(capabilities)));
}

struct SaslExchange::Parts {
    struct End {
        void operator()(Gsasl* ended) const { gsasl_done(ended); }
        void operator()(Gsasl_session* ended) const { gsasl_finish(ended); }
    };
    std::string mechanism;
    std::unique_ptr<Gsasl, End> library;
    std::unique_ptr<Gsasl_session, End> session;  // none: `text` is all there is to say
    std::string text;
    unsigned answers = 0;
    bool finished = false;
};

SaslExchange::SaslExchange(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SaslExchange::~SaslExchange() = default;
SaslExchange::SaslExchange(SaslExchange&&) noexcept = default;

bool SaslExchange::finished() const {
    return parts_->finished;
}

Result<SaslExchange> SaslExchange::start(const std::string& mechanism, Identity identity) {
    // NUL and ^A cut the messages of some mechanism; no user, password or token has them.
    constexpr std::string_view cutting("\0\1", 2);
    if (identity.user.find_first_of(cutting) != std::string::npos ||
        identity.secret.find_first_of(cutting) != std::string::npos)
        return fail(Errc::invalid, "a user name, password or token with a NUL or ^A octet");
    auto parts = std::make_unique<Parts>();
    parts->mechanism = mechanism;
    if (mechanism == "XOAUTH2") {
        parts->text = fmt::format("user={}\1auth=Bearer {}\1\1", identity.user, identity.secret);
        return SaslExchange(std::move(parts));
    }
    if (mechanism == "OAUTHBEARER") {  // RFC 7628 3.1
        parts->text =
            fmt::format("n,a={},\1host={}\1port={}\1auth=Bearer {}\1\1", escaped(identity.user),
                        identity.host, identity.port, identity.secret);
        return SaslExchange(std::move(parts));
    }
    Gsasl* library = nullptr;
    Gsasl_session* session = nullptr;
    if (gsasl_init(&library) != GSASL_OK) return fail(Errc::unsupported, "GNU SASL does not start");
    parts->library.reset(library);
    if (const int code = gsasl_client_start(library, mechanism.c_str(), &session); code != GSASL_OK)
        return fail(Errc::unsupported, fmt::format("{}: {}", mechanism, gsasl_strerror(code)));
    parts->session.reset(session);
    const auto set = [session](Gsasl_property property, const std::string& value) {
        return gsasl_property_set(session, property, value.c_str()) == GSASL_OK;
    };
    const auto named = mechanism == "EXTERNAL" ? GSASL_AUTHZID : GSASL_AUTHID;
    bool all = set(named, identity.user) && set(GSASL_PASSWORD, identity.secret);
    // GNU SASL never says "I could bind, but you do not offer it" (RFC 5802 6, "y"): that an origin has
    // offered it is remembered elsewhere.
    if (identity.binding && mechanism.ends_with("-PLUS")) {
        const auto kind =
            identity.binding->type == "tls-exporter" ? GSASL_CB_TLS_EXPORTER : GSASL_CB_TLS_UNIQUE;
        all = all && set(kind, wire::to_base64(identity.binding->octets));
    }
    if (!all) return fail(Errc::unsupported, "GNU SASL takes no properties");
    return SaslExchange(std::move(parts));
}

Result<std::string> SaslExchange::answer(std::string_view challenge) {
    auto& parts = *parts_;
    const bool first = parts.answers++ == 0;
    if (!parts.session) {
        // RFC 7628 3.2.3, and Google's XOAUTH2: a second challenge is an error that wants an answer
        // before it becomes a NO.
        if (!first) return parts.mechanism == "OAUTHBEARER" ? "\1" : "";
        parts.finished = true;
        return std::exchange(parts.text, {});
    }
    if (!first && parts.finished) return fail(Errc::protocol, "a challenge after the last one");
    if (parts.mechanism.starts_with("SCRAM-") && parts.answers == 2) {
        const auto count = iterations(challenge);
        if (!count || *count < least_iterations || *count > most_iterations)
            return fail(
                Errc::protocol,
                fmt::format("{}: {} iterations asked for; {} to {} are well", parts.mechanism,
                            count.value_or(0), least_iterations, most_iterations));
    }
    char* output = nullptr;
    std::size_t size = 0;
    const int code =
        gsasl_step(parts.session.get(), challenge.data(), challenge.size(), &output, &size);
    std::string text;
    if (output != nullptr) text.assign(output, size);
    gsasl_free(output);
    if (code != GSASL_OK && code != GSASL_NEEDS_MORE)
        return fail(code == GSASL_AUTHENTICATION_ERROR ? Errc::auth : Errc::protocol,
                    fmt::format("{}: {}", parts.mechanism, gsasl_strerror(code)));
    parts.finished = code == GSASL_OK;
    return text;
}

}  // namespace mailhold::imap::client

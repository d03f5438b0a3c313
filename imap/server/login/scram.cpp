#include "imap/server/login/scram.hpp"

#include <fmt/format.h>
#include <gsasl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "imap/wire/base64.hpp"
#include "store/base/digest.hpp"
#include "store/base/file.hpp"

namespace mailhold::imap::server {
namespace {

constexpr std::string_view scheme = "SCRAM-SHA-256$";
constexpr std::size_t key_size = 32;
constexpr unsigned usual_iterations = 100'000;  // a login costs the client a tenth of a second
constexpr unsigned least_iterations = 4'096, most_iterations = 1'000'000;  // RFC 7677 4

struct Free {
    void operator()(char* text) const { gsasl_free(text); }
};

std::string octets_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

ScramKeys decoy(std::string_view secret, std::string_view name, unsigned iterations) {
    const auto derived = [&](std::string_view purpose) {
        return octets_of(sha256(fmt::format("{}{}\n{}", secret, purpose, name)));
    };
    return {iterations, derived("salt").substr(0, 16), derived("stored"), derived("server")};
}

}  // namespace

std::optional<ScramKeys> read_verifier(std::string_view text) {
    if (!text.starts_with(scheme)) return std::nullopt;
    text.remove_prefix(scheme.size());
    const auto colon = text.find(':'), dollar = text.find('$'), last = text.rfind(':');
    if (colon == text.npos || dollar == text.npos || colon > dollar || last < dollar)
        return std::nullopt;
    ScramKeys keys;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + colon, keys.iterations);
    const auto salt = wire::from_base64(text.substr(colon + 1, dollar - colon - 1));
    const auto stored = wire::from_base64(text.substr(dollar + 1, last - dollar - 1));
    const auto server = wire::from_base64(text.substr(last + 1));
    if (problem != std::errc{} || end != text.data() + colon ||
        keys.iterations < least_iterations || keys.iterations > most_iterations || !salt ||
        salt->empty() || !stored || stored->size() != key_size || !server ||
        server->size() != key_size)
        return std::nullopt;
    keys.salt = *salt, keys.stored_key = *stored, keys.server_key = *server;
    return keys;
}

Result<std::string> make_verifier(std::string_view password) {
    char* prepared = nullptr;
    if (gsasl_saslprep(std::string(password).c_str(), GSASL_ALLOW_UNASSIGNED, &prepared, nullptr) !=
        GSASL_OK)
        return fail(Errc::invalid, "a password with characters that no login can send");
    const std::unique_ptr<char, Free> kept(prepared);
    std::array<char, 16> salt{};
    std::array<char, key_size> salted{}, client{}, server{}, stored{};
    if (gsasl_random(salt.data(), salt.size()) != GSASL_OK ||
        gsasl_scram_secrets_from_password(GSASL_HASH_SHA256, prepared, usual_iterations,
                                          salt.data(), salt.size(), salted.data(), client.data(),
                                          server.data(), stored.data()) != GSASL_OK)
        throw std::runtime_error("GNU SASL cannot derive keys");
    const auto base64 = [](const auto& octets) {
        return wire::to_base64(std::string_view(octets.data(), octets.size()));
    };
    return fmt::format("{}{}:{}${}:{}", scheme, usual_iterations, base64(salt), base64(stored),
                       base64(server));
}

Result<std::string> load_or_make_secret(const std::filesystem::path& file) {
    if (std::filesystem::exists(file)) {
        auto kept = read_file(file);
        if (kept && kept->size() != key_size)
            return fail(Errc::corrupt, fmt::format("{} is not as it was written; remove it, and "
                                                   "another is made",
                                                   file.string()));
        return kept;
    }
    std::string secret(key_size, '\0');
    if (gsasl_random(secret.data(), secret.size()) != GSASL_OK)
        return fail(Errc::io, "there are no random numbers to be had");
    if (auto kept = write_durably(file, secret); !kept) return std::unexpected(kept.error());
    return secret;
}

std::optional<ScramKeys> scram_keys(const std::vector<User>& users, std::string_view name,
                                    std::string_view secret) {
    const auto first = std::ranges::find_if(users, [](const User& u) { return !u.scram.empty(); });
    if (first == users.end()) return std::nullopt;
    const auto user = std::ranges::find(users, name, &User::name);
    if (user != users.end() && !user->scram.empty()) return read_verifier(user->scram);
    const auto usual = read_verifier(first->scram);
    return decoy(secret, name, usual ? usual->iterations : usual_iterations);
}

struct ScramExchange::Parts {
    struct End {
        void operator()(Gsasl* ended) const { gsasl_done(ended); }
        void operator()(Gsasl_session* ended) const { gsasl_finish(ended); }
    };
    std::unique_ptr<Gsasl, End> library;
    std::unique_ptr<Gsasl_session, End> session;
    KeysOf keys_of;
    std::optional<ScramKeys> used;
    bool plus = false;
    bool proven = false;

    // What GNU SASL asks for once it knows the name.
    int answer(Gsasl_session* asking, Gsasl_property property) {
        const char* name = gsasl_property_fast(asking, GSASL_AUTHID);
        if (!name) return GSASL_NO_CALLBACK;
        if (!used) used = keys_of(name);
        const auto& keys = *used;
        const auto set = [&](const std::string& value) {
            return gsasl_property_set(asking, property, value.c_str());
        };
        switch (property) {
            case GSASL_SCRAM_ITER:
                return set(std::to_string(keys.iterations));
            case GSASL_SCRAM_SALT:
                return set(wire::to_base64(keys.salt));
            case GSASL_SCRAM_STOREDKEY:
                return set(wire::to_base64(keys.stored_key));
            case GSASL_SCRAM_SERVERKEY:
                return set(wire::to_base64(keys.server_key));
            default:
                return GSASL_NO_CALLBACK;  // no password is kept
        }
    }
};

ScramExchange::ScramExchange(bool plus, const std::optional<Binding>& binding, KeysOf keys_of)
    : parts_(std::make_unique<Parts>()) {
    parts_->keys_of = std::move(keys_of);
    parts_->plus = plus;
    Gsasl* library = nullptr;
    if (gsasl_init(&library) != GSASL_OK) throw std::runtime_error("GNU SASL cannot be started");
    parts_->library.reset(library);
    gsasl_callback_hook_set(library, parts_.get());
    gsasl_callback_set(library, [](Gsasl* asked, Gsasl_session* asking, Gsasl_property property) {
        if (!asking) return int{GSASL_NO_CALLBACK};
        return static_cast<Parts*>(gsasl_callback_hook_get(asked))->answer(asking, property);
    });
    Gsasl_session* session = nullptr;
    const char* const mechanism = plus ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256";
    if (gsasl_server_start(library, mechanism, &session) != GSASL_OK)
        throw std::runtime_error("GNU SASL has no SCRAM-SHA-256");
    parts_->session.reset(session);
    // Also without -PLUS: a client that was told of none then shows that somebody came between
    // (RFC 5802 6).
    if (binding && binding->type == "tls-exporter")
        gsasl_property_set(session, GSASL_CB_TLS_EXPORTER,
                           wire::to_base64(binding->octets).c_str());
}

ScramExchange::~ScramExchange() = default;
ScramExchange::ScramExchange(ScramExchange&&) noexcept = default;

ScramExchange::Step ScramExchange::take(std::string_view message) {
    constexpr std::size_t longest = 4'000;
    // RFC 5802 6: who binds to the channel says so by the mechanism's name.
    if (!parts_->plus && message.starts_with("p=")) return {};
    if (parts_->proven || message.size() > longest || message.contains('\0')) return {};
    char* output = nullptr;
    std::size_t size = 0;
    const int result =
        gsasl_step(parts_->session.get(), message.data(), message.size(), &output, &size);
    const std::unique_ptr<char, Free> kept(output);
    if (result != GSASL_OK && result != GSASL_NEEDS_MORE) return {};
    parts_->proven = result == GSASL_OK;
    return {parts_->proven ? Stage::proven : Stage::more, std::string(output, size)};
}

std::string ScramExchange::user() const {
    const char* name = gsasl_property_fast(parts_->session.get(), GSASL_AUTHID);
    return name ? name : "";
}

const ScramKeys& ScramExchange::keys() const {
    return parts_->used.value();
}

bool ScramExchange::acts_as_another() const {
    const char* other = gsasl_property_fast(parts_->session.get(), GSASL_AUTHZID);
    return other && *other && other != user();
}

}  // namespace mailhold::imap::server

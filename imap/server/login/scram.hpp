// The server's side of SCRAM-SHA-256 (RFC 5802, 7677): what is kept of a password, and one exchange.
// The wall around GNU SASL on this side. No I/O.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/server/login/user.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::server {

// What serves to check a password, and not to log in anywhere else.
struct ScramKeys {
    unsigned iterations = 0;
    std::string salt, stored_key, server_key;  // octets
    bool operator==(const ScramKeys&) const = default;
};
// "SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER", the last three in base64; nullopt for what is none.
std::optional<ScramKeys> read_verifier(std::string_view text);
// Blocking for some tenths of a second. Errc::invalid for a password that RFC 4013 does not allow.
Result<std::string> make_verifier(std::string_view password);

// Of the user of this name. One that nobody has gets keys that no password fits, and the same each
// time for a `secret`, so that names cannot be guessed. nullopt where no user has any: it is then not
// offered.
std::optional<ScramKeys> scram_keys(const std::vector<User>& users, std::string_view name,
                                    std::string_view secret);
// 32 random octets, kept in `file` (0600).
Result<std::string> load_or_make_secret(const std::filesystem::path& file);

class ScramExchange {
  public:
    struct Binding {
        std::string type;  // "tls-exporter" (RFC 9266), the one that is known
        std::string octets;
    };
    using KeysOf = std::function<ScramKeys(const std::string& name)>;
    // With a binding SCRAM-SHA-256-PLUS is offered beside it; `plus` is whether that one is spoken.
    ScramExchange(bool plus, const std::optional<Binding>& binding, KeysOf keys_of);
    ~ScramExchange();
    ScramExchange(ScramExchange&&) noexcept;

    enum class Stage {
        more,    // say `text`, and take what comes
        proven,  // say `text`, which proves us; what comes then must be empty
        failed   // it is over
    };
    struct Step {
        Stage stage = Stage::failed;
        std::string text;
    };
    Step take(std::string_view message);  // the client's, first of all its first
    std::string user() const;             // as he called himself; empty before that
    const ScramKeys& keys() const;        // that he was measured by, once proven
    bool acts_as_another() const;         // he wants to be somebody else

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::imap::server

// Whom an access token stands for, by the word of who gave it (token introspection, RFC 7662). What
// was good is remembered for a short while; what was not is asked again.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "imap/net/https.hpp"
#include "store/base/digest.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::server {

// The tokens that count.
struct TokenRules {
    std::string user_claim = "username";  // of the answer: the user's name here
    std::string scope;                    // that the token must have; empty: any
    std::string audience;                 // that it must be for; empty: any
};

using Now = std::chrono::system_clock::time_point;

// What the endpoint says of a token. Pure.
struct Introspected {
    std::string user;
    std::optional<Now> expires;
};
// nullopt: the token does not count. Errc::protocol for what is no answer; it never holds the token.
Result<std::optional<Introspected>> read_introspection(const net::HttpsAnswer& answer,
                                                       const TokenRules& rules, Now now);

// Any thread.
class Tokens {
  public:
    static constexpr std::chrono::seconds remembered{60};  // at most, and never beyond its end
    static constexpr std::size_t most = 10'000;            // that are remembered

    // Asks about one token; blocking, with a limit of time.
    using Ask = std::function<Result<net::HttpsAnswer>(const std::string& token)>;
    Tokens(TokenRules rules, Ask ask) : rules_(std::move(rules)), ask_(std::move(ask)) {}

    // nullopt: it does not count. An error: nobody could say. Blocking.
    Result<std::optional<std::string>> user_of(const std::string& token, Now now);
    const TokenRules& rules() const { return rules_; }

  private:
    struct Known {
        std::string user;
        Now until;
    };
    const TokenRules rules_;
    const Ask ask_;
    std::mutex mutex_;
    std::map<Digest, Known> known_;  // by the token's digest: tokens are not kept
};

}  // namespace mailhold::imap::server

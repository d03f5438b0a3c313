// One SASL exchange, the client's side: challenges in, answers out. The wall around GNU SASL, which does
// PLAIN, LOGIN, EXTERNAL and SCRAM; the two OAuth mechanisms are a line of text each. No I/O.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "imap/net/stream.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::client {

// What is shown to be let in, which decides the mechanisms that serve.
enum class Proof { password, token /* OAuth 2.0 */, certificate /* of our TLS */ };

using Offered = std::set<std::string, std::less<>>;  // capabilities, upper case

// The strongest mechanism for this proof that is offered: SCRAM before PLAIN, SHA-256 before SHA-1, with
// channel binding (-PLUS) before without where the line `can_bind`. "" is the LOGIN command. `fixed`
// allows that one alone. Errc::auth where none serves.
Result<std::string> choose_mechanism(const Offered& capabilities, Proof proof, bool can_bind,
                                     std::string_view fixed);

class SaslExchange {
  public:
    struct Identity {
        std::string user;
        std::string secret;  // password or token
        std::string host;    // whom the token is for (RFC 7628)
        std::uint16_t port = 0;
        std::optional<net::Stream::Binding> binding{};  // for -PLUS
    };
    // Errc::invalid for a user or secret that cannot be sent.
    static Result<SaslExchange> start(const std::string& mechanism, Identity identity);
    ~SaslExchange();
    SaslExchange(SaslExchange&&) noexcept;

    // The answer to a challenge; first of all to an empty one. Takes up to a second of processor time
    // (RFC 5802 derives a key). Errc::auth where the server does not know the password either,
    // Errc::protocol for what is no challenge.
    Result<std::string> answer(std::string_view challenge);
    // An OK of the server counts only now: it has proved what the mechanism asks of it.
    bool finished() const;

  private:
    struct Parts;
    explicit SaslExchange(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::imap::client

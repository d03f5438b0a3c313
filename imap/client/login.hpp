// As whom an account logs in, and what a refusal means. Pure: connecting.cpp carries it out.
#pragma once

#include <functional>
#include <string>

#include "imap/client/sasl.hpp"
#include "imap/wire/response.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::client {

struct Login {
    std::string user;
    Proof proof = Proof::password;
    // The password or token; blocking, called on the pool at each login, so that a new one is picked up.
    std::function<Result<std::string>()> secret;
    // A token was refused: where secret() then gives another, that one is tried, once.
    std::function<void()> refused;
    std::string mechanism;  // this one alone; empty: the strongest that is offered
    std::string remedy;     // what people can do when the proof is refused: "mailhold login alice"
};

// Why a login was refused, in one clear state: Errc::auth, "wrong password", "consent needed again";
// or Errc::throttled or Errc::network when it is the server's own, passing trouble (RFC 5530).
Error login_refused(const Login& login, const wire::StatusResponse& status);

}  // namespace mailhold::imap::client

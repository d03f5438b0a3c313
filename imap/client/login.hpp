// How to log in, decided from what the server offers. Pure: connection.cpp carries it out.
#pragma once

#include <string>
#include <string_view>

#include "imap/client/client_core.hpp"
#include "imap/wire/command.hpp"
#include "imap/wire/response.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::client {

struct LoginCommand {
    wire::CommandBody body;
    std::string answer;  // for ClientCore::submit
};
// AUTHENTICATE PLAIN (RFC 4616), with its answer at once where SASL-IR (RFC 4959) allows; LOGIN
// where PLAIN is not offered. Errc::auth when the server takes no password this way.
Result<LoginCommand> choose_login(const ClientCore& core, const std::string& user,
                                  const std::string& password);

// Why a login was refused: Errc::auth, or Errc::network when it is the server's own, passing
// trouble (RFC 5530).
Error login_refused(std::string_view user, const wire::StatusResponse& status);

}  // namespace mailhold::imap::client

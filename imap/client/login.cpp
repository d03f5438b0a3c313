// The reading of a refusal.
#include "imap/client/login.hpp"

#include <fmt/format.h>

#include "imap/client/client_core.hpp"

namespace mailhold::imap::client {
namespace {

std::string_view state_of(Proof proof) {
    switch (proof) {
        case Proof::password:
            return "wrong password";
        case Proof::token:
            return "consent needed again";
        case Proof::certificate:
            return "certificate refused";
    }
    return {};
}

}  // namespace

Error login_refused(const Login& login, const wire::StatusResponse& status) {
    const std::string_view code =
        status.code ? std::string_view(status.code->name) : std::string_view();
    const auto said = fmt::format("log in as {}: the server says {}", printable(login.user),
                                  printable(status.text));
    if (code == "UNAVAILABLE" || code == "INUSE" || code == "LIMIT" || code == "SERVERBUG")
        return {Errc::network, said};
    const auto remedy = login.remedy.empty() ? "" : fmt::format(" ({})", login.remedy);
    return {Errc::auth, fmt::format("{}{}: {}", state_of(login.proof), remedy, said)};
}

}  // namespace mailhold::imap::client

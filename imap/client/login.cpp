// The reading of a refusal.
#include "imap/client/login.hpp"

#include <fmt/format.h>

#include "imap/client/client_core.hpp"
#include "imap/client/manners.hpp"

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
    const auto said = fmt::format("log in as {}: the server says {}", printable(login.user),
                                  printable(status.text));
    if (throttle_of(status)) return {Errc::throttled, said};
    if (status.code && status.code->name == "SERVERBUG") return {Errc::network, said};
    const auto remedy = login.remedy.empty() ? "" : fmt::format(" ({})", login.remedy);
    return {Errc::auth, fmt::format("{}{}: {}", state_of(login.proof), remedy, said)};
}

}  // namespace mailhold::imap::client

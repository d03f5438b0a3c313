// The choice of a login command and the reading of its refusal.
#include "imap/client/login.hpp"

#include <fmt/format.h>

namespace mailhold::imap::client {

Result<LoginCommand> choose_login(const ClientCore& core, const std::string& user,
                                  const std::string& password) {
    if (user.find('\0') != std::string::npos || password.find('\0') != std::string::npos) {
        return fail(Errc::invalid, "a user name or password with a NUL octet");
    }
    if (core.has("AUTH=PLAIN")) {
        auto message = '\0' + user + '\0' + password;
        if (core.has("SASL-IR"))
            return LoginCommand{wire::Authenticate{"PLAIN", std::move(message)}, {}};
        return LoginCommand{wire::Authenticate{"PLAIN", std::nullopt}, std::move(message)};
    }
    if (!core.has("LOGINDISABLED")) return LoginCommand{wire::Login{user, password}, {}};
    std::string offered;
    for (const auto& capability : core.capabilities()) {
        if (capability.starts_with("AUTH="))
            offered += (offered.empty() ? "" : ", ") + printable(capability.substr(5));
    }
    return fail(Errc::auth, fmt::format("the server takes no password here; it offers {}",
                                        offered.empty() ? "no way to log in" : offered));
}

Error login_refused(std::string_view user, const wire::StatusResponse& status) {
    const std::string_view code =
        status.code ? std::string_view(status.code->name) : std::string_view();
    const bool passing =
        code == "UNAVAILABLE" || code == "INUSE" || code == "LIMIT" || code == "SERVERBUG";
    return {passing ? Errc::network : Errc::auth,
            fmt::format("log in as {}: the server says {}", user, printable(status.text))};
}

}  // namespace mailhold::imap::client

#include "imap/server/login/verdict.hpp"

#include "store/base/log.hpp"

namespace mailhold::imap::server {

Verdict verdict(const std::vector<User>& users, Tokens* tokens, Credentials given) {
    if (given.how == Credentials::How::token) {
        if (!tokens || given.password.empty()) return {};
        const auto holder = tokens->user_of(given.password, std::chrono::system_clock::now());
        if (!holder) {
            log::warning("imap.tokens", {{"problem", holder.error().text}});
            return {LoginResult::unavailable};
        }
        // RFC 7628 3.1: who names himself is who the token says, or nobody.
        if (!*holder || (!given.user.empty() && given.user != **holder)) return {};
        given.user = **holder;
    }
    const User* user = check_login(users, given);
    return {user ? LoginResult::accepted : LoginResult::refused, user};
}

}  // namespace mailhold::imap::server

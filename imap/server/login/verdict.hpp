// Whether a login is good, by a password, what was proven before, a certificate or a token.
#pragma once

#include <vector>

#include "imap/server/login/tokens.hpp"
#include "imap/server/login/user.hpp"

namespace mailhold::imap::server {

enum class LoginResult {
    accepted,
    refused,
    too_busy,     // to check
    unavailable,  // who could say is
    too_many      // connections of the user
};

struct Verdict {
    LoginResult result = LoginResult::refused;
    const User* user = nullptr;  // of those given, where he is accepted
};
// Blocking: see check_login() and Tokens::user_of(). `tokens` may be none.
Verdict verdict(const std::vector<User>& users, Tokens* tokens, Credentials given);

}  // namespace mailhold::imap::server

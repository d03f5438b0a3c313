// mailhold passwd: a password to its argon2id hash, or to a verifier for SCRAM.
#include <fmt/format.h>

#include "api/cli/commands.hpp"
#include "api/cli/terminal.hpp"
#include "imap/server/login/scram.hpp"
#include "imap/server/server.hpp"

namespace mailhold::cli {
namespace {

Result<std::string> ask_twice() {
    auto first = prompt_hidden("Password: ");
    if (!first) return first;
    auto second = prompt_hidden("Once more: ");
    if (!second) return second;
    if (*first != *second) return fail(Errc::invalid, "the two passwords differ; nothing was made");
    return first;
}

}  // namespace

Result<int> passwd(const PasswdOptions& options) {
    auto password = is_terminal(stdin) ? ask_twice() : read_line();
    if (!password) return std::unexpected(password.error());
    if (password->empty())
        return fail(Errc::invalid, "an empty password is none; nothing was made");
    if (options.use == PasswordFor::scram) {
        const auto verifier = imap::server::make_verifier(*password);
        if (!verifier) return std::unexpected(verifier.error());
        fmt::print("{}\n", *verifier);
        return success;
    }
    fmt::print("{}\n", imap::server::hash_password(*password));
    return success;
}

}  // namespace mailhold::cli

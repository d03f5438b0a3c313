// mailhold passwd: a password to its argon2id hash.
#include <fmt/format.h>

#include "api/cli/commands.hpp"
#include "api/cli/terminal.hpp"
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

Result<int> passwd(const PasswdOptions&) {
    auto password = is_terminal(stdin) ? ask_twice() : read_line();
    if (!password) return std::unexpected(password.error());
    if (password->empty())
        return fail(Errc::invalid, "an empty password is none; nothing was made");
    fmt::print("{}\n", imap::server::hash_password(*password));
    return success;
}

}  // namespace mailhold::cli

// CAPABILITY, NOOP, LOGOUT, ID: valid in every state (RFC 3501 6.1, RFC 2971).
#include <fmt/format.h>

#include "imap/server/commands/commands.hpp"

namespace mailhold::imap::server {

Reply run(State& state, const wire::Capability&, Output& out) {
    out.add(fmt::format("* CAPABILITY {}\r\n", capabilities(state)));
    return ok("These are the capabilities");
}

Reply run(State&, const wire::Noop&, Output&) {
    return ok("Done");
}

Reply run(State& state, const wire::Logout&, Output& out) {
    out.add("* BYE See you later\r\n");
    state.closing = true;
    return ok("Logged out");
}

Reply run(State&, const wire::Id&, Output& out) {
    out.add("* ID (\"name\" \"mailhold\" \"version\" \"" MAILHOLD_VERSION "\")\r\n");
    return ok("Pleased to meet you");
}

}  // namespace mailhold::imap::server

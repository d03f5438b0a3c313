// IDLE (RFC 2177): what changes is told at once, expunges too, until the client says DONE.
#include "imap/server/ascii.hpp"
#include "imap/server/commands/commands.hpp"

namespace mailhold::imap::server {

Reply run(State& state, const wire::Idle&, Output& out) {
    out.add("+ Idling\r\n");
    state.awaiting = Awaiting::end_of_idle;
    return std::nullopt;
}

Answer end_idle(State& state, std::string_view line) {
    state.awaiting = Awaiting::command;
    return equal_ignoring_case(line, "DONE") ? ok("Idle ended") : bad("IDLE ends with DONE");
}

}  // namespace mailhold::imap::server

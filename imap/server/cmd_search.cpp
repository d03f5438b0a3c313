// SEARCH and UID SEARCH (RFC 3501 6.4.4), RETURN (RFC 4731).
#include <algorithm>
#include <array>

#include "imap/server/commands.hpp"
#include "imap/server/search_query.hpp"

namespace mailhold::imap::server {

Reply run(State& state, const wire::Search& command, Output&) {
    static constexpr std::array<std::string_view, 4> returns = {"MIN", "MAX", "ALL", "COUNT"};
    for (const std::string& option : command.returns) {
        if (std::ranges::find(returns, option) == returns.end())
            return bad("Unknown return option");
    }
    const store::MailboxSnapshot& mailbox = *state.selected->snapshot;
    const auto query = make_query(command, mailbox);
    if (!query) {
        // RFC 3501 6.4.4: an unknown charset is NO [BADCHARSET], not BAD.
        return Answer{wire::Condition::no, wire::ResponseCode{"BADCHARSET", "(US-ASCII UTF-8)"},
                      "This charset is not known here"};
    }
    return search_then(
        state, *query, state.selected->snapshot,
        [&state, command, snapshot = state.selected->snapshot](Places found, Output& out) {
            for (std::uint32_t& place : found) {
                place = command.kind == wire::NumberKind::uid
                            ? number(snapshot->entries[place].uid)
                            : place + 1;
            }
            out.add(search_response(state.tag, command, found));
            return ok("Searched");
        });
}

}  // namespace mailhold::imap::server

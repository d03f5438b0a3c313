// Searches whose results the client wants kept up to date (RFC 5267 4.3): what RETURN (UPDATE)
// leaves behind in a session until CANCELUPDATE or the next SELECT.
#pragma once

#include <string>
#include <vector>

#include "imap/server/mailbox/view.hpp"
#include "imap/wire/command.hpp"

namespace mailhold::imap::server {

struct State;

struct SearchContext {
    static constexpr std::size_t most = 16;  // of a session

    std::string tag;           // of the command that asked for it
    wire::Search search;       // fixed(): means the same later
    std::vector<Uid> results;  // ascending
};

// How the results change from `before` to `after`, as untagged ESEARCH responses. Removals use the
// numbers of `before` and go out ahead of EXPUNGE, additions those of `after`, behind EXISTS. The
// contexts are brought up to date; one that cannot be ends with NOUPDATE. Blocking.
struct ContextChanges {
    std::string removals, additions;
};
ContextChanges update_contexts(State& state, const store::MailboxSnapshot& before,
                               const store::MailboxSnapshot& after);

// "* NO [NOUPDATE "B02"] ..." (RFC 5267 4.3.1)
std::string no_update(const std::string& tag, std::string why);

}  // namespace mailhold::imap::server

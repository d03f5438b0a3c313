// What a session puts on record of its user's doings (store/audit.hpp).
#pragma once

#include <string>
#include <string_view>

#include "imap/server/state.hpp"
#include "imap/wire/command.hpp"

namespace mailhold::imap::server {

using What = store::Accessed::What;

// nullopt once it is on record; else the answer of a command that must not go on.
Reply note(const State& state, What what, std::string mailbox, std::string detail,
           std::string outcome = "ok");
// Likewise, of these messages of the selected mailbox: "1:3,7", and what about them. Those of a search or "All mail" are
// recorded of the mailboxes where they stand.
Reply note_messages(const State& state, What what, const std::vector<std::uint32_t>& places,
                    std::string_view detail);
// What a FETCH shows of these messages, as far as it is content: one record a command, and none for
// the next chunk of what the last one was about.
Reply note_fetch(State& state, const wire::Fetch& command,
                 const std::vector<std::uint32_t>& places);

}  // namespace mailhold::imap::server

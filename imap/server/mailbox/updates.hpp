// What happened to the selected mailbox since the client was told last, as untagged responses.
#pragma once

#include <functional>
#include <vector>

#include "imap/server/state.hpp"

namespace mailhold::imap::server {

// Everything that is allowed, and wished for where the client said so (RFC 5465); nothing where it
// has expunges that must wait (RFC 3501 7.4.1). Then goes on with `then`: later where the mailbox is
// a search that has to be asked again, which the session awaits.
void tell_updates(State& state, Output& out, Updates allowed,
                  std::move_only_function<void(Output&)> then);

// The command in work changed the flags of these messages, and tells so itself: they become part of
// the session's view. Everything else waits for tell_updates(). Returns those that stand there no more.
Result<std::vector<Uid>> adopt(State& state, const std::vector<Uid>& uids, Output& out);

}  // namespace mailhold::imap::server

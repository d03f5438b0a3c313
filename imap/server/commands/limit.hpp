// How many messages one command takes on (MESSAGELIMIT, RFC 9738), where the operator set a limit.
// FETCH, STORE and UID EXPUNGE then do their work on the highest of those that the client named; COPY,
// MOVE and APPEND are done whole or not at all. What finds messages has no limit, nor have EXPUNGE and
// CLOSE (RFC 9738 3.1).
#pragma once

#include "imap/server/state.hpp"

namespace mailhold::imap::server {

// Leaves of these places, ascending, as many of the last as a command takes on. The code, where some
// went, says which the lowest is that was left: the client goes on below it.
std::optional<wire::ResponseCode> cut(const State& state, const store::MailboxSnapshot& mailbox,
                                      Places& places);
// The answer of a command that was cut so; an untagged response tells it where the answer has another
// code (RFC 9738 3.1).
Answer cut_short(Answer answer, std::optional<wire::ResponseCode> cut, Output& out);
// NO where a command that is done whole names more.
Reply too_many(const State& state, std::size_t messages);

}  // namespace mailhold::imap::server

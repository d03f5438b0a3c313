// News of mailboxes that are not selected, of the list of them, and of notes, as untagged STATUS, LIST
// and METADATA responses (RFC 5465 5). Who has no right to see a mailbox hears nothing of it.
#pragma once

#include "imap/server/state.hpp"

namespace mailhold::imap::server {

// From now on what changes is told. Blocking.
Status begin_notifying(State& state, Wishes wishes);
// LIST of every mailbox that may be seen, but not read, where that would take being read.
void tell_no_access(const State& state, Output& out);
// STATUS of every mailbox whose messages are to be told of; false where these are too many.
Result<bool> tell_status(const State& state, Output& out);
// What changed since it was told last. Where it is too much at once NOTIFICATIONOVERFLOW is told
// instead, and nothing from then on (RFC 5465 5.8). Blocking.
void tell_news(State& state, Output& out);

}  // namespace mailhold::imap::server

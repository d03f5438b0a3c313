// What a session that was asked to tell of changes sees at a moment, and what of it is to be told of.
#pragma once

#include "imap/server/state.hpp"

namespace mailhold::imap::server {

// Blocking.
Result<Sight> sight_of(const State& state, const Wishes& wishes);
// Those that the user has the right to see.
std::vector<Name> listed(const State& state, const Sight& sight);
// Of this mailbox, while it is not selected.
Wishes::Events events_for(const Wishes& wishes, const Name& name, const Sight& sight);
// RFC 5465 5: all events take the rights "l", as of all that is listed(), and "r".
bool tells_messages(const State& state, const Name& name, Wishes::Events events);
bool tells_metadata(const Name& name, Wishes::Events events);
// As the counters of it go; "All mail" has them in the sight alone.
const store::Mailbox& counted(const Name& name, const Sight& sight);
// What may change it.
std::shared_ptr<const Watched> watched_by(const State& state, const Wishes& wishes,
                                          const std::vector<Name>& names, const Sight& sight);

}  // namespace mailhold::imap::server

// What may give a session something to tell, of what it does not have selected. Immutable once it is
// shared; any thread may ask.
#pragma once

#include <string>
#include <vector>

#include "store/archive.hpp"

namespace mailhold::imap::server {

struct Watched {
    std::vector<MailboxId>
        mailboxes;                 // ascending: with messages to tell of, or what "All mail" is of
    bool list = false;             // mailboxes that come and go
    bool subscriptions = false;    // the user's
    std::vector<MailboxId> noted;  // ascending: with notes to tell of, as they are kept
    std::string user;              // whose own flags, notes and subscriptions these are
    bool concerns(const store::Change& change) const;
    bool concerns(const store::NoteName& note) const;
    bool is_for_user(const store::NoteName& note) const;      // of whatever mailbox
    bool subscribes_anew(const store::Change& change) const;  // the user
};

}  // namespace mailhold::imap::server

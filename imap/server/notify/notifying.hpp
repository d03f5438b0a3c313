// What a session was asked to tell of by itself (NOTIFY, RFC 5465), and what it told last. Lists of
// mailboxes are shared with all other sessions, so that watching thousands of them costs a session
// next to nothing.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "imap/server/mailbox/cache.hpp"
#include "imap/wire/command.hpp"

namespace mailhold::imap::server {

struct Wishes {
    struct Events {
        bool messages = false;  // MessageNew and MessageExpunge: there is not one without the other
        bool flags = false;
        bool names = false;
        bool subscriptions = false;
    };
    struct Group {
        wire::MailboxFilter filter;
        Events events;
    };
    Events selected;
    bool delayed = true;                 // expunges of the selected mailbox wait for a command
    std::vector<wire::FetchItem> items;  // of what is new in the selected mailbox
    std::vector<Group> others;           // the first that a mailbox belongs to counts
};

// What may give a session something to tell.
struct Watched {
    std::vector<MailboxId> mailboxes;  // ascending
    bool list = false;                 // mailboxes that come and go
    bool subscriptions = false;
    bool concerns(const store::Change& change) const;
};

struct Notifying {
    Wishes wishes;
    // As it was told last:
    Cache::Mailboxes mailboxes;
    std::map<MailboxId, store::PersonalCount> personal;
    std::set<std::string> unsubscribed;
    std::shared_ptr<const Watched> watched;  // but the selected mailbox
};

}  // namespace mailhold::imap::server

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
        bool metadata = false;
    };
    struct Group {
        wire::MailboxFilter filter;
        Events events;
        bool is_none = false;  // said as such: no later group counts for these mailboxes
    };
    Events selected;
    bool delayed = true;                 // expunges of the selected mailbox wait for a command
    std::vector<wire::FetchItem> items;  // of what is new in the selected mailbox
    std::vector<Group> others;           // a mailbox may belong to several
    bool server_metadata = false;
};

// The mailboxes as the user saw them at some moment.
struct Sight {
    Cache::Mailboxes mailboxes;
    std::map<MailboxId, store::PersonalCount> personal;
    std::set<std::string> unsubscribed;
    Snapshot everything;  // "All mail", where its messages are told of; held, else it is made anew
};

struct Notifying {
    Wishes wishes;
    Sight told;                              // last
    std::shared_ptr<const Watched> watched;  // but the selected mailbox
    std::shared_ptr<Notices> notices;        // where notes are told of
};

}  // namespace mailhold::imap::server

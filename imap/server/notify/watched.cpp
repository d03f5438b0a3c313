#include "imap/server/notify/watched.hpp"

#include <algorithm>

namespace mailhold::imap::server {

bool Watched::concerns(const store::Change& change) const {
    const auto is_watched = [this](MailboxId mailbox) {
        return std::ranges::binary_search(mailboxes, mailbox);
    };
    return (list && change.mailbox_list) || (subscriptions && subscribes_anew(change)) ||
           std::ranges::any_of(change.mailboxes, is_watched) ||
           std::ranges::any_of(
               change.personal,
               [&](const auto& own) { return own.user == user && is_watched(own.mailbox); }) ||
           std::ranges::any_of(change.notes, [this](const auto& note) { return concerns(note); });
}

bool Watched::concerns(const store::NoteName& note) const {
    return is_for_user(note) && std::ranges::binary_search(noted, note.mailbox);
}

// Nobody hears of a private note but who set it.
bool Watched::is_for_user(const store::NoteName& note) const {
    return note.user.empty() || note.user == user;
}

bool Watched::subscribes_anew(const store::Change& change) const {
    return std::ranges::find(change.subscribers, user) != change.subscribers.end();
}

}  // namespace mailhold::imap::server

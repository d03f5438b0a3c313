#include "imap/server/notify/watched.hpp"

#include <algorithm>

namespace mailhold::imap::server {

bool Watched::concerns(const store::Change& change) const {
    const auto is_watched = [this](MailboxId mailbox) {
        return std::ranges::binary_search(mailboxes, mailbox);
    };
    return (list && change.mailbox_list) ||
           (subscriptions &&
            std::ranges::find(change.subscribers, user) != change.subscribers.end()) ||
           std::ranges::any_of(change.mailboxes, is_watched) ||
           std::ranges::any_of(change.personal, is_watched) ||
           std::ranges::any_of(change.notes, [this](const auto& note) { return concerns(note); });
}

// Nobody hears of a private note but who set it.
bool Watched::concerns(const store::NoteName& note) const {
    return (note.user.empty() || note.user == user) &&
           std::ranges::binary_search(noted, note.mailbox);
}

}  // namespace mailhold::imap::server

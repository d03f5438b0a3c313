// News: which responses are news, and of what.
#include "imap/sync/news.hpp"

#include <algorithm>
#include <utility>

#include "imap/sync/names.hpp"

namespace mailhold::imap::sync {

wire::Notify notify_command(Wish wish) {
    using Kind = wire::MailboxFilter::Kind;
    std::vector<std::string> selected{"MESSAGENEW", "MESSAGEEXPUNGE"};
    if (wish == Wish::everything) selected.emplace_back("FLAGCHANGE");
    auto others = selected;
    if (wish == Wish::everything) others.emplace_back("MAILBOXNAME");
    return {
        {{{Kind::selected, {}}, std::move(selected)}, {{Kind::personal, {}}, std::move(others)}}};
}

void News::heard(const wire::Response& response) {
    if (const auto* status = std::get_if<wire::StatusData>(&response)) {
        // RFC 5465 5.1, 5.2: messages that come and go change the counts, flags do not; whose they are is known only
        // to who can ask for changes since a MODSEQ.
        const bool enough = std::ranges::any_of(status->items, [](const auto& item) {
            return item.first == wire::StatusItem::messages ||
                   item.first == wire::StatusItem::uidnext ||
                   item.first == wire::StatusItem::highestmodseq;
        });
        const auto name = name_of(*status);
        if (name.size() > name_longest) return;
        if (mailboxes_.size() >= mailboxes_most && !mailboxes_.contains(name)) {
            overflow_ = true;
            return;
        }
        auto& depth = mailboxes_[name];
        depth = std::max(depth, enough ? Depth::quick : Depth::thorough);
    } else if (std::holds_alternative<wire::ListData>(response)) {
        listing_ = true;
    } else if (const auto* said = std::get_if<wire::StatusResponse>(&response)) {
        overflow_ = overflow_ || (said->code && said->code->name == "NOTIFICATIONOVERFLOW");
    }
}

void News::looked_at(const std::vector<std::string>& mailboxes) {
    for (const auto& mailbox : mailboxes) mailboxes_.erase(mailbox);
}

std::map<std::string, Depth> News::take_mailboxes() {
    return std::exchange(mailboxes_, {});
}

bool News::take_listing() {
    return std::exchange(listing_, false);
}

bool News::take_overflow() {
    return std::exchange(overflow_, false);
}

}  // namespace mailhold::imap::sync

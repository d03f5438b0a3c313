#include "tests/model/truth.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "imap/server/ascii.hpp"
#include "tests/model/broken.hpp"

namespace mailhold::model {

Flags flags_in(const std::vector<std::string>& flags) {
    Flags all;
    for (std::string flag : flags) {
        for (char& c : flag) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        all.insert(std::move(flag));
    }
    return all;
}

void Truth::look(By by) {
    const auto totals = place_.archive->totals();
    demand(totals && totals->messages >= messages_, "a message left the archive");
    messages_ = totals->messages;
    const auto mailboxes = place_.cache->mailboxes();
    demand(mailboxes.has_value(), "the mailboxes cannot be read");
    for (const auto& mailbox : **mailboxes) {
        const auto now = place_.cache->snapshot(mailbox.id);
        demand(now.has_value(), "a mailbox cannot be read");
        auto& last = last_[mailbox.id];
        if (last == *now) continue;
        look_at(**now, by);
        last = *now;
    }
}

void Truth::look_at(const store::MailboxSnapshot& now, By by) {
    const auto id = now.mailbox.id;
    const auto name = fmt::format("{} ({})", now.mailbox.name, number(id));
    const auto known = last_.find(id);
    const auto before = known == last_.end() ? nullptr : known->second;
    if (before) {
        const auto& was = before->mailbox;
        demand(now.mailbox.uidvalidity == was.uidvalidity, name + ": UIDVALIDITY changed");
        demand(now.mailbox.uidnext >= was.uidnext, name + ": UIDNEXT went back");
        demand(now.mailbox.highest_modseq >= was.highest_modseq,
               name + ": HIGHESTMODSEQ went back");
        const bool follows = now.mailbox.kind == store::MailboxKind::mirrored ||
                             now.mailbox.kind == store::MailboxKind::ever_seen;
        demand(!follows || by == By::origin || now.entries == before->entries,
               name + ": what follows an origin was changed");
    }
    Uid previous{};
    for (const auto& entry : now.entries) {
        const auto what = fmt::format("{}: UID {}", name, number(entry.uid));
        demand(entry.uid > previous, what + " does not ascend");
        previous = entry.uid;
        demand(entry.uid < now.mailbox.uidnext, what + " is not below UIDNEXT");
        demand(entry.modseq <= now.mailbox.highest_modseq, what + " is above HIGHESTMODSEQ");
        const auto [stood, is_new] = stood_.try_emplace({id, entry.uid}, entry.message);
        demand(stood->second == entry.message, what + " is another message now");
        auto& highest = highest_[id];
        demand(!is_new || entry.uid > highest, what + " came below older ones");
        highest = std::max(highest, entry.uid);
        if (!before) continue;
        const auto was =
            std::ranges::lower_bound(before->entries, entry.uid, {}, &store::Entry::uid);
        if (was == before->entries.end() || was->uid != entry.uid) continue;
        demand(entry.modseq >= was->modseq, what + ": MODSEQ went back");
        demand(entry.flags == was->flags || entry.modseq > was->modseq,
               what + ": flags changed under the old MODSEQ");
    }
}

}  // namespace mailhold::model

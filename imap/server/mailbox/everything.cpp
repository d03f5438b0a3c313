#include "imap/server/mailbox/everything.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "imap/server/mailbox/cache.hpp"
#include "imap/server/mailbox/names.hpp"
#include "imap/server/mailbox/object_ids.hpp"

namespace mailhold::imap::server {
namespace {

// A number of what is granted: a mailbox of which only a part was to be seen before puts its older
// messages between the others.
UidValidity uidvalidity_of(const std::vector<const store::Mailbox*>& sources) {
    std::string granted;
    for (const auto* source : sources) {
        const bool grows_from_nothing = !source->owner.empty();  // granted from the first on
        if (!grows_from_nothing)
            granted += fmt::format("{} {} ", number(source->id), number(source->uidvalidity));
    }
    return server::uidvalidity_of(granted);
}

}  // namespace

Result<std::shared_ptr<const Joined>> Everything::of(const User& user, bool personal_flags) {
    std::shared_ptr<Slot> slot;
    {
        const std::lock_guard lock(mutex_);
        auto& known = slots_[user.name];
        if (!known) known = std::make_shared<Slot>();
        slot = known;
    }
    const std::lock_guard lock(slot->loading);
    const ModSeq until = cache_.until();  // before anything is read: all of that is in what follows
    const auto mailboxes = cache_.mailboxes();
    if (!mailboxes) return std::unexpected(mailboxes.error());
    const auto wanted = sources_of(**mailboxes, user);
    store::Mailbox view{.id = everything_id,
                        .kind = store::MailboxKind::everything,
                        .account = {},
                        .origin_name = {},
                        .name = std::string(all_mail_root),
                        .attributes = {},
                        .uidvalidity = uidvalidity_of(wanted)};

    auto before = slot->known.lock();
    const auto same = [](const Joined::Source& source, const store::Mailbox* mailbox) {
        return source.mailbox->mailbox.id == mailbox->id;
    };
    if (before && (before->view.mailbox.uidvalidity != view.uidvalidity ||
                   !std::ranges::equal(before->sources, wanted, same)))
        before = nullptr;
    std::vector<Joined::Source> sources;
    bool changed = !before;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto one = source(wanted[i]->id, user, personal_flags, before.get(), i);
        if (!one) return std::unexpected(one.error());
        changed = changed || one->mailbox != before->sources[i].mailbox || !one->came.empty();
        sources.push_back(std::move(*one));
    }
    if (changed) before = join(before.get(), std::move(sources), until, std::move(view));
    slot->known = before;
    return before;
}

Result<Joined::Source> Everything::source(MailboxId mailbox, const User& user, bool personal_flags,
                                          const Joined* before, std::size_t index) const {
    // His own flags have mod-sequences of their own, which tell nothing of a message's coming. What
    // he sees may be later than this, and have more at the end.
    const auto shared = cache_.snapshot(mailbox);
    if (!shared) return std::unexpected(shared.error());
    auto seen = personal_flags ? cache_.snapshot(mailbox, user.name) : shared;
    if (!seen) return std::unexpected(seen.error());
    Joined::Source source{.mailbox = std::move(*seen)};
    const auto& entries = (*shared)->entries;
    const auto fresh =
        entries.begin() + static_cast<std::ptrdiff_t>(before ? before->sources[index].taken : 0);
    if (fresh == entries.end()) return source;
    const auto began = archive_.began(mailbox, fresh->uid);
    if (!began) return std::unexpected(began.error());
    auto next = began->begin();
    for (auto entry = fresh; entry != entries.end(); ++entry) {
        while (next != began->end() && next->first < entry->uid) ++next;
        const bool was_changed = next != began->end() && next->first == entry->uid;
        source.came.push_back(was_changed ? next->second : entry->modseq);
    }
    return source;
}

}  // namespace mailhold::imap::server

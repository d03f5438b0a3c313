#include "imap/server/mailbox/cache.hpp"

namespace mailhold::imap::server {
namespace {

// The last of them has this mod-sequence.
ModSeq modseq_before(Sequence next) {
    return static_cast<ModSeq>(number(next));
}

}  // namespace

Cache::Cache(const store::ArchiveReader& archive)
    : columns(archive), everything(*this, archive), archive_(archive) {
    const auto totals = archive.totals();
    until_ = totals ? modseq_before(totals->applied) : ModSeq{};
}

Result<Cache::Mailboxes> Cache::mailboxes() {
    const std::lock_guard lock(mailboxes_.loading);
    const std::uint64_t version = mailboxes_.version;
    if (mailboxes_.loaded == version) return mailboxes_.value;
    auto fresh = archive_.mailboxes();
    if (!fresh) return std::unexpected(fresh.error());
    mailboxes_.value = std::make_shared<const std::vector<store::Mailbox>>(std::move(*fresh));
    mailboxes_.loaded = version;
    return mailboxes_.value;
}

Result<Snapshot> Cache::snapshot(MailboxId mailbox) {
    const auto slot = slot_of(mailbox);
    const std::lock_guard lock(slot->loading);
    const std::uint64_t version = slot->version;
    const auto known = slot->value.lock();
    if (known && slot->loaded == version) return known;
    auto fresh = archive_.snapshot(mailbox, known.get());
    if (fresh) {
        slot->value = *fresh;
        slot->loaded = version;
    }
    return fresh;
}

Result<Snapshot> Cache::snapshot(MailboxId mailbox, const std::string& user) {
    auto base = snapshot(mailbox);
    if (!base || (*base)->mailbox.kind == store::MailboxKind::workspace) return base;
    const auto slot = slot_of({user, mailbox});
    const std::lock_guard lock(slot->loading);
    const std::uint64_t version = slot->version;
    if (slot->loaded == version && slot->base.lock() == *base) {
        if (auto known = slot->value.lock()) return known;
    }
    const auto flags = archive_.personal_flags(user, mailbox);
    if (!flags) return std::unexpected(flags.error());
    auto view = with_personal_flags(*base, *flags);
    slot->base = *base;
    slot->value = view;
    slot->loaded = version;
    return view;
}

void Cache::changed(const store::Change& change) {
    if (change.mailbox_list || !change.mailboxes.empty()) ++mailboxes_.version;
    for (const MailboxId mailbox : change.mailboxes) ++slot_of(mailbox)->version;
    for (const auto& place : change.personal) ++slot_of(place)->version;
    until_ = modseq_before(change.next);
    notices.changed(change);
}

std::shared_ptr<Cache::SnapshotSlot> Cache::slot_of(MailboxId mailbox) {
    const std::lock_guard lock(mutex_);
    auto& slot = slots_[mailbox];
    if (!slot) slot = std::make_shared<SnapshotSlot>();
    return slot;
}

std::shared_ptr<Cache::PersonalSlot> Cache::slot_of(const store::PersonalChange& place) {
    const std::lock_guard lock(mutex_);
    auto& slot = personal_slots_[place];
    if (!slot) slot = std::make_shared<PersonalSlot>();
    return slot;
}

}  // namespace mailhold::imap::server

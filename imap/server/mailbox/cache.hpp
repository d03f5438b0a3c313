// What all sessions share: the list of mailboxes and the snapshots of selected ones, read anew only
// after a change.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "imap/server/mailbox/columns.hpp"
#include "imap/server/mailbox/everything.hpp"
#include "imap/server/mailbox/view.hpp"
#include "imap/server/notify/notices.hpp"
#include "store/archive.hpp"

namespace mailhold::imap::server {

// Thread-safe. The archive must outlive it.
class Cache {
  public:
    explicit Cache(const store::ArchiveReader& archive);

    using Mailboxes = std::shared_ptr<const std::vector<store::Mailbox>>;
    // Blocking where something changed, else from memory.
    Result<Mailboxes> mailboxes();
    Result<Snapshot> snapshot(MailboxId mailbox);
    // As the user sees it: with the flags that he set for himself.
    Result<Snapshot> snapshot(MailboxId mailbox, const std::string& user);
    // From the archive's writer thread, right after a commit; never blocks on a reader.
    void changed(const store::Change& change);

    // All changes up to it are in whatever is asked for from now on.
    ModSeq until() const { return until_.load(); }

    Columns columns;  // what never changes of a message
    Everything everything;
    NoticeBoard notices;

  private:
    template <class Value>
    struct Slot {
        std::atomic<std::uint64_t> version{1};  // counts changes
        // Held while reading the archive, so that a thousand sessions that wake at one change
        // read it once.
        std::mutex loading;
        std::uint64_t loaded = 0;
        Value value;
    };
    using SnapshotSlot = Slot<std::weak_ptr<const store::MailboxSnapshot>>;
    // A user's view of one mailbox, and what it was made of.
    struct PersonalSlot : SnapshotSlot {
        std::weak_ptr<const store::MailboxSnapshot> base;
    };
    std::shared_ptr<SnapshotSlot> slot_of(MailboxId mailbox);
    std::shared_ptr<PersonalSlot> slot_of(const store::PersonalChange& place);

    const store::ArchiveReader& archive_;
    std::atomic<ModSeq> until_;
    Slot<Mailboxes> mailboxes_;
    std::mutex mutex_;  // of both
    std::map<MailboxId, std::shared_ptr<SnapshotSlot>> slots_;
    std::map<store::PersonalChange, std::shared_ptr<PersonalSlot>> personal_slots_;
};

}  // namespace mailhold::imap::server

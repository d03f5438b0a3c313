// "All mail": all that a user may see, each message once. What the accounts granted to him ever held,
// what was ever seen in single mailboxes of others that are, and what was put into his workspaces;
// not what others share with him, as they may take that away again.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "imap/server/login/user.hpp"
#include "imap/server/mailbox/joined.hpp"
#include "store/archive.hpp"

namespace mailhold::imap::server {

class Cache;

inline constexpr MailboxId everything_id{3U << 30};  // no id of the catalog's

// Thread-safe. The cache and the archive must outlive it.
class Everything {
  public:
    Everything(Cache& cache, const store::ArchiveReader& archive)
        : cache_(cache), archive_(archive) {}

    // Blocking where something changed since somebody held an earlier one. Its UIDVALIDITY changes
    // with what is granted to the user. An entry's origin is that of its UID for ever.
    Result<std::shared_ptr<const Joined>> of(const User& user, bool personal_flags);

  private:
    struct Slot {
        std::mutex loading;
        std::weak_ptr<const Joined> known;
    };
    Result<Joined::Source> source(MailboxId mailbox, const User& user, bool personal_flags,
                                  const Joined* before, std::size_t index) const;

    Cache& cache_;
    const store::ArchiveReader& archive_;
    std::mutex mutex_;                                    // of slots_
    std::map<std::string, std::shared_ptr<Slot>> slots_;  // by user
};

}  // namespace mailhold::imap::server

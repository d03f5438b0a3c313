// Notes (RFC 5464) that changed and that sessions are yet to tell of. Each session has a heap of its
// own: it holds the names of notes that the session watches, each once, and most_notices at most. A
// sight before and after, as News compares for all else, would hold every note of every mailbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "imap/server/notify/watched.hpp"

namespace mailhold::imap::server {

// A session looks at once; this is what its client's reading slowly may cost, of 200 octets each.
inline constexpr std::size_t most_notices = 1'000;

// Thread-safe.
class Notices {
  public:
    using Counts = std::map<store::NoteName, std::size_t>;  // how often each changed

    // Until it is told what to watch, notes of whatever mailbox are held that are not another user's.
    Notices(std::size_t most, const std::string& user);
    // Counts the changes of what there is to watch: of the list of mailboxes and of what the user
    // subscribes to.
    std::uint64_t lists();
    // From now on. `lists` is what lists() or take() gave before it was looked what there is: with the
    // next change notes of whatever mailbox are held again, which may be one that belongs now. Whether
    // it does is for News to see.
    void watch(std::shared_ptr<const Watched> watched, std::uint64_t lists);
    void changed(const store::Change& change);
    // What the session changed itself is not told to it (RFC 5465 5); what others changed beside it
    // is. After all of that was added.
    void forget(const std::vector<store::NoteName>& own);
    struct Taken {
        Counts notes;
        std::uint64_t lists = 0;
    };
    // Everything so far; nullopt where it was more than `most`.
    std::optional<Taken> take();
    void put_back(const Counts& untold);

  private:
    bool may_tell(const store::NoteName& note) const;          // under the lock
    void add(const store::NoteName& note, std::size_t times);  // likewise
    const std::size_t most_;
    std::mutex mutex_;
    std::shared_ptr<const Watched> watched_;       // with the session and its connection
    std::uint64_t lists_ = 1, watched_lists_ = 0;  // now, and as `watched_` has them
    Counts changed_;
    bool overflowed_ = false;
};

// All of them, as the archive's writer reaches them. Thread-safe; never blocks on a reader.
class NoticeBoard {
  public:
    // Held by the session, and left when it lets go.
    std::shared_ptr<Notices> join(std::size_t most, const std::string& user);
    void changed(const store::Change& change);

  private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<Notices>> all_;
};

}  // namespace mailhold::imap::server

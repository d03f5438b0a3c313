// What must stay true of the archive's mailboxes from one moment to the next, whoever does what.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/model/place.hpp"

namespace mailhold::model {

using Flags = std::set<std::string>;  // in lower case
Flags flags_in(const std::vector<std::string>& flags);

class Truth {
  public:
    explicit Truth(Place& place) : place_(place) {}

    enum class By { client, origin };
    // Looks at all mailboxes after something was done. UIDs ascend, are below UIDNEXT, and are never
    // of another message; modification sequences only grow, and do where flags change; what
    // follows an origin is changed by nobody else; no message leaves the archive.
    void look(By by);

  private:
    using Snapshot = imap::server::Snapshot;
    void look_at(const store::MailboxSnapshot& now, By by);
    Place& place_;
    std::map<MailboxId, Snapshot> last_;
    std::map<std::pair<MailboxId, Uid>, MessageNumber> stood_;
    std::map<MailboxId, Uid> highest_;
    std::uint64_t messages_ = 0;
};

}  // namespace mailhold::model

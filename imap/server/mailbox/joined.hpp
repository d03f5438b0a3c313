// Several mailboxes that only ever grow, as one that has each message once: in the order of their
// coming, so that its UIDs are those of their places and never change. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "imap/server/mailbox/view.hpp"

namespace mailhold::imap::server {

struct Joined {
    struct Source {
        Snapshot mailbox;
        // When its entries that are not in yet came, ascending: the mod-sequence of that.
        std::vector<ModSeq> came{};
        std::size_t taken = 0;  // so many of its entries are in, or were there from another one
    };
    struct Origin {
        std::uint32_t source = 0, place = 0;
        bool operator==(const Origin&) const = default;
    };
    std::vector<Source> sources;
    std::vector<Origin> origins;  // of each entry
    std::vector<bool> has;        // by message number
    store::MailboxSnapshot view;
};

// What `before` holds, of the same sources at a later moment, and all that came to them since, but
// not after `until`: where each source is read by itself, that is up to where all are known. `view`
// is what the mailbox is called; its counters are counted here.
std::shared_ptr<const Joined> join(const Joined* before, std::vector<Joined::Source> sources,
                                   ModSeq until, store::Mailbox view);

}  // namespace mailhold::imap::server

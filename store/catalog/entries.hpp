// Rows of messages, and of the entries that mailboxes show; the counters of their mailboxes move
// with them.
#pragma once

#include <optional>
#include <vector>

#include "store/catalog/connection.hpp"
#include "store/catalog/flag_sets.hpp"
#include "store/catalog/places.hpp"
#include "store/catalog/tally.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::store::catalog {

// The place at the origin that an entry stands for. None in an all_mail mailbox.
struct Binding {
    GenerationId generation{};
    Uid uid{};
    bool stale = false;  // that generation is not the current one
    bool operator==(const Binding&) const = default;
};

struct EntryRow {
    Uid uid{};
    MessageNumber message{};
    std::uint32_t size = 0;
    FlagSetId flags{};
    ZonedSeconds date;
    std::optional<Binding> binding;
};

class Entries {
  public:
    Entries(Connection& connection, Tally& tally, FlagSets& flag_sets)
        : connection_(connection), tally_(tally), flag_sets_(flag_sets) {}

    struct Message {
        MessageNumber number{};
        std::uint32_t size = 0;  // as an entry shows it: no more than 2^32-1
    };
    std::optional<Message> message(const Digest& digest);
    void insert_message(const StoredMessage& message);  // after all with a lower number

    std::optional<EntryRow> entry(MailboxId mailbox, Uid uid);
    std::optional<EntryRow> entry_of_all_mail(MailboxId all_mail, MessageNumber message);
    std::optional<EntryRow> first_stale(MailboxId mailbox,
                                        MessageNumber message);  // the lowest UID
    std::vector<EntryRow> stale(MailboxId mailbox);
    bool has_stale(MailboxId mailbox);

    void insert(MailboxId mailbox, const EntryRow& row,
                const Moment& moment);  // a UID at or over uidnext moves that
    // The mailbox counts as changed only where a client could see the difference: flags or date.
    void change(MailboxId mailbox, const EntryRow& before, const EntryRow& after,
                const Moment& moment);
    void remove(MailboxId mailbox, const EntryRow& row, const Moment& moment);
    // The mailbox is no more: nobody asks what was in it.
    void clear(MailboxId mailbox, const Moment& moment);
    // The mailbox is back, and so are all of its entries.
    void show_again(MailboxId mailbox, const Moment& moment);

  private:
    std::uint32_t unseen(FlagSetId flags) { return flag_sets_.seen(flags) ? 0 : 1; }

    Connection& connection_;
    Tally& tally_;
    FlagSets& flag_sets_;
};

}  // namespace mailhold::store::catalog

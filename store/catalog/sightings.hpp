// Rows of what stood where at an origin, for ever, and of the UIDs that are awaited, in quarantine, or
// lost (a quarantine that ended without a sighting). A sighting whose
// entry is bound to it still stands; all others have vanished.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/catalog/connection.hpp"
#include "store/catalog/entries.hpp"
#include "store/catalog/places.hpp"
#include "store/catalog/tally.hpp"

namespace mailhold::store::catalog {

struct Sighted {
    MessageNumber message{};
    Uid local_uid{};                // ours, in the mailbox of the place; always for this message
    std::optional<EntryRow> entry;  // the one that stands: bound to this place and UID
};

// RFC822.SIZE and INTERNALDATE.
struct Claim {
    std::uint64_t size = 0;
    UtcSeconds date{};
    bool operator==(const Claim&) const = default;
};

class Sightings {
  public:
    Sightings(Connection& connection, Entries& entries, Tally& tally)
        : connection_(connection), entries_(entries), tally_(tally) {}

    // Mostly none or one; more where the origin showed different bytes under one UID. At most one
    // stands.
    std::vector<Sighted> at(const Place& place, Uid uid);
    // The one that stands.
    std::optional<Sighted> standing(const Place& place, Uid uid);
    // Makes or replaces the row of this place, UID and message.
    void put(const Place& place, Uid uid, const EntryRow& entry, const Moment& moment);

    // When the origin saved it there (RFC 8514).
    void put_saved(const Place& place, Uid uid, MessageNumber message, const ZonedSeconds& saved);

    // What the origin says of the message that stands, where its entry says otherwise.
    std::optional<Claim> claim(const Place& place, Uid uid);
    void put_claim(const Place& place, Uid uid, const std::optional<Claim>& claim);

    std::optional<std::string> quarantined(const Place& place,
                                           Uid uid);  // the reason, while pending
    void quarantine(const Place& place, Uid uid, const std::string& reason);
    void end_quarantine(const Place& place, Uid uid);
    void end_older_quarantines(const Place& place);  // of the mailbox's other generations

    // What the origin showed and the archive has not got.
    bool awaited(const Place& place, Uid uid);
    bool any_awaited(const Place& place);
    void await(const Place& place, Uid uid);
    bool end_awaited(const Place& place, Uid uid);  // whether it was
    // Ends it too; where nothing was ever sighted there, the loss stays on record.
    void lose(const Place& place, Uid uid, const std::string& reason);
    void lose_all(MailboxId mailbox, const std::string& reason);  // of all its generations

  private:
    Connection& connection_;
    Entries& entries_;
    Tally& tally_;
};

}  // namespace mailhold::store::catalog

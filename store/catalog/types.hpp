// What the catalog answers with: plain values, snapshots of one moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/base/digest.hpp"
#include "store/base/ids.hpp"
#include "store/base/time.hpp"
#include "store/facts.hpp"

namespace mailhold::store {

enum class MailboxKind {
    mirrored,  // the origin's mailbox, as the origin is now
    all_mail,  // every message ever archived from one account, or put into one user's workspaces, each
               // once
    ever_seen,  // a mirrored mailbox with all that ever stood in it, under the same UIDs
    workspace,  // a user's own, which he fills and empties as he likes
    search,     // a user's own name for what a search finds
    everything  // all that a user may see: made for him, never stored
};

// The mailbox with all that was ever seen in a mirrored one: numbered apart, with the UIDVALIDITY of
// the mirrored one, so that it changes no number of another mailbox.
constexpr MailboxId ever_seen_of(MailboxId mirrored) {
    return static_cast<MailboxId>(number(mirrored) + (1U << 30));
}

// The mailbox of all mail in a user's workspaces, likewise: by the first that held some.
constexpr MailboxId all_mail_beside(MailboxId workspace) {
    return static_cast<MailboxId>(number(workspace) + (2U << 30));
}

// The mirrored mailbox of one of all ever seen; any other is itself. Personal flags are kept there.
constexpr MailboxId flagged_as(MailboxId mailbox) {
    const bool ever_seen = number(mailbox) >> 30 == 1;
    return ever_seen ? static_cast<MailboxId>(number(mailbox) - (1U << 30)) : mailbox;
}

// What a workspace's list grants: rights by identifier (facts.hpp, Granted).
using Acl = std::map<std::string, std::string>;

// A local mailbox. Its UIDs and UIDVALIDITY are ours and never change.
struct Mailbox {
    MailboxId id{};
    MailboxKind kind = MailboxKind::mirrored;
    std::string account;      // empty where there is an owner
    std::string origin_name;  // as at the origin; empty for all_mail and workspaces
    std::string name;         // UTF-8, "/" as separator, without the account: "INBOX", "Work/2024"
    std::vector<std::string> attributes;  // from the origin: "\\Sent", "\\NoSelect"
    bool gone = false;                    // the origin no longer lists it
    UidValidity uidvalidity{};
    Uid uidnext{};
    ModSeq highest_modseq{};     // the ledger position of the last change, plus one; never 0
    std::uint32_t messages = 0;  // entries present
    std::uint32_t unseen = 0;    // of them without \Seen
    std::uint64_t octets = 0;    // of them, sum of sizes
    std::string owner{};  // of a workspace or a search: who made it; of all mail in his workspaces
    Acl acl{};            // of a workspace: what others may do there
    bool operator==(const Mailbox&) const = default;
};

// One message in one local mailbox.
struct Entry {
    Uid uid{};
    MessageNumber message{};
    std::uint32_t size = 0;  // octets; RFC 3501 allows no larger number
    FlagSetId flags{};
    ZonedSeconds internal_date;
    ModSeq modseq{};
    bool operator==(const Entry&) const = default;
};

using FlagSet = std::vector<std::string>;  // sorted, canonical case for system flags: "\\Seen"

// A mailbox and its entries at one moment, ascending by UID: sequence number s is entries[s-1].
// Immutable, so that the sessions that selected the mailbox can share one.
struct MailboxSnapshot {
    Mailbox mailbox;
    std::vector<Entry> entries;
    std::map<FlagSetId, FlagSet> flag_sets;  // those that the entries use
    const FlagSet& flags_of(const Entry& entry) const { return flag_sets.at(entry.flags); }
};

// The flags that a user gave for himself alone to messages of a mailbox, ascending by UID.
struct PersonalFlags {
    struct Message {
        Uid uid{};
        FlagSetId flags{};
        ModSeq modseq{};
    };
    std::vector<Message> messages;
    std::map<FlagSetId, FlagSet> flag_sets;
};
// What they make of a mailbox's counters.
struct PersonalCount {
    ModSeq highest_modseq{};
    std::int64_t unseen = 0;  // to be added
};

// A note about a mailbox (facts.hpp, Annotated): a user's own, or for all.
struct Note {
    bool shared = false;
    std::string entry;
    std::string value;
    bool operator==(const Note&) const = default;
};
inline constexpr MailboxId the_server{};  // what notes about no mailbox are about
// Which note, whatever it says.
struct NoteName {
    std::string user;     // whose it is; empty: for all
    MailboxId mailbox{};  // of one of all ever seen: the mirrored one
    std::string entry;
    auto operator<=>(const NoteName&) const = default;
};

// Where a user changed flags for himself alone.
struct PersonalChange {
    std::string user;
    MailboxId mailbox{};
    auto operator<=>(const PersonalChange&) const = default;
};

// Which accesses are asked for, in the order of the ledger.
struct AccessFilter {
    Sequence first{};     // records from this one on
    UtcMicros since{};    // and not before
    std::string user;     // empty: all
    std::string mailbox;  // with those below it; empty: all
    std::size_t most = 1'000;
};
struct RecordedAccess {
    Sequence record{};
    Accessed access;
    bool operator==(const RecordedAccess&) const = default;
};

// Where a message's bytes are, and what they are.
struct StoredMessage {
    MessageNumber number{};
    Digest digest;
    std::uint64_t size = 0;
    Sequence record{};          // its ledger record
    std::uint64_t segment = 0;  // first sequence number of the segment file that holds the record
    std::uint64_t offset = 0;   // of the record in that file
    UtcMicros archived_at{};
    bool operator==(const StoredMessage&) const = default;
};

// One place where a message stood at an origin, with whether it still does.
struct Location {
    Generation generation;
    Uid uid{};
    ZonedSeconds internal_date;
    FlagSet flags;
    bool vanished = false;
    MailboxId mailbox{};
    Uid local_uid{};
    std::optional<ZonedSeconds> saved{};  // into the mailbox, as the origin told (RFC 8514)
};

// A message that stands in an origin's mailbox.
struct Standing {
    Uid uid{};
    FlagSetId flags{};
    std::uint64_t size = 0;  // RFC822.SIZE and INTERNALDATE, as the origin gave them last
    UtcSeconds date{};
    MessageNumber message{};
    std::uint32_t labels = 0;  // Gmail's, in GenerationState::label_sets; 0: not on record
};

// As a number of the newest messages to be named.
constexpr std::size_t every_message = std::numeric_limits<std::size_t>::max();

// What sync needs to know about a generation to go on where it stopped.
struct GenerationState {
    Generation generation;
    Uid highest_uid{};     // the highest UID sighted or quarantined
    Uid synced_uidnext{};  // of the last GenerationSynced; 0 if there was none
    ModSeq synced_modseq{};
    std::vector<Standing> present;  // sighted and not vanished, ascending
    std::uint64_t unnamed = 0;      // so many more are, all of them below `present`
    std::map<FlagSetId, FlagSet> flag_sets;
    std::map<std::uint32_t, std::vector<std::string>> label_sets;
    std::vector<Uid> quarantined;  // still without a sighting, ascending
    std::vector<Uid> awaited;      // shown once, and still to be fetched, ascending
};

struct Totals {
    std::uint64_t messages = 0;  // distinct
    std::uint64_t octets = 0;    // of distinct messages
    std::uint64_t sightings = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t awaited = 0;  // UIDs that an origin showed and that are still to be fetched
    Sequence applied{};         // the next ledger record to apply
};

// What became of the UIDs of one generation, all that the origin ever showed, each counted once. The UIDs of a
// mailbox that is excluded are never asked for: of those there is the rule alone.
struct GenerationAccount {
    Generation generation;
    bool current = false;          // the mailbox is listed, and this is its UIDVALIDITY
    std::uint64_t archived = 0;    // the first sighting of these bytes
    std::uint64_t duplicates = 0;  // the same bytes as a message archived before
    std::uint64_t quarantined = 0;
    std::uint64_t lost = 0;        // gone from the origin before the message could be had
    std::vector<Uid> unaccounted;  // shown, and still to be fetched, ascending
    std::uint64_t shown() const {
        return archived + duplicates + quarantined + lost + unaccounted.size();
    }
    bool operator==(const GenerationAccount&) const = default;
};
struct Completeness {
    std::vector<GenerationAccount> generations;  // by account and mailbox, in order of opening
    std::vector<Excluded> excluded;              // mailboxes, with the rule
};

// How an account stands: what is still to be fetched, and the last comparison of all its mailboxes.
struct AccountBalance {
    std::string account;
    std::uint64_t unaccounted = 0;
    std::optional<Reconciled> reconciled{};
};

// What happened to a message at an origin, or to a mailbox where it stood.
struct Event {
    enum class What : std::uint8_t {
        sighted,
        flags,     // changed
        vanished,  // expunged, or moved, or the mailbox was filled anew
        returned,  // sighted again under the same UID
        moved,
        mailbox_gone,
        mailbox_back,
        mailbox_renamed,
        labels  // as Gmail told them, with the first sighting or since
    };
    What what{};
    UtcMicros time{};
    Generation generation;  // of a mailbox's event: without UIDVALIDITY
    Uid uid{};
    FlagSet flags{};              // before, of `flags`; of `sighted`, those it came with
    FlagSet flags_after{};        // of `flags`
    std::string other_mailbox{};  // where it was moved to; the mailbox's new name
    Uid other_uid{};
    std::vector<std::string> labels{};  // of `labels`: from then on
    bool operator==(const Event&) const = default;
};

// What is computed once from a message's parse: ENVELOPE and BODYSTRUCTURE as IMAP sends them, and
// what ties it to other messages.
struct Summary {
    std::string envelope;
    std::string body;            // BODY, without extension data
    std::string body_structure;  // BODYSTRUCTURE
    std::string links;           // indexer/mime/links.hpp
    bool operator==(const Summary&) const = default;
};

}  // namespace mailhold::store

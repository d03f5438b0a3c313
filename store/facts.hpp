// Facts: everything the archive knows, as plain values. Each becomes one ledger record, in order; the catalog is
// what they add up to. A fact names things by their own names (account, mailbox, UID), never by a catalog's ids,
// so that the ledger alone tells the whole story. store/ledger/fact_codec.* puts them into records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "store/base/digest.hpp"
#include "store/base/ids.hpp"
#include "store/base/time.hpp"

namespace mailhold::store {

// An account was configured (or its URL changed).
struct AccountDeclared {
    std::string account;
    std::string url;  // without password
    bool operator==(const AccountDeclared&) const = default;
};

// The origin lists this mailbox. Recorded when first seen, when it comes back, and when a field changed.
struct MailboxListed {
    std::string account;
    std::string mailbox;    // full name at the origin, UTF-8, with the origin's own separator
    std::string separator;  // one character, or empty for a flat name space
    std::vector<std::string> attributes;  // as LIST gave them: "\\Sent", "\\NoSelect"
    bool operator==(const MailboxListed&) const = default;
};

// The origin no longer lists the mailbox, or a rule leaves it out now. What was archived from it stays.
struct MailboxGone {
    std::string account;
    std::string mailbox;
    bool operator==(const MailboxGone&) const = default;
};

// One UIDVALIDITY of an origin's mailbox.
struct Generation {
    std::string account;
    std::string mailbox;
    UidValidity uidvalidity{};
    auto operator<=>(const Generation&) const = default;
};

// The mailbox was opened and showed this UIDVALIDITY for the first time.
struct GenerationOpened {
    Generation generation;
    bool operator==(const GenerationOpened&) const = default;
};

// Where an INTERNALDATE is from: the origin gave it; or it gave none, and it is from the message's own header (Date,
// else the newest Received), or the time of archiving.
enum class DateFrom : std::uint8_t { origin, header, archive };

// A message stood in a mailbox under a UID. The bytes with this digest are in the ledger before it.
struct Sighting {
    Generation generation;
    Uid uid{};
    Digest digest;
    std::uint64_t size = 0;  // octets of the message
    ZonedSeconds internal_date;
    std::vector<std::string> flags;  // as the origin gave them, without \Recent
    ModSeq modseq{};
    DateFrom date_from = DateFrom::origin;
    std::optional<std::uint64_t>
        said_size{};  // RFC822.SIZE as the origin gave it, where it is not `size`
    // SAVEDATE (RFC 8514): when it came into the mailbox, as the origin told; none: not told.
    std::optional<ZonedSeconds> saved{};
    bool operator==(const Sighting&) const = default;
};

// The flags of a message already sighted are now these (the whole set).
struct FlagsSeen {
    Generation generation;
    Uid uid{};
    std::vector<std::string> flags;
    ModSeq modseq{};
    bool operator==(const FlagsSeen&) const = default;
};

// The origin no longer has these UIDs. The archive keeps their messages.
struct Vanished {
    Generation generation;
    std::vector<Uid> uids;
    bool operator==(const Vanished&) const = default;
};

// Every UID the origin showed at this moment is accounted for. Entries of older generations of this mailbox that
// no message of this one matched by content have vanished.
struct GenerationSynced {
    Generation generation;
    Uid uidnext{};
    ModSeq highest_modseq{};
    std::uint32_t messages = 0;  // how many the origin has
    bool operator==(const GenerationSynced&) const = default;
};

// A mailbox is left out on purpose, by the rule of this name and text. Recorded once per mailbox and rule.
struct Excluded {
    std::string account;
    std::string mailbox;
    std::string rule;  // "exclude Junk"
    bool operator==(const Excluded&) const = default;
};

// The origin shows a UID whose message could not be had (NO to its FETCH, for instance). Retried at each pass;
// a later Sighting of the same UID ends it.
struct Quarantined {
    Generation generation;
    Uid uid{};
    std::string reason;
    bool operator==(const Quarantined&) const = default;
};

// The origin shows messages under these UIDs that are still to be fetched. For each it ends with its Sighting,
// Quarantined or Vanished, and for what is left with GenerationSynced.
struct Awaited {
    Generation generation;
    std::vector<Uid> uids;
    bool operator==(const Awaited&) const = default;
};

// The report of a comparison with the origin, UID by UID, with sizes and dates, whatever its counters say: of one
// mailbox where something differed, and of the account when all of its mailboxes were compared.
struct Reconciled {
    Generation generation;  // of the account: without mailbox, UIDVALIDITY 0
    UtcMicros began{};
    UtcMicros ended{};
    std::uint32_t mailboxes = 1;  // compared
    std::uint64_t shown = 0;      // UIDs that the origin listed
    std::uint64_t missing = 0;    // of them not known before
    std::uint64_t replaced = 0;   // of them known with another size or date: another message by now
    std::uint64_t gone = 0;       // UIDs that were known to stand there, and are not listed
    std::uint64_t repaired =
        0;  // of missing, replaced and gone together: now on record as they are
    std::uint64_t unaccounted =
        0;                // UIDs listed, and at the end neither archived nor in quarantine
    std::string problem;  // why it did not come to its end; else empty
    bool operator==(const Reconciled&) const = default;
};

// The message that vanished from one mailbox is the one that was sighted in another at about the same time.
struct Moved {
    Digest digest;
    Generation from;
    Uid from_uid{};
    Generation to;
    Uid to_uid{};
    bool operator==(const Moved&) const = default;
};

// The mailbox that is listed no longer is the one that is listed now, under another name.
struct Renamed {
    std::string account;
    std::string from;
    std::string to;
    bool operator==(const Renamed&) const = default;
};

// What an origin showed of its security when an account was let in there, where it is not what it showed before. Less
// is refused from then on, until people confirm it; another key is no less (certificates are renewed).
struct SecurityShown {
    std::string account;
    std::string url;                      // with another URL nothing is known yet
    std::string tls;                      // "TLSv1.3"; empty: no TLS
    std::vector<std::string> mechanisms;  // of SASL, offered, sorted
    std::string mechanism;                // used; empty: the LOGIN command, or let in before
    std::string binding;                  // of the channel, used: "tls-exporter"; empty: none
    std::string key;         // base64 of the SHA-256 of the certificate's SubjectPublicKeyInfo
    std::string issuer;      // of the certificate, as RFC 2253 writes it
    bool confirmed = false;  // by people, for it is less than before
    bool operator==(const SecurityShown&) const = default;
};

// A mailbox that a user made for himself here, named by what never changes of it.
struct Workspace {
    std::string owner;
    UidValidity uidvalidity{};
    auto operator<=>(const Workspace&) const = default;
};

// The workspace is called so from now on. The first time it is made by this.
struct WorkspaceNamed {
    Workspace workspace;
    std::string name;                     // UTF-8, "/" as separator
    std::vector<std::string> attributes;  // special uses: "\\Drafts"
    bool search = false;                  // nothing stands in it: it shows what a search finds
    bool operator==(const WorkspaceNamed&) const = default;
};

// The workspace is no more, and nothing stands in it. The messages stay.
struct WorkspaceDeleted {
    Workspace workspace;
    bool operator==(const WorkspaceDeleted&) const = default;
};

// Messages stand in a workspace, under consecutive UIDs. Their bytes are in the ledger before it.
struct Filed {
    struct Message {
        Digest digest;
        ZonedSeconds internal_date;
        std::vector<std::string> flags;
        bool operator==(const Message&) const = default;
    };
    Workspace workspace;
    Uid first{};
    std::vector<Message> messages;
    bool operator==(const Filed&) const = default;
};

// The owner of a workspace gave these flags to these messages in it (the whole set).
struct Flagged {
    Workspace workspace;
    std::vector<Uid> uids;
    std::vector<std::string> flags;
    bool operator==(const Flagged&) const = default;
};

// Messages were expunged from a workspace. The archive keeps them.
struct Unfiled {
    Workspace workspace;
    std::vector<Uid> uids;
    bool operator==(const Unfiled&) const = default;
};

// The owner of a workspace, or whom he lets administer it, gives these rights in it (the whole set; none: takes
// them back). RFC 4314.
struct Granted {
    Workspace workspace;
    std::string identifier;  // a user, "$group" or "anyone"; with "-" before it rights taken away
    std::string rights;      // "lrs"
    bool operator==(const Granted&) const = default;
};

// A user wants a mailbox among those that he is subscribed to, or no longer. All are, until he says
// otherwise.
struct Subscribed {
    std::string user;
    std::string mailbox;  // its full name, as he sees it
    bool wanted = true;
    bool operator==(const Subscribed&) const = default;
};

// A user gave messages flags for himself alone, in a mailbox that follows an origin (the whole set).
// What the origin says stays recorded, and is what all others see.
struct PersonallyFlagged {
    std::string user;
    std::string account;
    std::string mailbox;    // at the origin; empty: all mail of the account
    std::vector<Uid> uids;  // of the local mailbox
    std::vector<std::string> flags;
    bool operator==(const PersonallyFlagged&) const = default;
};

// A note about a mailbox, or about the whole server (RFC 5464), is this from now on.
struct Annotated {
    std::string user;                  // whose alone it is; empty: for all who see the mailbox
    std::string account;               // of a mailbox that follows an origin
    std::string mailbox;               // at the origin; empty: all mail of the account
    Workspace workspace{};             // where there is no account; without owner: the server
    std::string entry;                 // "/comment", in lower case
    std::optional<std::string> value;  // none: removed
    bool operator==(const Annotated&) const = default;
};

// Somebody looked at the archive, or tried to. Never holds a password, nor text of a message.
struct Accessed {
    enum class What : std::uint8_t { login, logout, select, search, fetch, append, copy };
    UtcMicros time{};
    std::string user;           // at a login that failed: as he said
    std::string address;        // of his program, with the port
    std::uint64_t session = 0;  // the same from login to logout, and never twice; 0: of none
    What what{};
    std::string mailbox;  // as he sees it
    std::string detail;   // UIDs and what of them; what was searched; how he logged in
    std::string outcome;  // "ok", or why not
    bool operator==(const Accessed&) const = default;
};

// A message was handed in by a mail server, not fetched, with this envelope. What is not told is empty. Its bytes are in
// the ledger before it.
struct Journaled {
    Generation generation;  // where it was put
    Uid uid{};
    Digest digest;
    UtcMicros time{};                     // when its last octet came
    std::string sender;                   // the reverse-path; empty: <>
    std::vector<std::string> recipients;  // that were accepted, in their order
    std::string peer;                     // who handed it in: "192.0.2.1:4711"
    std::string helo;                     // and what he called himself
    std::string protocol;                 // as RFC 3848 and 6531 name it: "LMTP", "UTF8SMTPS"
    std::string tls;                      // "TLSv1.3"; empty: none
    std::optional<Digest> report{};       // the journal report that held it, and said this of it
    bool operator==(const Journaled&) const = default;
};

// What Gmail tells of a message beside IMAP (X-GM-EXT-1): of one that was sighted there, and again when its labels are
// others.
struct GmailSeen {
    Generation generation;
    Uid uid{};
    std::uint64_t message_id =
        0;  // X-GM-MSGID: the same for the message in all mailboxes of the account
    std::uint64_t thread_id = 0;  // X-GM-THRID
    // X-GM-LABELS, UTF-8, sorted (the whole set, without that of the mailbox itself); none: not asked for, as they are
    // told where the mailbox of all mail holds the message.
    std::optional<std::vector<std::string>> labels{};
    bool operator==(const GmailSeen&) const = default;
};

using Fact =
    std::variant<AccountDeclared, MailboxListed, MailboxGone, GenerationOpened, Sighting, FlagsSeen,
                 Vanished, GenerationSynced, Excluded, Quarantined, Awaited, Reconciled, Moved,
                 Renamed, SecurityShown, WorkspaceNamed, WorkspaceDeleted, Filed, Flagged, Unfiled,
                 Granted, Subscribed, PersonallyFlagged, Annotated, Accessed, Journaled, GmailSeen>;

}  // namespace mailhold::store

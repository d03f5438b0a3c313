// The archive as the rest of the program sees it. ArchiveReader answers questions, from any thread,
// also beside a running daemon; Archive adds the one writer. Nothing outside store/ sees a segment,
// a record or SQL.
//
//   ingest ──▶ writer thread: ledger append, one fsync for many ──▶ catalog, one transaction ──▶
//   subscribers
//
// A call that stores returns only when what it stored is on disk (fsync) and visible to readers.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/blob.hpp"
#include "store/base/error.hpp"
#include "store/catalog/types.hpp"
#include "store/facts.hpp"

namespace mailhold::store {

namespace catalog {
class CatalogWriter;
}
struct Item;  // archive_writer.hpp

// A message on its way in: its exact octets and where it was seen. sighting.digest and .size are
// computed here (a caller's values are overwritten).
struct Arrival {
    Sighting sighting;
    Blob octets;
};

// What a commit changed; subscribers get it on the writer thread right after, and must not block.
struct Change {
    std::vector<MailboxId> mailboxes;        // with new, changed or vanished entries
    std::vector<PersonalChange> personal{};  // distinct
    std::vector<NoteName> notes{};           // that were set or removed, as often as they were
    std::vector<std::string> subscribers{};  // users who subscribed to something, or ended that
    bool mailbox_list = false;               // a mailbox came, went or changed its attributes
    MessageNumber last_message{};            // highest message number now
    Sequence next{};                         // all records before it are to be seen
};

class ArchiveReader {
  public:
    // Opens an existing archive for reading, beside its daemon or without one. Errc::not_found when
    // `data` holds none, or only its catalog is missing (the text says which).
    static Result<std::unique_ptr<ArchiveReader>> open(const std::filesystem::path& data);
    virtual ~ArchiveReader();

    // All blocking, all thread-safe, each a consistent snapshot of the catalog.
    Result<Totals> totals() const;
    Result<std::vector<Mailbox>> mailboxes()
        const;  // all accounts; includes those gone at the origin
    // Where an earlier one of the same mailbox is given, only what changed since is read.
    Result<std::shared_ptr<const MailboxSnapshot>> snapshot(
        MailboxId mailbox, const MailboxSnapshot* earlier = nullptr) const;
    // Who looked at what, in the order of the ledger.
    Result<std::vector<RecordedAccess>> accesses(const AccessFilter& filter) const;
    // Whether that session did something at that moment.
    Result<bool> has_access(UtcMicros time, std::uint64_t session) const;
    // With which envelopes the message was handed in, in the order of the ledger.
    Result<std::vector<Journaled>> envelopes(MessageNumber message) const;
    // The notes that the user sees about a mailbox, or about the_server: those for all, then his own,
    // each by entry.
    Result<std::vector<Note>> notes(std::string_view user, MailboxId mailbox) const;
    // The full names that the user does not want to be subscribed to.
    Result<std::vector<std::string>> unsubscribed(std::string_view user) const;
    // What a user changed for himself alone; and what that makes of the counters of the mailboxes
    // where he did.
    Result<PersonalFlags> personal_flags(std::string_view user, MailboxId mailbox) const;
    Result<std::map<MailboxId, PersonalCount>> personal_counts(std::string_view user) const;
    // Of entries from the UID `first` on that changed since they came: the mod-sequence of their
    // coming, ascending by UID.
    Result<std::vector<std::pair<Uid, ModSeq>>> began(MailboxId mailbox, Uid first) const;
    // UIDs that left the mailbox later than `since` and are not back, ascending.
    Result<std::vector<Uid>> expunged(MailboxId mailbox, ModSeq since) const;
    Result<StoredMessage> find(const Digest& digest) const;     // Errc::not_found
    Result<StoredMessage> message(MessageNumber number) const;  // Errc::not_found
    Result<std::vector<StoredMessage>> messages(MessageNumber first,
                                                std::size_t most) const;  // ascending from `first`
    // Each at its place; nullopt where there is none of this number.
    Result<std::vector<std::optional<StoredMessage>>> messages(
        std::span<const MessageNumber> numbers) const;
    Result<std::vector<Location>> locations(MessageNumber number) const;
    // A digest over the digests of messages 1 to `number`, in order; zeros for 0. Equal ones mean
    // the very same messages under the same numbers, so what is made of messages 1 to n (an index)
    // and kept with lineage(n) is known to belong to this archive while lineage(n) is still that.
    Result<Digest> lineage(MessageNumber number) const;  // Errc::not_found
    // The exact octets, decompressed, checked against the digest: Errc::corrupt rather than wrong
    // bytes.
    Result<Blob> octets(const StoredMessage& message) const;
    Result<Blob> octets(MessageNumber number) const;

    // Sync's memory. Generations of a mailbox ascending by first opening; the last is the current
    // one.
    Result<std::vector<Generation>> generations(std::string_view account,
                                                std::string_view origin_mailbox) const;
    // Of the messages that stand only the `newest` need be named, and the others counted: then what is read mostly does not
    // grow with the mailbox.
    Result<GenerationState> generation_state(const Generation& generation,
                                             std::size_t newest = every_message) const;
    Result<std::vector<MailboxListed>> listed(std::string_view account) const;  // not gone
    Result<std::vector<Excluded>> exclusions(std::string_view account) const;
    Result<std::vector<AccountDeclared>> accounts() const;
    // What the account's origin showed last when it let us in; none before that.
    Result<std::optional<SecurityShown>> security(std::string_view account) const;

    Result<bool> knows_gmail(std::string_view account) const;  // whether any X-GM-MSGID is
    // Of these X-GM-MSGIDs those that the account has on record for one message, and for one only.
    Result<std::map<std::uint64_t, StoredMessage>> gmail_messages(
        std::string_view account, std::span<const std::uint64_t> ids) const;

    // What became of every UID that the origins ever showed. Reads all sightings.
    Result<Completeness> completeness() const;
    Result<std::vector<AccountBalance>> balances() const;  // of all accounts
    // What happened to a message at the origins, in the order of the ledger.
    Result<std::vector<Event>> history(MessageNumber message) const;
    // Messages that vanished from one mailbox of the account and were sighted in another, both at or
    // after the record `since`: each place at most once.
    Result<std::vector<Moved>> moves(std::string_view account, Sequence since) const;
    // Mailboxes that went since, each with one that came since and has its UIDVALIDITY and the same
    // messages under the same UIDs.
    Result<std::vector<Renamed>> renames(std::string_view account, Sequence since) const;

    // Projection of a message's parse, filled in by the indexer; absent until then.
    Result<std::vector<std::optional<Summary>>> summaries(
        std::span<const MessageNumber> numbers) const;

    const std::filesystem::path& data_folder() const;
    std::filesystem::path spool_folder() const;  // data/spool; for BlobBuilder
    std::filesystem::path index_folder() const;  // data/index

  protected:
    struct Parts;
    explicit ArchiveReader(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

enum class Purpose {
    archive,
    caches,  // put_summaries() alone, for an index made anew: needs no signing key
};

struct ArchiveOptions {
    Purpose purpose = Purpose::archive;
    std::uint64_t segment_limit = 256 << 20;  // bytes of a ledger segment before the next begins
    std::chrono::milliseconds checkpoint_interval{
        60'000};  // between signatures, when something is new
};

class Archive final : public ArchiveReader {
  public:
    // Opens or creates the archive for writing: takes the lock (Errc::locked names its holder),
    // cuts a torn tail, applies to the catalog what it missed, empties the spool, starts the
    // writer, and takes what waits in the audit's inbox (audit_inbox.hpp).
    static Result<std::unique_ptr<Archive>> open(const std::filesystem::path& data,
                                                 const ArchiveOptions& options = {});
    ~Archive() override;  // commits what was submitted, signs a checkpoint, stops the writer

    // Stores messages and facts, in this order, in one group commit shared with concurrent callers.
    // Blocks until durable and visible. On an error nothing of this call counts as stored, and
    // calling again is safe: bytes already archived are stored once, facts already known are not
    // repeated.
    Status ingest(std::vector<Arrival> arrivals, std::vector<Fact> facts = {});

    // ingest() in two halves, for who has the next ready while one is committed. The first hashes,
    // compresses and encodes: most of the time.
    using Prepared = std::shared_ptr<std::vector<Item>>;
    Result<Prepared> prepare(std::vector<Arrival> arrivals, std::vector<Fact> facts) const;
    Status commit(Prepared prepared);

    // Stores octets, and the facts that `decision` makes of the catalog as it is with all earlier
    // commits applied, so that nothing can come between the look and the change. It is called on
    // the writer's thread and must be quick; where it fails nothing is stored, and that is the
    // answer. Its facts may name the octets. Otherwise as ingest().
    using Decision =
        std::move_only_function<Result<std::vector<Fact>>(catalog::CatalogWriter& now)>;
    Status decide(std::vector<Blob> octets, Decision decision);

    // Writes the indexer's projections; not durable by itself (can be computed again).
    Status put_summaries(std::span<const std::pair<MessageNumber, Summary>> summaries);

    // Ends when released: once that returns it is not being called, and never will be. May be
    // released while called.
    using Subscription = std::shared_ptr<const void>;
    [[nodiscard]] Subscription subscribe(std::function<void(const Change&)> on_change);

  private:
    struct Writer;
    Archive(std::unique_ptr<Parts> parts, std::unique_ptr<Writer> writer);
    std::unique_ptr<Writer> writer_;
};

// One difference that verify found, in words, with where it is.
struct Problem {
    std::string where;
    std::string what;
};
struct Verification {
    std::uint64_t records = 0;
    std::uint64_t messages = 0;
    std::uint64_t octets = 0;
    std::uint64_t checkpoints = 0;
    std::string root;  // hex of the Merkle root over all records
    std::string key;   // hex of the public key that signed
    std::vector<Problem> problems;
};
struct Progress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;  // 0 where unknown
};

// Reads the whole ledger: CRCs, every digest, the tree, every checkpoint and its signature, and the
// catalog against a fresh projection. Works beside a running daemon (checks what was committed when
// it began).
Result<Verification> verify(const std::filesystem::path& data,
                            const std::function<void(Progress)>& on_progress = {});

// Makes the catalog anew from the ledger alone, without its signing key. Takes the lock; local UIDs
// come out the same; until it succeeds the catalog that is there stays in use.
Status rebuild_catalog(const std::filesystem::path& data,
                       const std::function<void(Progress)>& on_progress = {});

}  // namespace mailhold::store

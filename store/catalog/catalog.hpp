// The catalog: SQLite's projection of the ledger, and the wall around SQLite. CatalogWriter applies
// committed records in order; CatalogReader answers from snapshots. The same records always give
// the same catalog, local UIDs included.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/position.hpp"
#include "store/catalog/types.hpp"
#include "store/facts.hpp"

namespace mailhold::store::catalog {

// A ledger record as the catalog sees it: the bytes of a message that were stored, a fact, or a
// kind it does not know.
struct MessageStored {
    Digest digest;
    std::uint64_t size = 0;
    std::uint64_t segment = 0;  // first sequence number of its segment file
    std::uint64_t offset = 0;   // of the record in that file
};
struct Unknown {};
struct Committed {
    Sequence sequence{};
    UtcMicros time{};
    std::variant<MessageStored, Fact, Unknown> content;
};

// What one apply() changed.
struct Applied {
    std::vector<MailboxId> mailboxes{};  // distinct; with new, changed or vanished entries
    std::vector<PersonalChange> personal{};
    std::vector<NoteName> notes{};           // that were set or removed, as often as they were
    std::vector<std::string> subscribers{};  // users whose subscriptions changed
    bool mailbox_list = false;
    MessageNumber last_message{};
    std::vector<Sequence> dangling{};  // sightings of bytes that no record before them holds
};

// The one writer. One thread at a time.
class CatalogWriter {
  public:
    // Creates the file if absent. One that is no catalog, or has another schema than today's, is
    // Errc::corrupt: it is never migrated, the caller makes it anew from the ledger.
    static Result<std::unique_ptr<CatalogWriter>> open(const std::filesystem::path& file);
    ~CatalogWriter();
    // Removes a catalog with the files SQLite keeps beside it: a WAL left behind would be read into
    // the next one.
    static Status discard(const std::filesystem::path& file);
    // Puts the closed catalog `fresh` into the place of `file`, durably: one or the other is there,
    // whole, whatever happens. Errc::locked while a reader keeps the old one from being settled.
    static Status replace(const std::filesystem::path& file, const std::filesystem::path& fresh);

    Sequence next() const;  // the record to apply next; records before it are in
    // Up to where, and of which ledger, it holds records; that of the first record before any.
    Result<LedgerPosition> position();
    // Applies consecutive records starting at next(), in one transaction with the position after
    // them: all or nothing. A record before next() is skipped (replay changes nothing); a gap, or a
    // position that is not the one after the last record, is Errc::invalid.
    Result<Applied> apply(std::span<const Committed> records, const LedgerPosition& after);
    // The message number and place of a digest; also sees what this writer just applied.
    Result<std::optional<StoredMessage>> find(const Digest& digest);
    // Whether applying this fact would change anything (a Sighting already known, flags as known, a
    // mailbox already listed so ...): facts that would not are not worth a record.
    Result<bool> is_news(const Fact& fact);
    // As the reader's, of all that was applied.
    Result<std::vector<Mailbox>> mailboxes();
    Result<Mailbox> mailbox(MailboxId id);  // Errc::not_found
    // Those that are there, with the flags that the user sees.
    Result<std::vector<Entry>> entries(MailboxId mailbox, std::span<const Uid> uids,
                                       const std::string& user = {});
    Result<FlagSet> flag_set(FlagSetId id);
    Result<std::vector<Note>> notes(const std::string& user, MailboxId mailbox);
    Status put_summaries(std::span<const std::pair<MessageNumber, Summary>> summaries);
    // A digest over all rows that the ledger determines (not the summaries): equal catalogs have
    // equal digests.
    Result<Digest> fingerprint();

  private:
    struct Parts;
    explicit CatalogWriter(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// Many threads; a pool of read connections inside (WAL: never blocked by the writer, works across
// processes). The answers are those of store::ArchiveReader (store/archive.hpp), which forwards
// here.
class CatalogReader {
  public:
    static Result<std::unique_ptr<CatalogReader>> open(
        const std::filesystem::path& file);  // Errc::not_found if absent
    ~CatalogReader();

    Result<Totals> totals() const;
    Result<LedgerPosition> position() const;
    Result<std::vector<Mailbox>> mailboxes() const;
    Result<std::shared_ptr<const MailboxSnapshot>> snapshot(
        MailboxId mailbox, const MailboxSnapshot* earlier = nullptr) const;
    Result<std::vector<RecordedAccess>> accesses(const AccessFilter& filter) const;
    Result<bool> has_access(UtcMicros time, std::uint64_t session) const;
    Result<std::vector<Journaled>> envelopes(MessageNumber message) const;
    Result<std::vector<Note>> notes(std::string_view user, MailboxId mailbox) const;
    Result<std::vector<std::string>> unsubscribed(std::string_view user) const;
    Result<PersonalFlags> personal_flags(std::string_view user, MailboxId mailbox) const;
    Result<std::map<MailboxId, PersonalCount>> personal_counts(std::string_view user) const;
    Result<std::vector<std::pair<Uid, ModSeq>>> began(MailboxId mailbox, Uid first) const;
    Result<std::vector<Uid>> expunged(MailboxId mailbox, ModSeq since) const;
    Result<StoredMessage> find(const Digest& digest) const;
    Result<StoredMessage> message(MessageNumber number) const;
    Result<std::vector<StoredMessage>> messages(MessageNumber first, std::size_t most) const;
    Result<std::vector<std::optional<StoredMessage>>> messages(
        std::span<const MessageNumber> numbers) const;
    Result<Digest> lineage(MessageNumber number) const;
    Result<std::vector<Location>> locations(MessageNumber number) const;
    Result<std::vector<Generation>> generations(std::string_view account,
                                                std::string_view origin_mailbox) const;
    Result<GenerationState> generation_state(const Generation& generation,
                                             std::size_t newest = every_message) const;
    Result<std::vector<MailboxListed>> listed(std::string_view account) const;
    Result<std::vector<Excluded>> exclusions(std::string_view account) const;
    Result<std::vector<AccountDeclared>> accounts() const;
    Result<std::optional<SecurityShown>> security(std::string_view account) const;
    Result<bool> knows_gmail(std::string_view account) const;
    Result<std::map<std::uint64_t, StoredMessage>> gmail_messages(
        std::string_view account, std::span<const std::uint64_t> ids) const;
    Result<Completeness> completeness() const;
    Result<std::vector<AccountBalance>> balances() const;
    Result<std::vector<Event>> history(MessageNumber message) const;
    Result<std::vector<Moved>> moves(std::string_view account, Sequence since) const;
    Result<std::vector<Renamed>> renames(std::string_view account, Sequence since) const;
    Result<std::vector<std::optional<Summary>>> summaries(
        std::span<const MessageNumber> numbers) const;
    // Errc::corrupt when tables, indexes or pages contradict each other, or a summary is damaged.
    Status check() const;
    Result<Digest> fingerprint() const;  // as CatalogWriter::fingerprint
    // The fingerprint and the position it belongs to, of one moment, also beside a running writer.
    Result<std::pair<LedgerPosition, Digest>> fingerprint_at() const;

  private:
    struct Parts;
    explicit CatalogReader(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::store::catalog

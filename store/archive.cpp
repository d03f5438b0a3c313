#include "store/archive.hpp"

#include <fmt/format.h>

#include "store/archive_writer.hpp"
#include "store/audit_inbox.hpp"
#include "store/base/file.hpp"
#include "store/base/log.hpp"
#include "store/catalog/catalog.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/octets_reader.hpp"
#include "store/ledger/segment.hpp"
#include "store/replay.hpp"

namespace mailhold::store {
namespace {

Status empty_folder(const std::filesystem::path& folder) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        std::filesystem::remove_all(entry.path(), error);
        if (error) break;
    }
    if (error) return fail(Errc::io, fmt::format("empty {}: {}", folder.string(), error.message()));
    return {};
}

// The catalog is told of a record only after its sync. Nothing where no catalog can be read.
LedgerPosition committed(const std::filesystem::path& data) {
    const auto catalog = catalog::CatalogReader::open(catalog_path(data));
    return catalog ? (*catalog)->position().value_or(LedgerPosition{}) : LedgerPosition{};
}

// A reader believes the catalog of this archive; whether it also holds the same records is the
// writer's business, and verify's.
Status check_archive(const std::filesystem::path& data, const catalog::CatalogReader& catalog) {
    const auto position = catalog.position();
    if (!position) return std::unexpected(position.error());
    const auto segments = ledger::list_segments(ledger_folder(data));
    if (!segments) return std::unexpected(segments.error());
    if (position->next == Sequence{0} || segments->empty()) return {};
    const auto file = ledger::open_segment(ledger_folder(data), segments->back().first);
    if (!file) return std::unexpected(file.error());
    const auto archive = ledger::read_archive_id(*file);
    if (!archive) return std::unexpected(archive.error());
    if (*archive == position->archive) return {};
    return fail(Errc::corrupt,
                fmt::format("the catalog of {} belongs to another archive: `mailhold rebuild` "
                            "makes it anew from the ledger",
                            data.string()));
}

ledger::LedgerOptions ledger_options(const std::filesystem::path& data,
                                     const ArchiveOptions& options,
                                     const LedgerPosition& committed) {
    return {.folder = ledger_folder(data),
            .keys_folder = keys_folder(data),
            .purpose = options.purpose == Purpose::caches ? ledger::Purpose::read
                                                          : ledger::Purpose::append,
            .segment_limit = options.segment_limit,
            .committed = committed};
}

}  // namespace

struct ArchiveReader::Parts {
    Parts(const std::filesystem::path& folder, std::unique_ptr<catalog::CatalogReader> reader)
        : data(folder),
          catalog(std::move(reader)),
          octets(ledger_folder(folder), folder / "spool") {}

    std::filesystem::path data;
    std::unique_ptr<catalog::CatalogReader> catalog;
    ledger::OctetsReader octets;
};

ArchiveReader::ArchiveReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ArchiveReader::~ArchiveReader() = default;

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(const std::filesystem::path& data) {
    auto catalog = catalog::CatalogReader::open(catalog_path(data));
    if (!catalog && catalog.error().code == Errc::not_found) return nothing_in(data);
    if (!catalog) return std::unexpected(catalog.error());
    if (auto fits = check_archive(data, **catalog); !fits) return std::unexpected(fits.error());
    auto parts = std::make_unique<Parts>(data, std::move(*catalog));
    return std::unique_ptr<ArchiveReader>(new ArchiveReader(std::move(parts)));
}

Result<Totals> ArchiveReader::totals() const {
    return parts_->catalog->totals();
}
Result<std::vector<Mailbox>> ArchiveReader::mailboxes() const {
    return parts_->catalog->mailboxes();
}
Result<std::vector<RecordedAccess>> ArchiveReader::accesses(const AccessFilter& filter) const {
    return parts_->catalog->accesses(filter);
}
Result<bool> ArchiveReader::has_access(UtcMicros time, std::uint64_t session) const {
    return parts_->catalog->has_access(time, session);
}
Result<std::vector<Journaled>> ArchiveReader::envelopes(MessageNumber message) const {
    return parts_->catalog->envelopes(message);
}
Result<std::vector<Note>> ArchiveReader::notes(std::string_view user, MailboxId mailbox) const {
    return parts_->catalog->notes(user, mailbox);
}
Result<std::vector<std::string>> ArchiveReader::unsubscribed(std::string_view user) const {
    return parts_->catalog->unsubscribed(user);
}

Result<PersonalFlags> ArchiveReader::personal_flags(std::string_view user,
                                                    MailboxId mailbox) const {
    return parts_->catalog->personal_flags(user, mailbox);
}

Result<std::map<MailboxId, PersonalCount>> ArchiveReader::personal_counts(
    std::string_view user) const {
    return parts_->catalog->personal_counts(user);
}

Result<std::vector<std::pair<Uid, ModSeq>>> ArchiveReader::began(MailboxId mailbox,
                                                                 Uid first) const {
    return parts_->catalog->began(mailbox, first);
}
Result<std::vector<Uid>> ArchiveReader::expunged(MailboxId mailbox, ModSeq since) const {
    return parts_->catalog->expunged(mailbox, since);
}

Result<std::shared_ptr<const MailboxSnapshot>> ArchiveReader::snapshot(
    MailboxId mailbox, const MailboxSnapshot* earlier) const {
    return parts_->catalog->snapshot(mailbox, earlier);
}
Result<StoredMessage> ArchiveReader::find(const Digest& digest) const {
    return parts_->catalog->find(digest);
}
Result<StoredMessage> ArchiveReader::message(MessageNumber number) const {
    return parts_->catalog->message(number);
}
Result<std::vector<StoredMessage>> ArchiveReader::messages(MessageNumber first,
                                                           std::size_t most) const {
    return parts_->catalog->messages(first, most);
}
Result<std::vector<std::optional<StoredMessage>>> ArchiveReader::messages(
    std::span<const MessageNumber> numbers) const {
    return parts_->catalog->messages(numbers);
}
Result<std::vector<Location>> ArchiveReader::locations(MessageNumber number) const {
    return parts_->catalog->locations(number);
}

Result<Digest> ArchiveReader::lineage(MessageNumber number) const {
    return parts_->catalog->lineage(number);
}

Result<Blob> ArchiveReader::octets(const StoredMessage& message) const {
    return parts_->octets.read({message.segment, message.offset}, {message.digest, message.size});
}

Result<Blob> ArchiveReader::octets(MessageNumber number) const {
    const auto stored = message(number);
    if (!stored) return std::unexpected(stored.error());
    return octets(*stored);
}

Result<std::vector<Generation>> ArchiveReader::generations(std::string_view account,
                                                           std::string_view origin_mailbox) const {
    return parts_->catalog->generations(account, origin_mailbox);
}
Result<GenerationState> ArchiveReader::generation_state(const Generation& generation,
                                                        std::size_t newest) const {
    return parts_->catalog->generation_state(generation, newest);
}
Result<std::vector<MailboxListed>> ArchiveReader::listed(std::string_view account) const {
    return parts_->catalog->listed(account);
}
Result<std::vector<Excluded>> ArchiveReader::exclusions(std::string_view account) const {
    return parts_->catalog->exclusions(account);
}
Result<std::vector<AccountDeclared>> ArchiveReader::accounts() const {
    return parts_->catalog->accounts();
}
Result<Completeness> ArchiveReader::completeness() const {
    return parts_->catalog->completeness();
}
Result<std::optional<SecurityShown>> ArchiveReader::security(std::string_view account) const {
    return parts_->catalog->security(account);
}
Result<bool> ArchiveReader::knows_gmail(std::string_view account) const {
    return parts_->catalog->knows_gmail(account);
}
Result<std::map<std::uint64_t, StoredMessage>> ArchiveReader::gmail_messages(
    std::string_view account, std::span<const std::uint64_t> ids) const {
    return parts_->catalog->gmail_messages(account, ids);
}
Result<std::vector<AccountBalance>> ArchiveReader::balances() const {
    return parts_->catalog->balances();
}
Result<std::vector<Event>> ArchiveReader::history(MessageNumber message) const {
    return parts_->catalog->history(message);
}
Result<std::vector<Moved>> ArchiveReader::moves(std::string_view account, Sequence since) const {
    return parts_->catalog->moves(account, since);
}
Result<std::vector<Renamed>> ArchiveReader::renames(std::string_view account,
                                                    Sequence since) const {
    return parts_->catalog->renames(account, since);
}
Result<std::vector<std::optional<Summary>>> ArchiveReader::summaries(
    std::span<const MessageNumber> numbers) const {
    return parts_->catalog->summaries(numbers);
}

const std::filesystem::path& ArchiveReader::data_folder() const {
    return parts_->data;
}
std::filesystem::path ArchiveReader::spool_folder() const {
    return parts_->data / "spool";
}
std::filesystem::path ArchiveReader::index_folder() const {
    return parts_->data / "index";
}

struct Archive::Writer {
    FolderLock lock;  // outlives the thread that writes
    ArchiveWriter writer;
};

Result<std::unique_ptr<Archive>> Archive::open(const std::filesystem::path& data,
                                               const ArchiveOptions& options) {
    if (auto made = make_folder(data); !made) return std::unexpected(made.error());
    auto lock = FolderLock::acquire(data);
    if (!lock) return std::unexpected(lock.error());
    for (const auto* name : {"ledger", "keys", "spool", "index", "audit-inbox"}) {
        if (auto made = make_folder(data / name); !made) return std::unexpected(made.error());
    }
    if (auto emptied = empty_folder(data / "spool"); !emptied)
        return std::unexpected(emptied.error());
    auto ledger = ledger::LedgerWriter::open(ledger_options(data, options, committed(data)));
    if (!ledger) return std::unexpected(ledger.error());
    auto catalog = open_catalog(data, ledger->position());
    if (!catalog) return std::unexpected(catalog.error());
    auto reader = catalog::CatalogReader::open(catalog_path(data));
    if (!reader) return std::unexpected(reader.error());
    auto parts = std::make_unique<Parts>(data, std::move(*reader));
    auto writer = std::unique_ptr<Writer>(new Writer{
        std::move(*lock), {std::move(*ledger), std::move(*catalog), options.checkpoint_interval}});
    std::unique_ptr<Archive> archive(new Archive(std::move(parts), std::move(writer)));
    if (options.purpose == Purpose::archive)
        if (auto taken = take_audit_inbox(*archive); !taken)
            log::error("audit.inbox", {{"what", taken.error().text}});
    return archive;
}

Archive::Archive(std::unique_ptr<Parts> parts, std::unique_ptr<Writer> writer)
    : ArchiveReader(std::move(parts)), writer_(std::move(writer)) {}
Archive::~Archive() {
    writer_->writer.stop();
    parts_->catalog.reset();  // the writer's connection is the last one then, and leaves one file
}

Status Archive::ingest(std::vector<Arrival> arrivals, std::vector<Fact> facts) {
    auto prepared = prepare(std::move(arrivals), std::move(facts));
    return prepared ? commit(std::move(*prepared)) : std::unexpected(prepared.error());
}

Result<Archive::Prepared> Archive::prepare(std::vector<Arrival> arrivals,
                                           std::vector<Fact> facts) const {
    auto items = items_of(std::move(arrivals), std::move(facts), spool_folder());
    if (!items) return std::unexpected(items.error());
    return std::make_shared<std::vector<Item>>(std::move(*items));
}

Status Archive::commit(Prepared prepared) {
    return writer_->writer.ingest(std::move(*prepared));
}

Status Archive::decide(std::vector<Blob> octets, Decision decision) {
    auto items = items_of(std::move(octets), spool_folder());
    if (!items) return std::unexpected(items.error());
    return writer_->writer.decide(std::move(*items), std::move(decision));
}

Status Archive::put_summaries(std::span<const std::pair<MessageNumber, Summary>> summaries) {
    return writer_->writer.put_summaries(summaries);
}

Archive::Subscription Archive::subscribe(std::function<void(const Change&)> on_change) {
    return writer_->writer.subscribe(std::move(on_change));
}

Status rebuild_catalog(const std::filesystem::path& data,
                       const std::function<void(Progress)>& on_progress) {
    if (!std::filesystem::exists(ledger_folder(data))) return nothing_in(data);
    const auto lock = FolderLock::acquire(data);
    if (!lock) return std::unexpected(lock.error());
    const auto ledger =
        ledger::LedgerWriter::open(ledger_options(data, {.purpose = Purpose::caches}, {}));
    if (!ledger) return std::unexpected(ledger.error());
    const auto made = make_catalog(data, ledger->next(), on_progress);
    return made ? Status{} : std::unexpected(made.error());
}

}  // namespace mailhold::store

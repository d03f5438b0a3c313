// CatalogReader: a pool of connections, one transaction an answer.
#include <fmt/format.h>

#include <mutex>
#include <string>

#include "store/catalog/answers.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/envelopes.hpp"
#include "store/catalog/schema.hpp"

namespace mailhold::store::catalog {

struct CatalogReader::Parts {
    // Runs `question` on a connection of the pool, at one moment of the catalog. A connection that
    // failed is not used again.
    template <class Question>
    auto ask(std::string_view what, Question&& question) {
        return walled(fmt::format("read {} from the catalog {}", what, file.string()), [&] {
            auto connection = take();
            auto answer = [&] {
                SQLite::Transaction transaction(connection->database());
                auto read = question(*connection);
                transaction.commit();
                return read;
            }();
            const std::lock_guard lock(mutex);
            idle.push_back(std::move(connection));
            return answer;
        });
    }

    std::unique_ptr<Connection> take() {
        {
            const std::lock_guard lock(mutex);
            if (!idle.empty()) {
                auto connection = std::move(idle.back());
                idle.pop_back();
                return connection;
            }
        }
        auto connection = std::make_unique<Connection>(file, Connection::Role::reader);
        require_tables(*connection);
        return connection;
    }

    std::filesystem::path file;
    std::mutex mutex;
    std::vector<std::unique_ptr<Connection>> idle;
};

namespace {

constexpr char integrity_check[] = "PRAGMA integrity_check(1)";

Result<StoredMessage> or_not_found(Result<std::optional<StoredMessage>> found,
                                   const std::string& what) {
    if (!found) return std::unexpected(found.error());
    if (!*found) return fail(Errc::not_found, what);
    return std::move(**found);
}

}  // namespace

CatalogReader::CatalogReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CatalogReader::~CatalogReader() = default;

Result<std::unique_ptr<CatalogReader>> CatalogReader::open(const std::filesystem::path& file) {
    std::error_code problem;
    if (!std::filesystem::exists(file, problem))
        return fail(Errc::not_found, fmt::format("catalog {}", file.string()));
    auto parts = std::make_unique<Parts>();
    parts->file = file;
    if (auto readable = parts->ask("totals", catalog::totals); !readable)
        return std::unexpected(readable.error());
    return std::unique_ptr<CatalogReader>(new CatalogReader(std::move(parts)));
}

Result<Totals> CatalogReader::totals() const {
    return parts_->ask("totals", catalog::totals);
}

Result<LedgerPosition> CatalogReader::position() const {
    return parts_->ask("the position", catalog::position);
}

Result<Digest> CatalogReader::lineage(MessageNumber number) const {
    if (number == MessageNumber{}) return Digest{};
    const auto found =
        parts_->ask("a message", [&](Connection& c) { return catalog::lineage(c, number); });
    if (!found) return std::unexpected(found.error());
    if (!*found) return fail(Errc::not_found, fmt::format("message {}", mailhold::number(number)));
    return **found;
}

Result<std::vector<Mailbox>> CatalogReader::mailboxes() const {
    return parts_->ask("mailboxes", catalog::mailboxes);
}

Result<std::shared_ptr<const MailboxSnapshot>> CatalogReader::snapshot(
    MailboxId mailbox, const MailboxSnapshot* earlier) const {
    return parts_->ask("a mailbox",
                       [&](Connection& c) { return catalog::snapshot(c, mailbox, earlier); });
}

Result<std::vector<Journaled>> CatalogReader::envelopes(MessageNumber message) const {
    return parts_->ask("envelopes", [&](Connection& c) { return catalog::envelopes(c, message); });
}
Result<std::vector<RecordedAccess>> CatalogReader::accesses(const AccessFilter& filter) const {
    return parts_->ask("accesses", [&](Connection& c) { return catalog::accesses(c, filter); });
}

Result<bool> CatalogReader::has_access(UtcMicros time, std::uint64_t session) const {
    return parts_->ask("accesses",
                       [&](Connection& c) { return catalog::has_access(c, time, session); });
}

Result<std::vector<Note>> CatalogReader::notes(std::string_view user, MailboxId mailbox) const {
    return parts_->ask(
        "notes", [&](Connection& c) { return catalog::notes(c, std::string(user), mailbox); });
}

Result<std::vector<std::string>> CatalogReader::unsubscribed(std::string_view user) const {
    return parts_->ask("subscriptions",
                       [&](Connection& c) { return catalog::unsubscribed(c, std::string(user)); });
}

Result<PersonalFlags> CatalogReader::personal_flags(std::string_view user,
                                                    MailboxId mailbox) const {
    return parts_->ask("personal flags", [&](Connection& c) {
        return catalog::personal_flags(c, std::string(user), mailbox);
    });
}

Result<std::map<MailboxId, PersonalCount>> CatalogReader::personal_counts(
    std::string_view user) const {
    return parts_->ask("personal flags", [&](Connection& c) {
        return catalog::personal_counts(c, std::string(user));
    });
}

Result<std::vector<std::pair<Uid, ModSeq>>> CatalogReader::began(MailboxId mailbox,
                                                                 Uid first) const {
    return parts_->ask("a mailbox",
                       [&](Connection& c) { return catalog::began(c, mailbox, first); });
}

Result<std::vector<Uid>> CatalogReader::expunged(MailboxId mailbox, ModSeq since) const {
    return parts_->ask("expunges",
                       [&](Connection& c) { return catalog::expunged(c, mailbox, since); });
}

Result<StoredMessage> CatalogReader::find(const Digest& digest) const {
    return or_not_found(
        parts_->ask("a message", [&](Connection& c) { return catalog::find(c, digest); }),
        fmt::format("message {}", to_hex(digest)));
}

Result<StoredMessage> CatalogReader::message(MessageNumber number) const {
    return or_not_found(
        parts_->ask("a message", [&](Connection& c) { return catalog::message(c, number); }),
        fmt::format("message {}", mailhold::number(number)));
}

Result<std::vector<StoredMessage>> CatalogReader::messages(MessageNumber first,
                                                           std::size_t most) const {
    return parts_->ask("messages",
                       [&](Connection& c) { return catalog::messages(c, first, most); });
}

Result<std::vector<std::optional<StoredMessage>>> CatalogReader::messages(
    std::span<const MessageNumber> numbers) const {
    return parts_->ask("messages", [&](Connection& c) { return catalog::messages(c, numbers); });
}

Result<std::vector<Location>> CatalogReader::locations(MessageNumber number) const {
    return parts_->ask("locations", [&](Connection& c) { return catalog::locations(c, number); });
}

Result<std::vector<Generation>> CatalogReader::generations(std::string_view account,
                                                           std::string_view origin_mailbox) const {
    return parts_->ask("generations", [&](Connection& c) {
        return catalog::generations(c, std::string(account), std::string(origin_mailbox));
    });
}

Result<GenerationState> CatalogReader::generation_state(const Generation& generation,
                                                        std::size_t newest) const {
    return parts_->ask("a generation", [&](Connection& c) {
        return catalog::generation_state(c, generation, newest);
    });
}

Result<std::vector<MailboxListed>> CatalogReader::listed(std::string_view account) const {
    return parts_->ask("listings",
                       [&](Connection& c) { return catalog::listed(c, std::string(account)); });
}

Result<std::vector<Excluded>> CatalogReader::exclusions(std::string_view account) const {
    return parts_->ask("exclusions",
                       [&](Connection& c) { return catalog::exclusions(c, std::string(account)); });
}

Result<std::vector<AccountDeclared>> CatalogReader::accounts() const {
    return parts_->ask("accounts", catalog::accounts);
}

Result<std::vector<std::optional<Summary>>> CatalogReader::summaries(
    std::span<const MessageNumber> numbers) const {
    return parts_->ask("summaries", [&](Connection& c) { return catalog::summaries(c, numbers); });
}

Result<Completeness> CatalogReader::completeness() const {
    return parts_->ask("the account of all UIDs", catalog::completeness);
}

Result<std::optional<SecurityShown>> CatalogReader::security(std::string_view account) const {
    return parts_->ask("an origin's security",
                       [&](Connection& c) { return catalog::security(c, std::string(account)); });
}

Result<bool> CatalogReader::knows_gmail(std::string_view account) const {
    return parts_->ask("Gmail's ids", [&](Connection& c) {
        return catalog::knows_gmail(c, std::string(account));
    });
}

Result<std::map<std::uint64_t, StoredMessage>> CatalogReader::gmail_messages(
    std::string_view account, std::span<const std::uint64_t> ids) const {
    return parts_->ask("Gmail's ids", [&](Connection& c) {
        return catalog::gmail_messages(c, std::string(account), ids);
    });
}

Result<std::vector<AccountBalance>> CatalogReader::balances() const {
    return parts_->ask("the accounts' balances", catalog::balances);
}

Result<std::vector<Event>> CatalogReader::history(MessageNumber message) const {
    return parts_->ask("a history", [&](Connection& c) { return catalog::history(c, message); });
}

Result<std::vector<Moved>> CatalogReader::moves(std::string_view account, Sequence since) const {
    return parts_->ask(
        "moves", [&](Connection& c) { return catalog::moves(c, std::string(account), since); });
}

Result<std::vector<Renamed>> CatalogReader::renames(std::string_view account,
                                                    Sequence since) const {
    return parts_->ask(
        "renames", [&](Connection& c) { return catalog::renames(c, std::string(account), since); });
}

Status CatalogReader::check() const {
    const auto found = parts_->ask("the state", [](Connection& c) {
        auto row = c.query(integrity_check);
        auto answer = row.step() ? row.get<std::string>(0) : std::string("no answer");
        if (answer != "ok") return answer;
        const auto damaged = damaged_summary(c);
        return damaged ? fmt::format("the summary of message {} is damaged", number(*damaged))
                       : answer;
    });
    if (!found) return std::unexpected(found.error());
    if (*found == "ok") return {};
    return fail(Errc::corrupt, fmt::format("catalog {}: {}", parts_->file.string(), *found));
}

Result<Digest> CatalogReader::fingerprint() const {
    return parts_->ask("the fingerprint", catalog::fingerprint);
}

Result<std::pair<LedgerPosition, Digest>> CatalogReader::fingerprint_at() const {
    return parts_->ask("the fingerprint", [](Connection& c) {
        return std::pair{catalog::position(c), catalog::fingerprint(c)};
    });
}

}  // namespace mailhold::store::catalog

// CatalogWriter: transactions around the projection.
#include <fmt/format.h>

#include "store/base/fail_point.hpp"
#include "store/base/file.hpp"
#include "store/catalog/answers.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/projection.hpp"
#include "store/catalog/schema.hpp"
#include "store/catalog/summaries.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char update_position[] = "UPDATE totals SET archive = ?1, root = ?2";
constexpr char put_summary[] = "INSERT OR REPLACE INTO summary (message, packed) VALUES (?1, ?2)";

void reach(const char* fail_point) {
    if (auto reached = fail_point::reach(fail_point); !reached) throw Failure{reached.error()};
}

Status remove(const std::filesystem::path& path) {
    std::error_code problem;
    std::filesystem::remove(path, problem);
    if (!problem) return {};
    return fail(Errc::io, fmt::format("remove {}: {}", path.string(), problem.message()));
}

// Moves all of the WAL into the file. Errc::locked when a reader of another process is in the way.
Status settle(const std::filesystem::path& file) {
    return walled(fmt::format("settle the catalog {}", file.string()), [&] {
        SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, busy_timeout_ms);
        SQLite::Statement checkpoint(database, "PRAGMA wal_checkpoint(TRUNCATE)");
        if (checkpoint.executeStep() && checkpoint.getColumn(0).getInt() != 0) {
            throw Failure{{Errc::locked,
                           fmt::format("catalog {}: another process reads it; try again once that "
                                       "is done",
                                       file.string())}};
        }
    });
}

}  // namespace

struct CatalogWriter::Parts {
    explicit Parts(const std::filesystem::path& path)
        : file(path), connection(path, Connection::Role::writer), projection(connection) {
        create_tables(connection);
        require_tables(connection);
        next = projection.next();
    }

    Applied apply(std::span<const Committed> records, const LedgerPosition& after) {
        while (!records.empty() && records.front().sequence < next) records = records.subspan(1);
        if (records.empty()) return {.last_message = projection.last_message()};
        SQLite::Transaction transaction(connection.database(),
                                        SQLite::TransactionBehavior::IMMEDIATE);
        reach("catalog.apply");
        for (const auto& record : records) {
            if (record.sequence != projection.next()) {
                throw Failure{{Errc::invalid,
                               fmt::format("catalog {}: record {} given, {} is next", file.string(),
                                           number(record.sequence), number(projection.next()))}};
            }
            projection.apply(record);
        }
        if (after.next != projection.next()) {
            throw Failure{
                {Errc::invalid,
                 fmt::format("catalog {}: {} is next, and the position given is {}", file.string(),
                             number(projection.next()), number(after.next))}};
        }
        auto applied = projection.save();
        connection.run(update_position, after.archive, after.root);
        reach("catalog.commit");
        transaction.commit();
        next = projection.next();
        return applied;
    }

    std::filesystem::path file;
    Connection connection;
    Projection projection;
    SummaryPacker packer;
    Sequence next{};
};

CatalogWriter::CatalogWriter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CatalogWriter::~CatalogWriter() = default;

Result<std::unique_ptr<CatalogWriter>> CatalogWriter::open(const std::filesystem::path& file) {
    return walled(fmt::format("open the catalog {}", file.string()), [&] {
        return std::unique_ptr<CatalogWriter>(new CatalogWriter(std::make_unique<Parts>(file)));
    });
}

Status CatalogWriter::discard(const std::filesystem::path& file) {
    for (const char* suffix : {"-wal", "-shm", ""}) {
        if (auto removed = remove(file.string() + suffix); !removed) return removed;
    }
    return {};
}

Status CatalogWriter::replace(const std::filesystem::path& file,
                              const std::filesystem::path& fresh) {
    auto made = File::open(fresh, OpenMode::append);
    if (!made) return std::unexpected(made.error());
    if (auto synced = made->sync(); !synced) return synced;
    // What the old one's WAL holds goes into its file, so that it is whole without: the WAL must go
    // first, or it would be read into the new one.
    if (auto settled = settle(file); !settled && settled.error().code == Errc::locked)
        return settled;
    for (const char* suffix : {"-wal", "-shm"}) {
        if (auto removed = remove(file.string() + suffix); !removed) return removed;
    }
    if (auto reached = fail_point::reach("catalog.before_rename"); !reached) return reached;
    return rename_durably(fresh, file);
}

Sequence CatalogWriter::next() const {
    return parts_->next;
}

Result<LedgerPosition> CatalogWriter::position() {
    return walled("read the catalog's position",
                  [&] { return catalog::position(parts_->connection); });
}

Result<Applied> CatalogWriter::apply(std::span<const Committed> records,
                                     const LedgerPosition& after) {
    auto applied = walled(fmt::format("apply records to the catalog {}", parts_->file.string()),
                          [&] { return parts_->apply(records, after); });
    if (!applied) parts_->projection.forget();
    return applied;
}

Result<std::optional<StoredMessage>> CatalogWriter::find(const Digest& digest) {
    return walled("look a digest up in the catalog",
                  [&] { return catalog::find(parts_->connection, digest); });
}

Result<bool> CatalogWriter::is_news(const Fact& fact) {
    return walled("look a fact up in the catalog",
                  [&] { return parts_->projection.is_news(fact); });
}

Result<std::vector<Mailbox>> CatalogWriter::mailboxes() {
    return walled("read the mailboxes", [&] { return catalog::mailboxes(parts_->connection); });
}

Result<Mailbox> CatalogWriter::mailbox(MailboxId id) {
    return walled("read a mailbox", [&] { return catalog::mailbox(parts_->connection, id); });
}

Result<std::vector<Entry>> CatalogWriter::entries(MailboxId mailbox, std::span<const Uid> uids,
                                                  const std::string& user) {
    return walled("read entries",
                  [&] { return catalog::entries(parts_->connection, mailbox, uids, user); });
}

Result<FlagSet> CatalogWriter::flag_set(FlagSetId id) {
    return walled("read flags", [&] { return catalog::flag_set(parts_->connection, id); });
}

Result<std::vector<Note>> CatalogWriter::notes(const std::string& user, MailboxId mailbox) {
    return walled("read notes", [&] { return catalog::notes(parts_->connection, user, mailbox); });
}

Status CatalogWriter::put_summaries(std::span<const std::pair<MessageNumber, Summary>> summaries) {
    return walled("put summaries into the catalog", [&] {
        SQLite::Transaction transaction(parts_->connection.database(),
                                        SQLite::TransactionBehavior::IMMEDIATE);
        for (const auto& [number, summary] : summaries) {
            const auto packed = parts_->packer.pack(summary);
            parts_->connection.run(put_summary, number, Octets{packed});
        }
        transaction.commit();
    });
}

Result<Digest> CatalogWriter::fingerprint() {
    return walled("take the catalog's fingerprint",
                  [&] { return catalog::fingerprint(parts_->connection); });
}

}  // namespace mailhold::store::catalog

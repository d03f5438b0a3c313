// CatalogWriter: transactions around the projection.
#include <fmt/format.h>

#include "store/base/fail_point.hpp"
#include "store/catalog/answers.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/projection.hpp"
#include "store/catalog/schema.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char put_summary[] =
    "INSERT OR REPLACE INTO summary (message, envelope, body, body_structure) VALUES (?1, ?2, ?3, "
    "?4)";

void reach(const char* fail_point) {
    if (auto reached = fail_point::reach(fail_point); !reached) throw Failure{reached.error()};
}

}  // namespace

struct CatalogWriter::Parts {
    explicit Parts(const std::filesystem::path& path)
        : file(path), connection(path, Connection::Role::writer), projection(connection) {
        migrate(connection);
        next = projection.next();
    }

    Applied apply(std::span<const Committed> records) {
        while (!records.empty() && records.front().sequence < next) records = records.subspan(1);
        if (records.empty()) return {{}, false, projection.last_message()};
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
        auto applied = projection.save();
        reach("catalog.commit");
        transaction.commit();
        next = projection.next();
        return applied;
    }

    std::filesystem::path file;
    Connection connection;
    Projection projection;
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
        std::error_code problem;
        const auto path = file.string() + suffix;
        std::filesystem::remove(path, problem);
        if (problem) return fail(Errc::io, fmt::format("remove {}: {}", path, problem.message()));
    }
    return {};
}

Sequence CatalogWriter::next() const {
    return parts_->next;
}

Result<Applied> CatalogWriter::apply(std::span<const Committed> records) {
    auto applied = walled(fmt::format("apply records to the catalog {}", parts_->file.string()),
                          [&] { return parts_->apply(records); });
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

Status CatalogWriter::put_summaries(std::span<const std::pair<MessageNumber, Summary>> summaries) {
    return walled("put summaries into the catalog", [&] {
        SQLite::Transaction transaction(parts_->connection.database(),
                                        SQLite::TransactionBehavior::IMMEDIATE);
        for (const auto& [number, summary] : summaries) {
            parts_->connection.run(put_summary, number, summary.envelope, summary.body,
                                   summary.body_structure);
        }
        transaction.commit();
    });
}

Result<Digest> CatalogWriter::fingerprint() {
    return walled("take the catalog's fingerprint",
                  [&] { return catalog::fingerprint(parts_->connection); });
}

}  // namespace mailhold::store::catalog

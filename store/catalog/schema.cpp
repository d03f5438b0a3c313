#include "store/catalog/schema.hpp"

#include <fmt/format.h>

#include <array>

namespace mailhold::store::catalog {
namespace {

constexpr std::int64_t application_id = 0x4d686c64;  // "Mhld", in the file's header

// entry holds what a mailbox shows, and nothing else, so that a snapshot is one scan; what stood
// where, for ever, is in sighting. An entry is bound to the sighting (generation, origin_uid); in
// an all_mail mailbox both are NULL. It is stale while its generation is not the mailbox's current
// one: waiting to be matched by content, or to vanish.
constexpr char create_tables[] = R"sql(
CREATE TABLE totals (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    next INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    octets INTEGER NOT NULL,
    sightings INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    uidvalidity INTEGER NOT NULL
) STRICT;
INSERT INTO totals VALUES (1, 0, 0, 0, 0, 0, 0);

CREATE TABLE message (
    number INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    record INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    archived_at INTEGER NOT NULL
) STRICT;

CREATE TABLE keyword (
    folded TEXT PRIMARY KEY,
    spelling TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE flag_set (
    id INTEGER PRIMARY KEY,
    flags TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT
) STRICT;

CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    kind INTEGER NOT NULL,
    origin_name TEXT NOT NULL,
    separator TEXT,
    attributes TEXT NOT NULL,
    name TEXT NOT NULL,
    gone INTEGER NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uidnext INTEGER NOT NULL,
    highest_modseq INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    unseen INTEGER NOT NULL,
    octets INTEGER NOT NULL,
    UNIQUE (account, kind, origin_name),
    UNIQUE (account, kind, name)
) STRICT;

CREATE TABLE generation (
    id INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL REFERENCES mailbox,
    uidvalidity INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    synced_uidnext INTEGER NOT NULL,
    synced_modseq INTEGER NOT NULL,
    synced_messages INTEGER NOT NULL,
    UNIQUE (mailbox, uidvalidity)
) STRICT;

CREATE TABLE sighting (
    generation INTEGER NOT NULL REFERENCES generation,
    uid INTEGER NOT NULL,
    message INTEGER NOT NULL REFERENCES message,
    local_uid INTEGER NOT NULL,
    flags INTEGER NOT NULL REFERENCES flag_set,
    date INTEGER NOT NULL,
    zone INTEGER NOT NULL,
    PRIMARY KEY (generation, uid, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX sighting_of_message ON sighting (message);

CREATE TABLE entry (
    mailbox INTEGER NOT NULL REFERENCES mailbox,
    uid INTEGER NOT NULL,
    message INTEGER NOT NULL REFERENCES message,
    size INTEGER NOT NULL,
    flags INTEGER NOT NULL REFERENCES flag_set,
    date INTEGER NOT NULL,
    zone INTEGER NOT NULL,
    modseq INTEGER NOT NULL,
    generation INTEGER REFERENCES generation,
    origin_uid INTEGER,
    stale INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entry_of_all_mail ON entry (mailbox, message) WHERE generation IS NULL;
CREATE INDEX entry_stale ON entry (mailbox, message, uid) WHERE stale = 1;

CREATE TABLE quarantine (
    generation INTEGER NOT NULL REFERENCES generation,
    uid INTEGER NOT NULL,
    reason TEXT NOT NULL,
    pending INTEGER NOT NULL,
    PRIMARY KEY (generation, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE exclusion (
    account INTEGER NOT NULL REFERENCES account,
    mailbox TEXT NOT NULL,
    rule TEXT NOT NULL,
    PRIMARY KEY (account, mailbox, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE summary (
    message INTEGER PRIMARY KEY REFERENCES message,
    envelope TEXT NOT NULL,
    body TEXT NOT NULL,
    body_structure TEXT NOT NULL
) STRICT;
)sql";

constexpr char count_tables[] = "SELECT count(*) FROM sqlite_schema";

// From schema 0, the empty file, to 1.
void migrate_to_1(SQLite::Database& database) {
    database.exec(create_tables);
    database.exec(fmt::format("PRAGMA application_id = {}", application_id));
}

constexpr std::array migrations{&migrate_to_1};  // the n-th leads to schema n, counted from 1
constexpr int current_version = migrations.size();

std::int64_t pragma(Connection& connection, const char* name) {
    return connection.database().execAndGet(fmt::format("PRAGMA {}", name)).getInt64();
}

// The schema of the file; 0 for an empty one.
int version_of(Connection& connection) {
    const auto version = pragma(connection, "user_version");
    const auto id = pragma(connection, "application_id");
    const bool fresh =
        version == 0 && id == 0 && connection.database().execAndGet(count_tables).getInt() == 0;
    const auto& file = connection.database().getFilename();
    if (fresh) return 0;
    if (id != application_id || version < 1) {
        throw Failure{
            {Errc::corrupt, fmt::format("catalog {}: a database, but not a catalog", file)}};
    }
    if (version > current_version) {
        throw Failure{{Errc::corrupt,
                       fmt::format("catalog {}: schema {} of a newer mailhold; this one knows {}",
                                   file, version, current_version)}};
    }
    return static_cast<int>(version);
}

}  // namespace

void migrate(Connection& connection) {
    const int version = version_of(connection);
    auto& database = connection.database();
    database.exec("PRAGMA journal_mode = WAL");
    for (int next = version + 1; next <= current_version; ++next) {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        migrations[static_cast<std::size_t>(next - 1)](database);
        database.exec(fmt::format("PRAGMA user_version = {}", next));
        transaction.commit();
    }
}

void require_current(Connection& connection) {
    const int version = version_of(connection);
    if (version == current_version) return;
    const auto& file = connection.database().getFilename();
    if (version == 0)
        throw Failure{{Errc::not_found, fmt::format("catalog {}: still empty", file)}};
    throw Failure{
        {Errc::unsupported,
         fmt::format("catalog {}: schema {}, {} wanted: start the daemon once, it migrates", file,
                     version, current_version)}};
}

}  // namespace mailhold::store::catalog

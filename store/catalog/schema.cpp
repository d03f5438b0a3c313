#include "store/catalog/schema.hpp"

#include <fmt/format.h>

namespace mailhold::store::catalog {
namespace {

constexpr std::int64_t application_id = 0x4d686c64;  // "Mhld", in the file's header

// entry holds what a mailbox shows, and nothing else, so that a snapshot is one scan; what stood
// where, for ever, is in sighting. An entry is bound to the sighting (generation, origin_uid); in
// an all_mail mailbox and in a workspace both are NULL. It is stale while its generation is not the mailbox's current
// one: waiting to be matched by content, or to vanish. The entries of an ever_seen mailbox carry the
// UIDs of the mirrored one and are never removed.
//
// The flags in personal are a user's own, in a mirrored mailbox (and in that of all ever seen in it)
// or in one of all mail; for him they stand in the place of the entry's. Those of a mirrored mailbox are also put in that of
// all mail of its account.
//
// What a mailbox showed and shows no more is in expunged, with the mod-sequence of its going. began is
// the mod-sequence of an entry's coming, from its first change on: until then modseq is that. So
// what changed since a mod-sequence is found among the few that ever changed.
//
// A note of mailbox 0 is about the server; one of user '' is for all.
//
// A workspace, and the mailbox of all mail in a user's, has no account but an owner; it keeps its row when it is deleted: its id is never
// given again.
//
// A row of gmail is what Gmail told of the message that stood there then; the last one of a place holds. Labels stand in
// one column, each ended by NUL, which none holds; NULL: not asked for.
//
// A sighting's record and time are those of its first; what happened later is an event.
constexpr char tables[] = R"sql(
CREATE TABLE totals (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    archive BLOB NOT NULL,
    next INTEGER NOT NULL,
    root BLOB NOT NULL,
    messages INTEGER NOT NULL,
    octets INTEGER NOT NULL,
    sightings INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    awaited INTEGER NOT NULL,
    uidvalidity INTEGER NOT NULL
) STRICT;
INSERT INTO totals VALUES (1, zeroblob(16), 0, zeroblob(32), 0, 0, 0, 0, 0, 0);

CREATE TABLE message (
    number INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    record INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    archived_at INTEGER NOT NULL,
    lineage BLOB NOT NULL
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
    account INTEGER REFERENCES account,
    owner TEXT,
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
CREATE INDEX mailbox_of_owner ON mailbox (owner, uidvalidity) WHERE owner IS NOT NULL;

CREATE TABLE acl (
    mailbox INTEGER NOT NULL REFERENCES mailbox,
    identifier TEXT NOT NULL,
    rights TEXT NOT NULL,
    PRIMARY KEY (mailbox, identifier)
) STRICT, WITHOUT ROWID;

CREATE TABLE access (
    record INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    user TEXT NOT NULL,
    address TEXT NOT NULL,
    session INTEGER NOT NULL,
    what INTEGER NOT NULL,
    mailbox TEXT NOT NULL,
    detail TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX access_of_time ON access (time);
CREATE INDEX access_of_user ON access (user, record);

CREATE TABLE envelope (
    record INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES message,
    account TEXT NOT NULL,
    mailbox TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    time INTEGER NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    peer TEXT NOT NULL,
    helo TEXT NOT NULL,
    protocol TEXT NOT NULL,
    tls TEXT NOT NULL,
    report BLOB NOT NULL
) STRICT;
CREATE INDEX envelope_of_message ON envelope (message);

CREATE TABLE note (
    user TEXT NOT NULL,
    mailbox INTEGER NOT NULL,
    entry TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (mailbox, user, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE unsubscribed (
    user TEXT NOT NULL,
    mailbox TEXT NOT NULL,
    PRIMARY KEY (user, mailbox)
) STRICT, WITHOUT ROWID;

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
    record INTEGER NOT NULL,
    time INTEGER NOT NULL,
    saved INTEGER,
    saved_zone INTEGER,
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
    began INTEGER,
    generation INTEGER REFERENCES generation,
    origin_uid INTEGER,
    stale INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_of_all_mail ON entry (mailbox, message) WHERE generation IS NULL;
CREATE INDEX entry_changed ON entry (mailbox, modseq) WHERE began IS NOT NULL;
CREATE INDEX entry_stale ON entry (mailbox, message, uid) WHERE stale = 1;

CREATE TABLE personal (
    user TEXT NOT NULL,
    mailbox INTEGER NOT NULL REFERENCES mailbox,
    uid INTEGER NOT NULL,
    flags INTEGER NOT NULL REFERENCES flag_set,
    modseq INTEGER NOT NULL,
    PRIMARY KEY (user, mailbox, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE expunged (
    mailbox INTEGER NOT NULL REFERENCES mailbox,
    uid INTEGER NOT NULL,
    modseq INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX expunged_since ON expunged (mailbox, modseq);

CREATE TABLE quarantine (
    generation INTEGER NOT NULL REFERENCES generation,
    uid INTEGER NOT NULL,
    reason TEXT NOT NULL,
    pending INTEGER NOT NULL,
    PRIMARY KEY (generation, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE awaited (
    generation INTEGER NOT NULL REFERENCES generation,
    uid INTEGER NOT NULL,
    PRIMARY KEY (generation, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    message INTEGER NOT NULL REFERENCES message,
    record INTEGER NOT NULL,
    generation INTEGER NOT NULL REFERENCES generation,
    uid INTEGER NOT NULL,
    what INTEGER NOT NULL,
    time INTEGER NOT NULL,
    before INTEGER REFERENCES flag_set,
    after INTEGER REFERENCES flag_set,
    other_generation INTEGER REFERENCES generation,
    other_uid INTEGER,
    PRIMARY KEY (message, record, generation, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_of_record ON event (record, what);

CREATE TABLE mailbox_event (
    record INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL REFERENCES mailbox,
    what INTEGER NOT NULL,
    time INTEGER NOT NULL,
    other TEXT
) STRICT;
CREATE INDEX mailbox_event_of_mailbox ON mailbox_event (mailbox);

CREATE TABLE reconciliation (
    account INTEGER PRIMARY KEY REFERENCES account,
    began INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    mailboxes INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    replaced INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    repaired INTEGER NOT NULL,
    unaccounted INTEGER NOT NULL,
    problem TEXT NOT NULL
) STRICT;

CREATE TABLE security (
    account INTEGER PRIMARY KEY REFERENCES account,
    url TEXT NOT NULL,
    tls TEXT NOT NULL,
    mechanisms TEXT NOT NULL,
    mechanism TEXT NOT NULL,
    binding TEXT NOT NULL,
    key TEXT NOT NULL,
    issuer TEXT NOT NULL,
    confirmed INTEGER NOT NULL
) STRICT;

CREATE TABLE claim (
    generation INTEGER NOT NULL REFERENCES generation,
    uid INTEGER NOT NULL,
    size INTEGER NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (generation, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE label_set (
    id INTEGER PRIMARY KEY,
    labels BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE gmail (
    generation INTEGER NOT NULL REFERENCES generation,
    uid INTEGER NOT NULL,
    record INTEGER NOT NULL,
    time INTEGER NOT NULL,
    message INTEGER NOT NULL REFERENCES message,
    message_id INTEGER NOT NULL,
    thread_id INTEGER NOT NULL,
    labels INTEGER REFERENCES label_set,
    PRIMARY KEY (generation, uid, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX gmail_of_message ON gmail (message);
CREATE INDEX gmail_of_message_id ON gmail (message_id, message, generation);

CREATE TABLE exclusion (
    account INTEGER NOT NULL REFERENCES account,
    mailbox TEXT NOT NULL,
    rule TEXT NOT NULL,
    PRIMARY KEY (account, mailbox, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE summary (
    message INTEGER PRIMARY KEY REFERENCES message,
    packed BLOB NOT NULL
) STRICT;
)sql";

constexpr char count_tables[] = "SELECT count(*) FROM sqlite_schema";

// Raised with every change of the tables, or of the rows that the same records lead to.
constexpr int schema = 7;

std::int64_t pragma(Connection& connection, const char* name) {
    return connection.database().execAndGet(fmt::format("PRAGMA {}", name)).getInt64();
}

bool is_empty(Connection& connection) {
    return pragma(connection, "user_version") == 0 && pragma(connection, "application_id") == 0 &&
           connection.database().execAndGet(count_tables).getInt() == 0;
}

}  // namespace

void create_tables(Connection& connection) {
    auto& database = connection.database();
    if (is_empty(connection)) {
        database.exec("PRAGMA journal_mode = WAL");
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        database.exec(tables);
        database.exec(fmt::format("PRAGMA application_id = {}", application_id));
        database.exec(fmt::format("PRAGMA user_version = {}", schema));
        transaction.commit();
    }
}

void require_tables(Connection& connection) {
    const auto& file = connection.database().getFilename();
    if (is_empty(connection))
        throw Failure{{Errc::not_found, fmt::format("catalog {}: still empty", file)}};
    if (pragma(connection, "application_id") != application_id) {
        throw Failure{
            {Errc::corrupt, fmt::format("catalog {}: a database, but not a catalog", file)}};
    }
    const auto version = pragma(connection, "user_version");
    if (version != schema) {
        throw Failure{{Errc::corrupt,
                       fmt::format("catalog {}: schema {} of another mailhold; this one knows {}",
                                   file, version, schema)}};
    }
}

}  // namespace mailhold::store::catalog

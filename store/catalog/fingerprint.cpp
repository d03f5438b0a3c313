// The fingerprint: the schema, and every value of every table but the summaries, with its type and
// length, in the order of the keys.
#include <sqlite3.h>

#include <array>
#include <string>

#include "store/catalog/schema.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr std::array tables{
    "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
    "SELECT * FROM totals ORDER BY one",
    "SELECT * FROM message ORDER BY number",
    "SELECT * FROM keyword ORDER BY folded",
    "SELECT * FROM flag_set ORDER BY id",
    "SELECT * FROM account ORDER BY id",
    "SELECT * FROM mailbox ORDER BY id",
    "SELECT * FROM acl ORDER BY mailbox, identifier",
    "SELECT * FROM access ORDER BY record",
    "SELECT * FROM envelope ORDER BY record",
    "SELECT * FROM note ORDER BY mailbox, user, entry",
    "SELECT * FROM unsubscribed ORDER BY user, mailbox",
    "SELECT * FROM generation ORDER BY id",
    "SELECT * FROM sighting ORDER BY generation, uid, message",
    "SELECT * FROM entry ORDER BY mailbox, uid",
    "SELECT * FROM personal ORDER BY user, mailbox, uid",
    "SELECT * FROM expunged ORDER BY mailbox, uid",
    "SELECT * FROM quarantine ORDER BY generation, uid",
    "SELECT * FROM claim ORDER BY generation, uid",
    "SELECT * FROM awaited ORDER BY generation, uid",
    "SELECT * FROM event ORDER BY message, record, generation, uid",
    "SELECT * FROM mailbox_event ORDER BY record",
    "SELECT * FROM reconciliation ORDER BY account",
    "SELECT * FROM security ORDER BY account",
    "SELECT * FROM label_set ORDER BY id",
    "SELECT * FROM gmail ORDER BY generation, uid, record",
    "SELECT * FROM exclusion ORDER BY account, mailbox, rule",
};
constexpr std::size_t piece_size = 64 << 10;

void append_number(std::string& dump, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) dump += static_cast<char>(value >> shift & 0xff);
}

void append_value(std::string& dump, const SQLite::Column& value) {
    const int type = value.getType();
    dump += static_cast<char>(type);
    if (type == SQLITE_INTEGER) {
        append_number(dump, static_cast<std::uint64_t>(value.getInt64()));
    } else if (type != SQLITE_NULL) {
        const std::string octets = value.getString();
        append_number(dump, octets.size());
        dump += octets;
    }
}

}  // namespace

Digest fingerprint(Connection& connection) {
    Sha256 hash;
    std::string dump;
    for (const char* sql : tables) {
        dump += sql;
        auto rows = connection.query(sql);
        while (rows.step()) {
            dump += '\n';
            for (int i = 0; i < rows.columns(); ++i) append_value(dump, rows.column(i));
            if (dump.size() < piece_size) continue;
            hash.update(dump);
            dump.clear();
        }
    }
    hash.update(dump);
    return hash.finish();
}

}  // namespace mailhold::store::catalog

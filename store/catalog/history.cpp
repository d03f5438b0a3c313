// History: insertions, and what tells a repetition.
#include "store/catalog/history.hpp"

namespace mailhold::store::catalog {
namespace {

using What = Event::What;

constexpr char insert_event[] =
    "INSERT OR IGNORE INTO event (message, record, generation, uid, what, time) VALUES (?1, ?2, "
    "?3, ?4, ?5, ?6)";
constexpr char insert_flags[] =
    "INSERT OR IGNORE INTO event (message, record, generation, uid, what, time, before, after)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr char insert_move[] =
    "INSERT OR IGNORE INTO event (message, record, generation, uid, what, time, other_generation, "
    "other_uid) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr char select_move[] =
    "SELECT 1 FROM event WHERE message = ?1 AND generation = ?2 AND uid = ?3 AND what = ?4"
    " AND other_generation = ?5 AND other_uid = ?6";
constexpr char insert_mailbox_event[] =
    "INSERT INTO mailbox_event (record, mailbox, what, time, other) VALUES (?1, ?2, ?3, ?4, "
    "nullif(?5, ''))";
constexpr char select_last_mailbox_event[] =
    "SELECT what, other FROM mailbox_event WHERE mailbox = ?1 ORDER BY record DESC LIMIT 1";

std::int64_t micros(const Moment& moment) {
    return moment.time.time_since_epoch().count();
}

}  // namespace

void History::happened(What what, const Binding& where, MessageNumber message,
                       const Moment& moment) {
    connection_.run(insert_event, message, moment.sequence, where.generation, where.uid, what,
                    micros(moment));
}

void History::flags_changed(const Binding& where, MessageNumber message, FlagSetId before,
                            FlagSetId after, const Moment& moment) {
    connection_.run(insert_flags, message, moment.sequence, where.generation, where.uid,
                    What::flags, micros(moment), before, after);
}

void History::moved(const Binding& from, const Binding& to, MessageNumber message,
                    const Moment& moment) {
    connection_.run(insert_move, message, moment.sequence, from.generation, from.uid, What::moved,
                    micros(moment), to.generation, to.uid);
}

bool History::has_moved(const Binding& from, const Binding& to, MessageNumber message) {
    return connection_
        .query(select_move, message, from.generation, from.uid, What::moved, to.generation, to.uid)
        .step();
}

void History::mailbox_happened(What what, MailboxId mailbox, const Moment& moment,
                               const std::string& other) {
    connection_.run(insert_mailbox_event, moment.sequence, mailbox, what, micros(moment), other);
}

bool History::was_renamed(MailboxId mailbox, const std::string& other) {
    auto row = connection_.query(select_last_mailbox_event, mailbox);
    return row.step() && row.get<What>(0) == What::mailbox_renamed &&
           row.get<std::string>(1) == other;
}

}  // namespace mailhold::store::catalog

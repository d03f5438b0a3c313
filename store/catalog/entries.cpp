#include "store/catalog/entries.hpp"

#include <algorithm>
#include <limits>

#include "store/catalog/answers.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char select_message[] = "SELECT number, size FROM message WHERE digest = ?1";
constexpr char insert_message_row[] =
    "INSERT INTO message (number, digest, size, record, segment, offset, archived_at, lineage)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

#define MAILHOLD_ENTRY_COLUMNS \
    "uid, message, size, flags, date, zone, generation, origin_uid, stale"
constexpr char select_entry[] =
    "SELECT " MAILHOLD_ENTRY_COLUMNS " FROM entry WHERE mailbox = ?1 AND uid = ?2";
// Of itself the planner would walk the whole mailbox by UID.
constexpr char select_entry_of_all_mail[] =
    "SELECT " MAILHOLD_ENTRY_COLUMNS
    " FROM entry INDEXED BY entry_of_all_mail"
    " WHERE mailbox = ?1 AND message = ?2 AND generation IS NULL";
constexpr char select_first_stale[] =
    "SELECT " MAILHOLD_ENTRY_COLUMNS
    " FROM entry INDEXED BY entry_stale WHERE stale = 1 AND mailbox = ?1 AND message = ?2"
    " ORDER BY uid LIMIT 1";
constexpr char select_stale[] =
    "SELECT " MAILHOLD_ENTRY_COLUMNS
    " FROM entry INDEXED BY entry_stale WHERE stale = 1 AND mailbox = ?1 ORDER BY uid";
#undef MAILHOLD_ENTRY_COLUMNS
constexpr char select_any_stale[] =
    "SELECT 1 FROM entry INDEXED BY entry_stale WHERE stale = 1 AND mailbox = ?1 LIMIT 1";

constexpr char insert_entry[] =
    "INSERT INTO entry (mailbox, uid, message, size, flags, date, zone, modseq, began, generation, "
    "origin_uid, stale)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
constexpr char insert_entry_of_all_mail[] =
    "INSERT INTO entry (mailbox, uid, message, size, flags, date, zone, modseq, began, stale)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)";
constexpr char update_entry[] =
    "UPDATE entry SET flags = ?3, date = ?4, zone = ?5, modseq = ?6, began = ifnull(began, modseq)"
    " WHERE mailbox = ?1 AND uid = ?2";
constexpr char bind_entry[] =
    "UPDATE entry SET generation = ?3, origin_uid = ?4, stale = ?5 WHERE mailbox = ?1 AND uid = ?2";
constexpr char delete_entry[] = "DELETE FROM entry WHERE mailbox = ?1 AND uid = ?2";
constexpr char insert_expunged[] =
    "INSERT INTO expunged (mailbox, uid, modseq) VALUES (?1, ?2, ?3)";
constexpr char delete_expunged[] = "DELETE FROM expunged WHERE mailbox = ?1 AND uid = ?2";
constexpr char delete_entries[] = "DELETE FROM entry WHERE mailbox = ?1";
constexpr char delete_all_expunged[] = "DELETE FROM expunged WHERE mailbox = ?1";
constexpr char update_modseqs[] =
    "UPDATE entry SET modseq = ?2, began = ifnull(began, modseq) WHERE mailbox = ?1";

EntryRow entry_of(const Query& row) {
    EntryRow entry{.uid = row.get<Uid>(0),
                   .message = row.get<MessageNumber>(1),
                   .size = row.get<std::uint32_t>(2),
                   .flags = row.get<FlagSetId>(3),
                   .date = {UtcSeconds(std::chrono::seconds(row.get<std::int64_t>(4))),
                            row.get<std::int16_t>(5)},
                   .binding = {}};
    if (!row.is_null(6))
        entry.binding = {row.get<GenerationId>(6), row.get<Uid>(7), row.get<bool>(8)};
    return entry;
}

std::optional<EntryRow> one_entry(Query row) {
    return row.step() ? std::optional(entry_of(row)) : std::nullopt;
}

}  // namespace

std::optional<Entries::Message> Entries::message(const Digest& digest) {
    auto row = connection_.query(select_message, digest);
    if (!row.step()) return std::nullopt;
    // RFC 3501 9: RFC822.SIZE is a number of 32 bits.
    constexpr std::int64_t largest = std::numeric_limits<std::uint32_t>::max();
    return Message{row.get<MessageNumber>(0),
                   static_cast<std::uint32_t>(std::min(row.get<std::int64_t>(1), largest))};
}

void Entries::insert_message(const StoredMessage& message) {
    const MessageNumber before{number(message.number) - 1};
    std::string line(lineage(connection_, before).value_or(Digest{}).view());
    connection_.run(insert_message_row, message.number, message.digest, message.size,
                    message.record, message.segment, message.offset,
                    message.archived_at.time_since_epoch().count(),
                    sha256(line.append(message.digest.view())));
}

std::optional<EntryRow> Entries::entry(MailboxId mailbox, Uid uid) {
    return one_entry(connection_.query(select_entry, mailbox, uid));
}

std::optional<EntryRow> Entries::entry_of_all_mail(MailboxId all_mail, MessageNumber message) {
    return one_entry(connection_.query(select_entry_of_all_mail, all_mail, message));
}

std::optional<EntryRow> Entries::first_stale(MailboxId mailbox, MessageNumber message) {
    return one_entry(connection_.query(select_first_stale, mailbox, message));
}

std::vector<EntryRow> Entries::stale(MailboxId mailbox) {
    std::vector<EntryRow> entries;
    auto row = connection_.query(select_stale, mailbox);
    while (row.step()) entries.push_back(entry_of(row));
    return entries;
}

bool Entries::has_stale(MailboxId mailbox) {
    return connection_.query(select_any_stale, mailbox).step();
}

void Entries::insert(MailboxId mailbox, const EntryRow& row, const Moment& moment) {
    const auto date = row.date.utc.time_since_epoch().count();
    const bool is_back = row.uid < tally_.of(mailbox).uidnext;
    const auto began = is_back ? std::optional(moment.modseq()) : std::nullopt;
    if (row.binding) {
        connection_.run(insert_entry, mailbox, row.uid, row.message, row.size, row.flags, date,
                        row.date.offset_minutes, moment.modseq(), began, row.binding->generation,
                        row.binding->uid, row.binding->stale);
    } else {
        connection_.run(insert_entry_of_all_mail, mailbox, row.uid, row.message, row.size,
                        row.flags, date, row.date.offset_minutes, moment.modseq(), began);
    }
    auto& counters = tally_.change(mailbox, moment.modseq());
    if (is_back) connection_.run(delete_expunged, mailbox, row.uid);
    counters.uidnext = std::max(counters.uidnext, static_cast<Uid>(number(row.uid) + 1));
    counters.messages += 1;
    counters.unseen += unseen(row.flags);
    counters.octets += row.size;
}

void Entries::change(MailboxId mailbox, const EntryRow& before, const EntryRow& after,
                     const Moment& moment) {
    if (after.binding && after.binding != before.binding) {
        connection_.run(bind_entry, mailbox, before.uid, after.binding->generation,
                        after.binding->uid, after.binding->stale);
    }
    if (after.flags == before.flags && after.date == before.date) return;
    connection_.run(update_entry, mailbox, before.uid, after.flags,
                    after.date.utc.time_since_epoch().count(), after.date.offset_minutes,
                    moment.modseq());
    auto& counters = tally_.change(mailbox, moment.modseq());
    counters.unseen += unseen(after.flags) - unseen(before.flags);
}

void Entries::remove(MailboxId mailbox, const EntryRow& row, const Moment& moment) {
    connection_.run(delete_entry, mailbox, row.uid);
    connection_.run(insert_expunged, mailbox, row.uid, moment.modseq());
    auto& counters = tally_.change(mailbox, moment.modseq());
    counters.messages -= 1;
    counters.unseen -= unseen(row.flags);
    counters.octets -= row.size;
}

void Entries::clear(MailboxId mailbox, const Moment& moment) {
    connection_.run(delete_entries, mailbox);
    connection_.run(delete_all_expunged, mailbox);
    auto& counters = tally_.change(mailbox, moment.modseq());
    counters.messages = counters.unseen = 0;
    counters.octets = 0;
}

void Entries::show_again(MailboxId mailbox, const Moment& moment) {
    connection_.run(update_modseqs, mailbox, moment.modseq());
    tally_.change(mailbox, moment.modseq());
}

}  // namespace mailhold::store::catalog

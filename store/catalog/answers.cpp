#include "store/catalog/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "store/catalog/flag_sets.hpp"
#include "store/catalog/summaries.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char select_totals[] =
    "SELECT messages, octets, sightings, quarantined, awaited, next FROM totals";

constexpr char select_position[] = "SELECT archive, next, root FROM totals";
constexpr char select_lineage[] = "SELECT lineage FROM message WHERE number = ?1";

#define MAILHOLD_MAILBOX_COLUMNS                                                      \
    "m.id, m.kind, ifnull(a.name, ''), m.origin_name, m.name, m.attributes, m.gone, " \
    "m.uidvalidity, m.uidnext, m.highest_modseq, m.messages, m.unseen, m.octets, "    \
    "ifnull(m.owner, '') FROM mailbox m LEFT JOIN account a ON a.id = m.account"
constexpr char select_mailboxes[] = "SELECT " MAILHOLD_MAILBOX_COLUMNS " ORDER BY m.id";
constexpr char select_mailbox[] = "SELECT " MAILHOLD_MAILBOX_COLUMNS " WHERE m.id = ?1";
#undef MAILHOLD_MAILBOX_COLUMNS
constexpr char select_grants[] = "SELECT mailbox, identifier, rights FROM acl";
constexpr char select_grants_of[] = "SELECT identifier, rights FROM acl WHERE mailbox = ?1";
#define MAILHOLD_ACCESSES                                                               \
    "SELECT record, time, user, address, session, what, mailbox, detail, outcome FROM " \
    "access WHERE record >= ?1 AND time >= ?2 AND (?3 = '' OR mailbox = ?3 OR "         \
    "substr(mailbox, 1, length(?3) + 1) = ?3 || '/')"
constexpr char select_accesses[] = MAILHOLD_ACCESSES " AND ?5 = '' ORDER BY record LIMIT ?4";
constexpr char select_accesses_of[] = MAILHOLD_ACCESSES " AND user = ?5 ORDER BY record LIMIT ?4";
#undef MAILHOLD_ACCESSES
constexpr char select_access[] = "SELECT 1 FROM access WHERE time = ?1 AND session = ?2";
constexpr char select_notes[] =
    "SELECT user, entry, value FROM note WHERE mailbox = ?1 AND user IN (?2, '')"
    " ORDER BY user, entry";
constexpr char select_entries[] =
    "SELECT uid, message, size, flags, date, zone, modseq FROM entry WHERE mailbox = ?1 ORDER BY "
    "uid";
constexpr char select_entries_from[] =
    "SELECT uid, message, size, flags, date, zone, modseq FROM entry WHERE mailbox = ?1"
    " AND uid >= ?2 ORDER BY uid";
constexpr char select_changed_entries[] =
    "SELECT uid, message, size, flags, date, zone, modseq FROM entry INDEXED BY entry_changed"
    " WHERE mailbox = ?1 AND modseq > ?2 AND began IS NOT NULL AND uid < ?3";
constexpr char select_one_entry[] =
    "SELECT e.uid, e.message, e.size, ifnull(p.flags, e.flags), e.date, e.zone,"
    " max(e.modseq, ifnull(p.modseq, 0)) FROM entry e LEFT JOIN personal p"
    " ON p.user = ?3 AND p.mailbox = ?4 AND p.uid = e.uid WHERE e.mailbox = ?1 AND e.uid = ?2";
constexpr char select_personal[] =
    "SELECT uid, flags, modseq FROM personal WHERE user = ?1 AND mailbox = ?2 ORDER BY uid";
// In the mirrored mailbox and in that of all ever seen (ever_seen_of).
constexpr char select_personal_counts[] =
    "SELECT e.mailbox, max(p.modseq), sum(instr(' ' || mine.flags || ' ', ' \\Seen ') = 0)"
    " - sum(instr(' ' || origin.flags || ' ', ' \\Seen ') = 0) FROM personal p"
    " JOIN entry e ON e.mailbox IN (p.mailbox, p.mailbox + 1073741824) AND e.uid = p.uid"
    " JOIN flag_set mine ON mine.id = p.flags JOIN flag_set origin ON origin.id = e.flags"
    " WHERE p.user = ?1 GROUP BY e.mailbox";
constexpr char select_unsubscribed[] = "SELECT mailbox FROM unsubscribed WHERE user = ?1";
constexpr char select_expunged[] =
    "SELECT uid FROM expunged WHERE mailbox = ?1 AND modseq > ?2 ORDER BY uid";
constexpr char select_began[] =
    "SELECT uid, began FROM entry WHERE mailbox = ?1 AND uid >= ?2 AND began IS NOT NULL"
    " ORDER BY uid";
constexpr char select_flag_set[] = "SELECT flags FROM flag_set WHERE id = ?1";

#define MAILHOLD_MESSAGE_COLUMNS \
    "number, digest, size, record, segment, offset, archived_at FROM message"
constexpr char select_by_digest[] = "SELECT " MAILHOLD_MESSAGE_COLUMNS " WHERE digest = ?1";
constexpr char select_by_number[] = "SELECT " MAILHOLD_MESSAGE_COLUMNS " WHERE number = ?1";
constexpr char select_from_number[] =
    "SELECT " MAILHOLD_MESSAGE_COLUMNS " WHERE number >= ?1 ORDER BY number LIMIT ?2";
#undef MAILHOLD_MESSAGE_COLUMNS

constexpr char select_locations[] =
    "SELECT a.name, m.origin_name, g.uidvalidity, s.uid, s.date, s.zone, s.flags, m.gone, m.id, "
    "s.local_uid,"
    " EXISTS (SELECT 1 FROM entry e WHERE e.mailbox = m.id AND e.uid = s.local_uid AND "
    "e.generation = g.id"
    " AND e.origin_uid = s.uid), s.saved, s.saved_zone"
    " FROM sighting s JOIN generation g ON g.id = s.generation JOIN mailbox m ON m.id = g.mailbox"
    " JOIN account a ON a.id = m.account WHERE s.message = ?1 ORDER BY s.generation, s.uid";
constexpr char select_summary[] = "SELECT packed FROM summary WHERE message = ?1";
constexpr char select_summaries[] = "SELECT message, packed FROM summary";

ZonedSeconds date_of(const Query& row, int column) {
    return {UtcSeconds(std::chrono::seconds(row.get<std::int64_t>(column))),
            row.get<std::int16_t>(column + 1)};
}

// A mailbox that is gone keeps its entries for the day it comes back, but shows none.
Mailbox mailbox_of(const Query& row) {
    Mailbox mailbox{.id = row.get<MailboxId>(0),
                    .kind = row.get<MailboxKind>(1),
                    .account = row.get<std::string>(2),
                    .origin_name = row.get<std::string>(3),
                    .name = row.get<std::string>(4),
                    .attributes = split_words(row.get<std::string>(5)),
                    .gone = row.get<bool>(6),
                    .uidvalidity = row.get<UidValidity>(7),
                    .uidnext = row.get<Uid>(8),
                    .highest_modseq = row.get<ModSeq>(9),
                    .owner = row.get<std::string>(13)};
    if (mailbox.gone) return mailbox;
    mailbox.messages = row.get<std::uint32_t>(10);
    mailbox.unseen = row.get<std::uint32_t>(11);
    mailbox.octets = row.get<std::uint64_t>(12);
    return mailbox;
}

Entry entry_of(const Query& row) {
    return {.uid = row.get<Uid>(0),
            .message = row.get<MessageNumber>(1),
            .size = row.get<std::uint32_t>(2),
            .flags = row.get<FlagSetId>(3),
            .internal_date = date_of(row, 4),
            .modseq = row.get<ModSeq>(6)};
}

StoredMessage message_of(const Query& row) {
    return {.number = row.get<MessageNumber>(0),
            .digest = row.get<Digest>(1),
            .size = row.get<std::uint64_t>(2),
            .record = row.get<Sequence>(3),
            .segment = row.get<std::uint64_t>(4),
            .offset = row.get<std::uint64_t>(5),
            .archived_at = UtcMicros(std::chrono::microseconds(row.get<std::int64_t>(6)))};
}

Acl acl(Connection& connection, MailboxId mailbox) {
    Acl acl;
    auto row = connection.query(select_grants_of, mailbox);
    while (row.step()) acl.emplace(row.get<std::string>(0), row.get<std::string>(1));
    return acl;
}

// The entries now, by what changed since the earlier snapshot.
std::vector<Entry> later_entries(Connection& connection, const MailboxSnapshot& earlier,
                                 std::size_t messages) {
    const auto& [id, since, uidnext] =
        std::tie(earlier.mailbox.id, earlier.mailbox.highest_modseq, earlier.mailbox.uidnext);
    std::vector<Entry> changed;
    auto change = connection.query(select_changed_entries, id, since, uidnext);
    while (change.step()) changed.push_back(entry_of(change));
    std::ranges::sort(changed, {}, &Entry::uid);
    const auto gone = expunged(connection, id, since);

    std::vector<Entry> entries;
    entries.reserve(messages);
    auto next_changed = changed.begin();
    auto next_gone = gone.begin();
    for (const Entry& entry : earlier.entries) {
        while (next_changed != changed.end() && next_changed->uid < entry.uid)
            entries.push_back(*next_changed++);
        while (next_gone != gone.end() && *next_gone < entry.uid) ++next_gone;
        if (next_changed != changed.end() && next_changed->uid == entry.uid)
            entries.push_back(*next_changed++);
        else if (next_gone == gone.end() || *next_gone != entry.uid)
            entries.push_back(entry);
    }
    entries.insert(entries.end(), next_changed, changed.end());
    auto added = connection.query(select_entries_from, id, uidnext);
    while (added.step()) entries.push_back(entry_of(added));
    return entries;
}

std::optional<StoredMessage> one_message(Query row) {
    return row.step() ? std::optional(message_of(row)) : std::nullopt;
}

}  // namespace

Totals totals(Connection& connection) {
    auto row = connection.query(select_totals);
    if (!row.step()) throw Failure{{Errc::corrupt, "catalog: the row of totals is missing"}};
    return {.messages = row.get<std::uint64_t>(0),
            .octets = row.get<std::uint64_t>(1),
            .sightings = row.get<std::uint64_t>(2),
            .quarantined = row.get<std::uint64_t>(3),
            .awaited = row.get<std::uint64_t>(4),
            .applied = row.get<Sequence>(5)};
}

LedgerPosition position(Connection& connection) {
    auto row = connection.query(select_position);
    if (!row.step()) throw Failure{{Errc::corrupt, "catalog: the row of totals is missing"}};
    LedgerPosition position{.next = row.get<Sequence>(1), .root = row.get<Digest>(2)};
    const auto archive = row.get<std::string>(0);
    if (archive.size() != position.archive.size())
        throw Failure{{Errc::corrupt, "catalog: an archive's id of a wrong length"}};
    std::ranges::copy(archive, position.archive.begin());
    return position;
}

std::optional<Digest> lineage(Connection& connection, MessageNumber number) {
    auto row = connection.query(select_lineage, number);
    return row.step() ? std::optional(row.get<Digest>(0)) : std::nullopt;
}

std::vector<Mailbox> mailboxes(Connection& connection) {
    std::map<MailboxId, Acl> granted;
    auto grant = connection.query(select_grants);
    while (grant.step())
        granted[grant.get<MailboxId>(0)].emplace(grant.get<std::string>(1),
                                                 grant.get<std::string>(2));
    std::vector<Mailbox> all;
    auto row = connection.query(select_mailboxes);
    while (row.step()) {
        auto& mailbox = all.emplace_back(mailbox_of(row));
        if (auto acl = granted.extract(mailbox.id)) mailbox.acl = std::move(acl.mapped());
    }
    return all;
}

std::shared_ptr<const MailboxSnapshot> snapshot(Connection& connection, MailboxId mailbox,
                                                const MailboxSnapshot* earlier) {
    auto snapshot = std::make_shared<MailboxSnapshot>();
    auto head = connection.query(select_mailbox, mailbox);
    if (!head.step()) throw Failure{{Errc::not_found, fmt::format("mailbox {}", number(mailbox))}};
    snapshot->mailbox = mailbox_of(head);
    snapshot->mailbox.acl = acl(connection, mailbox);
    if (snapshot->mailbox.gone) return snapshot;

    auto& entries = snapshot->entries;
    const bool is_later = earlier && !earlier->mailbox.gone &&
                          earlier->mailbox.uidvalidity == snapshot->mailbox.uidvalidity;
    if (is_later) {
        entries = later_entries(connection, *earlier, snapshot->mailbox.messages);
    } else {
        entries.reserve(snapshot->mailbox.messages);
        auto row = connection.query(select_entries, mailbox);
        while (row.step()) entries.push_back(entry_of(row));
    }
    std::vector<bool> used;
    for (const auto& entry : entries) {
        if (number(entry.flags) >= used.size()) used.resize(number(entry.flags) + 1);
        used[number(entry.flags)] = true;
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
        const auto id = static_cast<FlagSetId>(i);
        if (used[i]) snapshot->flag_sets.emplace(id, flag_set(connection, id));
    }
    return snapshot;
}

Mailbox mailbox(Connection& connection, MailboxId id) {
    auto row = connection.query(select_mailbox, id);
    if (!row.step()) throw Failure{{Errc::not_found, fmt::format("mailbox {}", number(id))}};
    auto mailbox = mailbox_of(row);
    mailbox.acl = acl(connection, id);
    return mailbox;
}

std::vector<Note> notes(Connection& connection, const std::string& user, MailboxId mailbox) {
    std::vector<Note> found;
    auto row = connection.query(select_notes, flagged_as(mailbox), user);
    while (row.step())
        found.push_back(
            {row.get<std::string>(0).empty(), row.get<std::string>(1), row.get<std::string>(2)});
    return found;
}

std::vector<RecordedAccess> accesses(Connection& connection, const AccessFilter& filter) {
    std::vector<RecordedAccess> found;
    auto row = connection.query(filter.user.empty() ? select_accesses : select_accesses_of,
                                filter.first, filter.since.time_since_epoch().count(),
                                filter.mailbox, filter.most, filter.user);
    while (row.step()) {
        found.push_back({row.get<Sequence>(0),
                         {.time = UtcMicros(std::chrono::microseconds(row.get<std::int64_t>(1))),
                          .user = row.get<std::string>(2),
                          .address = row.get<std::string>(3),
                          .session = row.get<std::uint64_t>(4),
                          .what = row.get<Accessed::What>(5),
                          .mailbox = row.get<std::string>(6),
                          .detail = row.get<std::string>(7),
                          .outcome = row.get<std::string>(8)}});
    }
    return found;
}

bool has_access(Connection& connection, UtcMicros time, std::uint64_t session) {
    auto row = connection.query(select_access, time.time_since_epoch().count(), session);
    return row.step();
}

std::vector<Entry> entries(Connection& connection, MailboxId mailbox, std::span<const Uid> uids,
                           const std::string& user) {
    std::vector<Entry> found;
    for (const auto uid : uids) {
        auto row = connection.query(select_one_entry, mailbox, uid, user, flagged_as(mailbox));
        if (row.step()) found.push_back(entry_of(row));
    }
    return found;
}

PersonalFlags personal_flags(Connection& connection, const std::string& user, MailboxId mailbox) {
    PersonalFlags personal;
    auto row = connection.query(select_personal, user, flagged_as(mailbox));
    while (row.step()) {
        const auto flags = row.get<FlagSetId>(1);
        personal.messages.push_back({row.get<Uid>(0), flags, row.get<ModSeq>(2)});
        if (!personal.flag_sets.contains(flags))
            personal.flag_sets.emplace(flags, flag_set(connection, flags));
    }
    return personal;
}

std::map<MailboxId, PersonalCount> personal_counts(Connection& connection,
                                                   const std::string& user) {
    std::map<MailboxId, PersonalCount> counts;
    auto row = connection.query(select_personal_counts, user);
    while (row.step())
        counts.emplace(row.get<MailboxId>(0),
                       PersonalCount{row.get<ModSeq>(1), row.get<std::int64_t>(2)});
    return counts;
}

std::vector<std::string> unsubscribed(Connection& connection, const std::string& user) {
    std::vector<std::string> names;
    auto row = connection.query(select_unsubscribed, user);
    while (row.step()) names.push_back(row.get<std::string>(0));
    return names;
}

std::vector<std::pair<Uid, ModSeq>> began(Connection& connection, MailboxId mailbox, Uid first) {
    std::vector<std::pair<Uid, ModSeq>> found;
    auto row = connection.query(select_began, mailbox, first);
    while (row.step()) found.emplace_back(row.get<Uid>(0), row.get<ModSeq>(1));
    return found;
}

std::vector<Uid> expunged(Connection& connection, MailboxId mailbox, ModSeq since) {
    std::vector<Uid> uids;
    auto row = connection.query(select_expunged, mailbox, since);
    while (row.step()) uids.push_back(row.get<Uid>(0));
    return uids;
}

FlagSet flag_set(Connection& connection, FlagSetId id) {
    auto row = connection.query(select_flag_set, id);
    if (!row.step())
        throw Failure{{Errc::corrupt, fmt::format("catalog: flag set {} is missing", number(id))}};
    return split_words(row.get<std::string>(0));
}

std::optional<StoredMessage> find(Connection& connection, const Digest& digest) {
    return one_message(connection.query(select_by_digest, digest));
}

std::optional<StoredMessage> message(Connection& connection, MessageNumber number) {
    return one_message(connection.query(select_by_number, number));
}

std::vector<StoredMessage> messages(Connection& connection, MessageNumber first, std::size_t most) {
    std::vector<StoredMessage> found;
    constexpr std::size_t no_limit = std::numeric_limits<std::int64_t>::max();
    auto row = connection.query(select_from_number, first, std::min(most, no_limit));
    while (row.step()) found.push_back(message_of(row));
    return found;
}

std::vector<std::optional<StoredMessage>> messages(Connection& connection,
                                                   std::span<const MessageNumber> numbers) {
    std::vector<std::optional<StoredMessage>> found;
    found.reserve(numbers.size());
    for (const auto number : numbers) found.push_back(message(connection, number));
    return found;
}

std::vector<Location> locations(Connection& connection, MessageNumber number) {
    std::vector<Location> found;
    auto row = connection.query(select_locations, number);
    while (row.step()) {
        const bool stands = row.get<bool>(10) && !row.get<bool>(7);
        found.push_back(
            {.generation = {row.get<std::string>(0), row.get<std::string>(1),
                            row.get<UidValidity>(2)},
             .uid = row.get<Uid>(3),
             .internal_date = date_of(row, 4),
             .flags = flag_set(connection, row.get<FlagSetId>(6)),
             .vanished = !stands,
             .mailbox = row.get<MailboxId>(8),
             .local_uid = row.get<Uid>(9),
             .saved = row.is_null(11) ? std::nullopt : std::optional(date_of(row, 11))});
    }
    return found;
}

std::vector<std::optional<Summary>> summaries(Connection& connection,
                                              std::span<const MessageNumber> numbers) {
    std::vector<std::optional<Summary>> found;
    found.reserve(numbers.size());
    for (const auto number : numbers) {
        auto row = connection.query(select_summary, number);
        found.push_back(row.step() ? unpack_summary(row.get<std::string>(0)) : std::nullopt);
    }
    return found;
}

std::optional<MessageNumber> damaged_summary(Connection& connection) {
    for (auto row = connection.query(select_summaries); row.step();)
        if (!unpack_summary(row.get<std::string>(1))) return row.get<MessageNumber>(0);
    return std::nullopt;
}

}  // namespace mailhold::store::catalog

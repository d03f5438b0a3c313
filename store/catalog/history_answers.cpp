// Answers about the past: what became of every UID an origin ever showed, and what happened to a
// message and the mailboxes it stood in.
#include <algorithm>
#include <map>

#include "store/catalog/answers.hpp"
#include "store/catalog/completeness.hpp"
#include "store/catalog/gmail.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char select_generations[] =
    "SELECT g.id, a.name, m.origin_name, g.uidvalidity,"
    " m.gone = 0 AND g.opened = (SELECT max(opened) FROM generation WHERE mailbox = m.id)"
    " FROM generation g JOIN mailbox m ON m.id = g.mailbox JOIN account a ON a.id = m.account"
    " ORDER BY a.name, m.origin_name, g.opened";
constexpr char select_sighted[] =
    "SELECT s.uid, EXISTS (SELECT 1 FROM sighting t WHERE t.message = s.message AND t.record < "
    "s.record) FROM sighting s WHERE s.generation = ?1 ORDER BY s.uid, s.record";
constexpr char select_quarantine[] =
    "SELECT uid, pending FROM quarantine WHERE generation = ?1 ORDER BY uid";
constexpr char select_awaited[] = "SELECT uid FROM awaited WHERE generation = ?1 ORDER BY uid";
constexpr char select_excluded[] =
    "SELECT a.name, e.mailbox, e.rule FROM exclusion e JOIN account a ON a.id = e.account"
    " ORDER BY a.name, e.mailbox, e.rule";

constexpr char select_balances[] =
    "SELECT a.name, (SELECT count(*) FROM mailbox m JOIN generation g ON g.mailbox = m.id"
    " JOIN awaited w ON w.generation = g.id WHERE m.account = a.id), r.began, r.ended,"
    " r.mailboxes, r.shown, r.missing, r.replaced, r.gone, r.repaired, r.unaccounted, r.problem"
    " FROM account a LEFT JOIN reconciliation r ON r.account = a.id ORDER BY a.name";

constexpr char select_first_sightings[] =
    "SELECT s.record, s.time, a.name, m.origin_name, g.uidvalidity, s.uid,"
    " ifnull((SELECT e.before FROM event e WHERE e.message = ?1 AND e.generation = s.generation AND"
    " e.uid = s.uid AND e.what = ?2 ORDER BY e.record LIMIT 1), s.flags)"
    " FROM sighting s JOIN generation g ON g.id = s.generation JOIN mailbox m ON m.id = g.mailbox"
    " JOIN account a ON a.id = m.account WHERE s.message = ?1";
constexpr char select_events[] =
    "SELECT e.record, e.time, a.name, m.origin_name, g.uidvalidity, e.uid, e.what, e.before, "
    "e.after, om.origin_name, e.other_uid FROM event e JOIN generation g ON g.id = e.generation"
    " JOIN mailbox m ON m.id = g.mailbox JOIN account a ON a.id = m.account"
    " LEFT JOIN generation o ON o.id = e.other_generation LEFT JOIN mailbox om ON om.id = o.mailbox"
    " WHERE e.message = ?1";
constexpr char select_mailbox_events[] =
    "SELECT v.record, v.time, a.name, m.origin_name, v.what, v.other FROM mailbox_event v"
    " JOIN mailbox m ON m.id = v.mailbox JOIN account a ON a.id = m.account WHERE v.mailbox IN"
    " (SELECT g.mailbox FROM sighting s JOIN generation g ON g.id = s.generation"
    " WHERE s.message = ?1 AND s.record < v.record)";

constexpr char select_moves[] =
    "SELECT v.message, b.digest, gf.uidvalidity, mf.origin_name, v.uid, gt.uidvalidity, "
    "mt.origin_name, s.uid FROM event v CROSS JOIN generation gf ON gf.id = v.generation"
    " JOIN mailbox mf ON mf.id = gf.mailbox JOIN account a ON a.id = mf.account"
    " JOIN sighting s ON s.message = v.message AND s.record >= ?2"
    " JOIN generation gt ON gt.id = s.generation"
    " JOIN mailbox mt ON mt.id = gt.mailbox AND mt.account = a.id AND mt.id <> mf.id"
    " JOIN message b ON b.number = v.message"
    " WHERE v.record >= ?2 AND v.what = ?3 AND a.name = ?1 ORDER BY v.message, v.record, v.uid, "
    "s.record, s.uid";

// Some message stands under the same UID in both, and none under a UID of another's.
constexpr char select_renames[] =
    "SELECT mf.origin_name, mt.origin_name FROM mailbox_event v"
    " CROSS JOIN mailbox mf ON mf.id = v.mailbox AND mf.gone = 1 JOIN account a ON a.id = "
    "mf.account"
    " JOIN generation gf ON gf.mailbox = mf.id AND"
    "   gf.opened = (SELECT max(opened) FROM generation WHERE mailbox = mf.id)"
    " JOIN mailbox mt ON mt.account = a.id AND mt.kind = ?4 AND mt.gone = 0"
    " JOIN generation gt ON gt.mailbox = mt.id AND gt.uidvalidity = gf.uidvalidity AND"
    "   gt.opened >= ?2"
    " WHERE v.record >= ?2 AND v.what = ?3 AND a.name = ?1"
    " AND EXISTS (SELECT 1 FROM entry e JOIN sighting s ON s.generation = gt.id AND"
    "   s.uid = e.origin_uid AND s.message = e.message WHERE e.mailbox = mf.id AND"
    "   e.generation = gf.id)"
    " AND NOT EXISTS (SELECT 1 FROM entry e JOIN sighting s ON s.generation = gt.id AND"
    "   s.uid = e.origin_uid AND s.message <> e.message WHERE e.mailbox = mf.id AND"
    "   e.generation = gf.id)"
    " ORDER BY v.record, mt.id";

UtcMicros time_of(const Query& row, int column) {
    return UtcMicros(std::chrono::microseconds(row.get<std::int64_t>(column)));
}

GenerationRecord generation_record(Connection& connection, std::int64_t id) {
    GenerationRecord record;
    auto sighted = connection.query(select_sighted, id);
    while (sighted.step()) {
        const auto uid = sighted.get<Uid>(0);
        const bool known = !record.sighted.empty() && record.sighted.back().uid == uid;
        if (!known) record.sighted.push_back({uid, sighted.get<bool>(1)});
    }
    auto quarantine = connection.query(select_quarantine, id);
    while (quarantine.step()) {
        auto& uids = quarantine.get<bool>(1) ? record.quarantined : record.ended;
        uids.push_back(quarantine.get<Uid>(0));
    }
    auto awaited = connection.query(select_awaited, id);
    while (awaited.step()) record.awaited.push_back(awaited.get<Uid>(0));
    return record;
}

}  // namespace

Completeness completeness(Connection& connection) {
    Completeness all;
    auto row = connection.query(select_generations);
    while (row.step()) {
        auto account = account_for(generation_record(connection, row.get<std::int64_t>(0)));
        account.generation = {row.get<std::string>(1), row.get<std::string>(2),
                              row.get<UidValidity>(3)};
        account.current = row.get<bool>(4);
        all.generations.push_back(std::move(account));
    }
    auto excluded = connection.query(select_excluded);
    while (excluded.step()) {
        all.excluded.push_back({excluded.get<std::string>(0), excluded.get<std::string>(1),
                                excluded.get<std::string>(2)});
    }
    return all;
}

std::vector<AccountBalance> balances(Connection& connection) {
    std::vector<AccountBalance> all;
    auto row = connection.query(select_balances);
    while (row.step()) {
        auto& balance =
            all.emplace_back(AccountBalance{row.get<std::string>(0), row.get<std::uint64_t>(1)});
        if (row.is_null(2)) continue;
        balance.reconciled = Reconciled{.generation = {balance.account, "", UidValidity{}},
                                        .began = time_of(row, 2),
                                        .ended = time_of(row, 3),
                                        .mailboxes = row.get<std::uint32_t>(4),
                                        .shown = row.get<std::uint64_t>(5),
                                        .missing = row.get<std::uint64_t>(6),
                                        .replaced = row.get<std::uint64_t>(7),
                                        .gone = row.get<std::uint64_t>(8),
                                        .repaired = row.get<std::uint64_t>(9),
                                        .unaccounted = row.get<std::uint64_t>(10),
                                        .problem = row.get<std::string>(11)};
    }
    return all;
}

std::vector<Event> history(Connection& connection, MessageNumber message) {
    using What = Event::What;
    std::multimap<std::uint64_t, Event> ordered;
    auto first = connection.query(select_first_sightings, message, What::flags);
    while (first.step()) {
        ordered.emplace(first.get<std::uint64_t>(0),
                        Event{.what = What::sighted,
                              .time = time_of(first, 1),
                              .generation = {first.get<std::string>(2), first.get<std::string>(3),
                                             first.get<UidValidity>(4)},
                              .uid = first.get<Uid>(5),
                              .flags = flag_set(connection, first.get<FlagSetId>(6))});
    }
    auto row = connection.query(select_events, message);
    while (row.step()) {
        Event event{.what = row.get<What>(6),
                    .time = time_of(row, 1),
                    .generation = {row.get<std::string>(2), row.get<std::string>(3),
                                   row.get<UidValidity>(4)},
                    .uid = row.get<Uid>(5)};
        if (event.what == What::flags) {
            event.flags = flag_set(connection, row.get<FlagSetId>(7));
            event.flags_after = flag_set(connection, row.get<FlagSetId>(8));
        } else if (event.what == What::moved) {
            event.other_mailbox = row.get<std::string>(9);
            event.other_uid = row.get<Uid>(10);
        }
        ordered.emplace(row.get<std::uint64_t>(0), std::move(event));
    }
    add_label_events(connection, message, ordered);
    auto mailbox = connection.query(select_mailbox_events, message);
    while (mailbox.step()) {
        ordered.emplace(mailbox.get<std::uint64_t>(0),
                        Event{.what = mailbox.get<What>(4),
                              .time = time_of(mailbox, 1),
                              .generation = {mailbox.get<std::string>(2),
                                             mailbox.get<std::string>(3), UidValidity{}},
                              .other_mailbox = mailbox.get<std::string>(5)});
    }
    std::vector<Event> events;
    events.reserve(ordered.size());
    for (auto& [record, event] : ordered) events.push_back(std::move(event));
    return events;
}

std::vector<Moved> moves(Connection& connection, const std::string& account, Sequence since) {
    std::vector<Moved> found;
    auto row = connection.query(select_moves, account, since, Event::What::vanished);
    while (row.step()) {
        Moved move{.digest = row.get<Digest>(1),
                   .from = {account, row.get<std::string>(3), row.get<UidValidity>(2)},
                   .from_uid = row.get<Uid>(4),
                   .to = {account, row.get<std::string>(6), row.get<UidValidity>(5)},
                   .to_uid = row.get<Uid>(7)};
        // Each place is left once, and taken once.
        const bool used = std::ranges::any_of(found, [&](const Moved& one) {
            return one.digest == move.digest &&
                   ((one.from == move.from && one.from_uid == move.from_uid) ||
                    (one.to == move.to && one.to_uid == move.to_uid));
        });
        if (!used) found.push_back(std::move(move));
    }
    return found;
}

std::vector<Renamed> renames(Connection& connection, const std::string& account, Sequence since) {
    std::vector<Renamed> found;
    auto row = connection.query(select_renames, account, since, Event::What::mailbox_gone,
                                MailboxKind::mirrored);
    while (row.step()) {
        Renamed one{account, row.get<std::string>(0), row.get<std::string>(1)};
        const bool used = std::ranges::any_of(found, [&](const Renamed& other) {
            return other.from == one.from || other.to == one.to;
        });
        if (!used) found.push_back(std::move(one));
    }
    return found;
}

}  // namespace mailhold::store::catalog

#include "store/catalog/sightings.hpp"

#include <algorithm>

namespace mailhold::store::catalog {
namespace {

constexpr char select_sightings[] =
    "SELECT message, local_uid FROM sighting WHERE generation = ?1 AND uid = ?2 ORDER BY message";
constexpr char insert_sighting[] =
    "INSERT OR IGNORE INTO sighting (generation, uid, message, local_uid, flags, date, zone, "
    "record, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
constexpr char update_sighting[] =
    "UPDATE sighting SET local_uid = ?4, flags = ?5, date = ?6, zone = ?7"
    " WHERE generation = ?1 AND uid = ?2 AND message = ?3";
constexpr char update_saved[] =
    "UPDATE sighting SET saved = ?4, saved_zone = ?5 WHERE generation = ?1 AND uid = ?2 AND "
    "message = ?3";
constexpr char select_claim[] = "SELECT size, date FROM claim WHERE generation = ?1 AND uid = ?2";
constexpr char insert_claim[] =
    "INSERT OR REPLACE INTO claim (generation, uid, size, date) VALUES (?1, ?2, ?3, ?4)";
constexpr char delete_claim[] = "DELETE FROM claim WHERE generation = ?1 AND uid = ?2";
constexpr char select_quarantine[] =
    "SELECT reason FROM quarantine WHERE generation = ?1 AND uid = ?2 AND pending = 1";
constexpr char put_quarantine[] =
    "INSERT INTO quarantine (generation, uid, reason, pending) VALUES (?1, ?2, ?3, 1)"
    " ON CONFLICT DO UPDATE SET reason = excluded.reason, pending = 1";
constexpr char end_one_quarantine[] =
    "UPDATE quarantine SET pending = 0 WHERE generation = ?1 AND uid = ?2 AND pending = 1";
// What was never had, and cannot be any more.
constexpr char put_loss[] =
    "INSERT INTO quarantine (generation, uid, reason, pending) SELECT ?1, ?2, ?3, 0"
    " WHERE NOT EXISTS (SELECT 1 FROM sighting WHERE generation = ?1 AND uid = ?2)"
    " ON CONFLICT DO NOTHING";
constexpr char select_awaited[] = "SELECT 1 FROM awaited WHERE generation = ?1 AND uid = ?2";
constexpr char select_any_awaited[] = "SELECT 1 FROM awaited WHERE generation = ?1";
constexpr char select_awaited_of_mailbox[] =
    "SELECT g.id, w.uid FROM generation g JOIN awaited w ON w.generation = g.id WHERE g.mailbox = "
    "?1";
constexpr char insert_awaited[] = "INSERT OR IGNORE INTO awaited (generation, uid) VALUES (?1, ?2)";
constexpr char delete_awaited[] = "DELETE FROM awaited WHERE generation = ?1 AND uid = ?2";
constexpr char end_other_quarantines[] =
    "UPDATE quarantine SET pending = 0 WHERE pending = 1"
    " AND generation IN (SELECT id FROM generation WHERE mailbox = ?1 AND id <> ?2)";

}  // namespace

std::vector<Sighted> Sightings::at(const Place& place, Uid uid) {
    std::vector<Sighted> found;
    auto row = connection_.query(select_sightings, place.generation, uid);
    while (row.step()) {
        Sighted sighted{row.get<MessageNumber>(0), row.get<Uid>(1), {}};
        sighted.entry = entries_.entry(place.mailbox, sighted.local_uid);
        const auto& binding = sighted.entry ? sighted.entry->binding : std::nullopt;
        if (!binding || binding->generation != place.generation || binding->uid != uid)
            sighted.entry.reset();
        found.push_back(sighted);
    }
    return found;
}

std::optional<Sighted> Sightings::standing(const Place& place, Uid uid) {
    const auto all = at(place, uid);
    const auto one =
        std::ranges::find_if(all, [](const Sighted& sighted) { return sighted.entry.has_value(); });
    return one == all.end() ? std::nullopt : std::optional(*one);
}

void Sightings::put(const Place& place, Uid uid, const EntryRow& entry, const Moment& moment) {
    const auto date = entry.date.utc.time_since_epoch().count();
    const auto zone = entry.date.offset_minutes;
    if (connection_.run(insert_sighting, place.generation, uid, entry.message, entry.uid,
                        entry.flags, date, zone, moment.sequence,
                        moment.time.time_since_epoch().count()) > 0) {
        ++tally_.sums().sightings;
    } else {
        connection_.run(update_sighting, place.generation, uid, entry.message, entry.uid,
                        entry.flags, date, zone);
    }
}

void Sightings::put_saved(const Place& place, Uid uid, MessageNumber message,
                          const ZonedSeconds& saved) {
    connection_.run(update_saved, place.generation, uid, message,
                    saved.utc.time_since_epoch().count(), saved.offset_minutes);
}

std::optional<Claim> Sightings::claim(const Place& place, Uid uid) {
    auto row = connection_.query(select_claim, place.generation, uid);
    if (!row.step()) return std::nullopt;
    return Claim{row.get<std::uint64_t>(0),
                 UtcSeconds(std::chrono::seconds(row.get<std::int64_t>(1)))};
}

void Sightings::put_claim(const Place& place, Uid uid, const std::optional<Claim>& claim) {
    if (claim)
        connection_.run(insert_claim, place.generation, uid, claim->size,
                        claim->date.time_since_epoch().count());
    else
        connection_.run(delete_claim, place.generation, uid);
}

std::optional<std::string> Sightings::quarantined(const Place& place, Uid uid) {
    if (tally_.sums().quarantined == 0) return std::nullopt;
    auto row = connection_.query(select_quarantine, place.generation, uid);
    return row.step() ? std::optional(row.get<std::string>(0)) : std::nullopt;
}

void Sightings::quarantine(const Place& place, Uid uid, const std::string& reason) {
    if (!quarantined(place, uid)) ++tally_.sums().quarantined;
    connection_.run(put_quarantine, place.generation, uid, reason);
}

void Sightings::end_quarantine(const Place& place, Uid uid) {
    auto& pending = tally_.sums().quarantined;
    if (pending > 0)
        pending -=
            static_cast<std::uint64_t>(connection_.run(end_one_quarantine, place.generation, uid));
}

void Sightings::end_older_quarantines(const Place& place) {
    auto& pending = tally_.sums().quarantined;
    if (pending == 0) return;
    pending -= static_cast<std::uint64_t>(
        connection_.run(end_other_quarantines, place.mailbox, place.generation));
}

bool Sightings::awaited(const Place& place, Uid uid) {
    return tally_.sums().awaited > 0 &&
           connection_.query(select_awaited, place.generation, uid).step();
}

bool Sightings::any_awaited(const Place& place) {
    return tally_.sums().awaited > 0 &&
           connection_.query(select_any_awaited, place.generation).step();
}

void Sightings::await(const Place& place, Uid uid) {
    tally_.sums().awaited +=
        static_cast<std::uint64_t>(connection_.run(insert_awaited, place.generation, uid));
}

bool Sightings::end_awaited(const Place& place, Uid uid) {
    auto& awaited = tally_.sums().awaited;
    if (awaited == 0) return false;
    const int ended = connection_.run(delete_awaited, place.generation, uid);
    awaited -= static_cast<std::uint64_t>(ended);
    return ended > 0;
}

void Sightings::lose(const Place& place, Uid uid, const std::string& reason) {
    if (end_awaited(place, uid)) connection_.run(put_loss, place.generation, uid, reason);
}

void Sightings::lose_all(MailboxId mailbox, const std::string& reason) {
    if (tally_.sums().awaited == 0) return;
    std::vector<std::pair<Place, Uid>> awaited;
    auto row = connection_.query(select_awaited_of_mailbox, mailbox);
    while (row.step())
        awaited.emplace_back(Place{.generation = row.get<GenerationId>(0)}, row.get<Uid>(1));
    for (const auto& [place, uid] : awaited) lose(place, uid, reason);
}

}  // namespace mailhold::store::catalog

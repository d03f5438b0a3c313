// Answers for synchronisation: what is known of accounts, listings and generations.
#include <algorithm>
#include <optional>

#include "store/catalog/answers.hpp"
#include "store/catalog/flag_sets.hpp"
#include "store/catalog/gmail.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char select_generations[] =
    "SELECT g.uidvalidity FROM generation g JOIN mailbox m ON m.id = g.mailbox JOIN account a ON "
    "a.id = m.account"
    " WHERE a.name = ?1 AND m.kind = ?3 AND m.origin_name = ?2 ORDER BY g.opened";
constexpr char select_generation[] =
    "SELECT g.id, g.mailbox, g.synced_uidnext, g.synced_modseq,"
    " max(ifnull((SELECT max(uid) FROM sighting WHERE generation = g.id), 0),"
    "     ifnull((SELECT max(uid) FROM quarantine WHERE generation = g.id), 0)),"
    " m.messages, NOT EXISTS (SELECT 1 FROM generation o WHERE o.mailbox = m.id AND o.opened > "
    "g.opened)"
    " AND NOT EXISTS (SELECT 1 FROM entry INDEXED BY entry_stale WHERE stale = 1 AND mailbox = "
    "m.id)"
    " FROM generation g JOIN mailbox m ON m.id = g.mailbox JOIN account a ON a.id = m.account"
    " WHERE a.name = ?1 AND m.kind = ?4 AND m.origin_name = ?2 AND g.uidvalidity = ?3";
constexpr char select_present[] =
    "SELECT origin_uid, flags, size, date, message FROM entry WHERE mailbox = ?1 AND generation = "
    "?2 ORDER BY uid";
// From the highest UID down; of those that stand no longer the UID alone.
constexpr char select_newest[] =
    "SELECT s.uid, e.flags, e.size, e.date, e.message FROM sighting s LEFT JOIN entry e ON "
    "e.mailbox = ?1 AND e.uid = s.local_uid AND e.generation = s.generation AND e.origin_uid = "
    "s.uid WHERE s.generation = ?2 ORDER BY s.uid DESC";
constexpr char select_claims[] =
    "SELECT uid, size, date FROM claim WHERE generation = ?1 AND uid >= ?2";
constexpr char select_pending[] =
    "SELECT uid FROM quarantine WHERE generation = ?1 AND pending = 1 ORDER BY uid";
constexpr char select_awaited[] = "SELECT uid FROM awaited WHERE generation = ?1 ORDER BY uid";
constexpr char select_listed[] =
    "SELECT m.origin_name, m.separator, m.attributes FROM mailbox m JOIN account a ON a.id = "
    "m.account"
    " WHERE a.name = ?1 AND m.kind = ?2 AND m.gone = 0 AND m.separator IS NOT NULL ORDER BY m.id";
constexpr char select_exclusions[] =
    "SELECT e.mailbox, e.rule FROM exclusion e JOIN account a ON a.id = e.account WHERE a.name = ?1"
    " ORDER BY e.mailbox, e.rule";
constexpr char select_accounts[] =
    "SELECT name, url FROM account WHERE url IS NOT NULL ORDER BY id";
constexpr char select_security[] =
    "SELECT s.url, s.tls, s.mechanisms, s.mechanism, s.binding, s.key, s.issuer, s.confirmed FROM "
    "security s JOIN account a ON a.id = s.account WHERE a.name = ?1";

constexpr std::size_t vanished_most = 1'000;  // between the newest; else all are read

Standing standing_of(const Query& row) {
    return {row.get<Uid>(0), row.get<FlagSetId>(1), row.get<std::uint64_t>(2),
            UtcSeconds(std::chrono::seconds(row.get<std::int64_t>(3))), row.get<MessageNumber>(4)};
}

std::vector<Standing> all_present(Connection& connection, MailboxId mailbox,
                                  GenerationId generation) {
    std::vector<Standing> present;
    auto row = connection.query(select_present, mailbox, generation);
    while (row.step()) present.push_back(standing_of(row));
    // By the origin's UID; local UIDs may have come in another order, but seldom have.
    if (!std::ranges::is_sorted(present, {}, &Standing::uid))
        std::ranges::sort(present, {}, &Standing::uid);
    return present;
}

// nullopt where they are not found soon.
std::optional<std::vector<Standing>> newest_present(Connection& connection, MailboxId mailbox,
                                                    GenerationId generation, std::size_t newest) {
    std::vector<Standing> present;
    auto row = connection.query(select_newest, mailbox, generation);
    for (std::size_t vanished = 0; present.size() < newest;) {
        if (!row.step() || vanished > vanished_most) return std::nullopt;
        if (row.is_null(4))
            ++vanished;
        else
            present.push_back(standing_of(row));
    }
    std::ranges::reverse(present);
    return present;
}

}  // namespace

std::vector<Generation> generations(Connection& connection, const std::string& account,
                                    const std::string& mailbox) {
    std::vector<Generation> all;
    auto row = connection.query(select_generations, account, mailbox, MailboxKind::mirrored);
    while (row.step()) all.push_back({account, mailbox, row.get<UidValidity>(0)});
    return all;
}

GenerationState generation_state(Connection& connection, const Generation& generation,
                                 std::size_t newest) {
    GenerationState state;
    state.generation = generation;
    auto head = connection.query(select_generation, generation.account, generation.mailbox,
                                 generation.uidvalidity, MailboxKind::mirrored);
    if (!head.step()) return state;  // nothing is known yet
    const auto id = head.get<GenerationId>(0);
    const auto mailbox = head.get<MailboxId>(1);
    state.synced_uidnext = head.get<Uid>(2);
    state.synced_modseq = head.get<ModSeq>(3);
    state.highest_uid = head.get<Uid>(4);

    // What the mailbox shows is what stands, unless some of it is of another generation.
    const auto standing = head.get<std::uint64_t>(5);
    std::optional<std::vector<Standing>> named;
    if (standing > newest && head.get<bool>(6))
        named = newest_present(connection, mailbox, id, newest);
    if (named) state.unnamed = standing - newest;
    state.present = named ? std::move(*named) : all_present(connection, mailbox, id);
    for (const auto& one : state.present) {
        if (!state.flag_sets.contains(one.flags))
            state.flag_sets.emplace(one.flags, flag_set(connection, one.flags));
    }
    // Whatever is not named has no place here.
    const auto from = state.present.empty() ? Uid{0xffffffff} : state.present.front().uid;
    add_labels(connection, id, from, state);
    auto claims = connection.query(select_claims, id, from);
    while (claims.step()) {
        const auto uid = claims.get<Uid>(0);
        const auto one = std::ranges::lower_bound(state.present, uid, {}, &Standing::uid);
        if (one == state.present.end() || one->uid != uid) continue;
        one->size = claims.get<std::uint64_t>(1);
        one->date = UtcSeconds(std::chrono::seconds(claims.get<std::int64_t>(2)));
    }
    auto pending = connection.query(select_pending, id);
    while (pending.step()) state.quarantined.push_back(pending.get<Uid>(0));
    auto awaited = connection.query(select_awaited, id);
    while (awaited.step()) state.awaited.push_back(awaited.get<Uid>(0));
    return state;
}

std::vector<MailboxListed> listed(Connection& connection, const std::string& account) {
    std::vector<MailboxListed> all;
    auto row = connection.query(select_listed, account, MailboxKind::mirrored);
    while (row.step()) {
        all.push_back({account, row.get<std::string>(0), row.get<std::string>(1),
                       split_words(row.get<std::string>(2))});
    }
    return all;
}

std::vector<Excluded> exclusions(Connection& connection, const std::string& account) {
    std::vector<Excluded> all;
    auto row = connection.query(select_exclusions, account);
    while (row.step()) all.push_back({account, row.get<std::string>(0), row.get<std::string>(1)});
    return all;
}

std::vector<AccountDeclared> accounts(Connection& connection) {
    std::vector<AccountDeclared> all;
    auto row = connection.query(select_accounts);
    while (row.step()) all.push_back({row.get<std::string>(0), row.get<std::string>(1)});
    return all;
}

std::optional<SecurityShown> security(Connection& connection, const std::string& account) {
    auto row = connection.query(select_security, account);
    if (!row.step()) return std::nullopt;
    return SecurityShown{account,
                         row.get<std::string>(0),
                         row.get<std::string>(1),
                         split_words(row.get<std::string>(2)),
                         row.get<std::string>(3),
                         row.get<std::string>(4),
                         row.get<std::string>(5),
                         row.get<std::string>(6),
                         row.get<std::int64_t>(7) != 0};
}

}  // namespace mailhold::store::catalog

// Answers for synchronisation: what is known of accounts, listings and generations.
#include <algorithm>

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
    "     ifnull((SELECT max(uid) FROM quarantine WHERE generation = g.id), 0))"
    " FROM generation g JOIN mailbox m ON m.id = g.mailbox JOIN account a ON a.id = m.account"
    " WHERE a.name = ?1 AND m.kind = ?4 AND m.origin_name = ?2 AND g.uidvalidity = ?3";
constexpr char select_present[] =
    "SELECT origin_uid, flags, size, date, message FROM entry WHERE mailbox = ?1 AND generation = "
    "?2 ORDER BY uid";
constexpr char select_claims[] = "SELECT uid, size, date FROM claim WHERE generation = ?1";
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

}  // namespace

std::vector<Generation> generations(Connection& connection, const std::string& account,
                                    const std::string& mailbox) {
    std::vector<Generation> all;
    auto row = connection.query(select_generations, account, mailbox, MailboxKind::mirrored);
    while (row.step()) all.push_back({account, mailbox, row.get<UidValidity>(0)});
    return all;
}

GenerationState generation_state(Connection& connection, const Generation& generation) {
    GenerationState state;
    state.generation = generation;
    auto head = connection.query(select_generation, generation.account, generation.mailbox,
                                 generation.uidvalidity, MailboxKind::mirrored);
    if (!head.step()) return state;  // nothing is known yet
    const auto id = head.get<std::int64_t>(0);
    state.synced_uidnext = head.get<Uid>(2);
    state.synced_modseq = head.get<ModSeq>(3);
    state.highest_uid = head.get<Uid>(4);

    auto present = connection.query(select_present, head.get<MailboxId>(1), id);
    while (present.step()) {
        const auto flags = present.get<FlagSetId>(1);
        state.present.push_back({present.get<Uid>(0), flags, present.get<std::uint64_t>(2),
                                 UtcSeconds(std::chrono::seconds(present.get<std::int64_t>(3))),
                                 present.get<MessageNumber>(4)});
        if (!state.flag_sets.contains(flags))
            state.flag_sets.emplace(flags, flag_set(connection, flags));
    }
    // By the origin's UID; local UIDs may have come in another order, but seldom have.
    if (!std::ranges::is_sorted(state.present, {}, &Standing::uid))
        std::ranges::sort(state.present, {}, &Standing::uid);
    add_labels(connection, static_cast<GenerationId>(id), state);
    auto claims = connection.query(select_claims, id);
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

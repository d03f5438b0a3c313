#include "store/catalog/places.hpp"

#include <algorithm>
#include <utility>

#include "store/catalog/flag_sets.hpp"
#include "store/catalog/mailbox_names.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char select_account[] = "SELECT id, url FROM account WHERE name = ?1";
constexpr char insert_account[] = "INSERT INTO account (name) VALUES (?1)";
constexpr char update_url[] = "UPDATE account SET url = ?2 WHERE id = ?1";

constexpr char select_listing[] =
    "SELECT id, name, separator, attributes, gone FROM mailbox WHERE account = ?1 AND kind = ?2 "
    "AND origin_name = ?3";
constexpr char insert_mailbox_row[] =
    "INSERT INTO mailbox (id, account, kind, origin_name, attributes, name, gone, uidvalidity, "
    "uidnext, highest_modseq, messages, unseen, octets)"
    " VALUES (?1, ?2, ?3, ?4, '', ?5, 0, ?6, 1, ?7, 0, 0, 0)";
constexpr char insert_workspace[] =
    "INSERT INTO mailbox (id, owner, kind, origin_name, attributes, name, gone, uidvalidity, "
    "uidnext, highest_modseq, messages, unseen, octets)"
    " VALUES (?1, ?2, ?3, '', '', ?4, 0, ?5, 1, ?6, 0, 0, 0)";
constexpr char select_workspace[] =
    "SELECT id, name, separator, attributes, gone FROM mailbox WHERE owner = ?1 AND uidvalidity = "
    "?2 AND kind <> ?3";
constexpr char select_all_mail[] = "SELECT id FROM mailbox WHERE owner = ?1 AND kind = ?2";
constexpr char name_one_workspace[] = "UPDATE mailbox SET name = ?2, attributes = ?3 WHERE id = ?1";
constexpr char select_next_mailbox[] =
    "SELECT ifnull(max(id), 0) + 1 FROM mailbox WHERE id < 1073741824";
constexpr char update_listing[] =
    "UPDATE mailbox SET name = ?2, separator = ?3, attributes = ?4, gone = 0 WHERE id = ?1";
constexpr char update_name[] = "UPDATE mailbox SET name = ?2 WHERE id = ?1";
constexpr char update_gone[] = "UPDATE mailbox SET gone = 1 WHERE id = ?1";
constexpr char select_name_taken[] =
    "SELECT 1 FROM mailbox WHERE account = ?1 AND kind = ?2 AND name = ?3 AND id <> ?4";

constexpr char select_place[] =
    "SELECT g.id, m.id, al.id, g.opened = (SELECT max(opened) FROM generation WHERE mailbox = m.id)"
    " FROM account a JOIN mailbox m ON m.account = a.id AND m.kind = ?5 AND m.origin_name = ?2"
    " JOIN generation g ON g.mailbox = m.id AND g.uidvalidity = ?3"
    " JOIN mailbox al ON al.account = a.id AND al.kind = ?4 WHERE a.name = ?1";
constexpr char open_generation[] =
    "INSERT INTO generation (mailbox, uidvalidity, opened, synced_uidnext, synced_modseq, "
    "synced_messages)"
    " VALUES (?1, ?2, ?3, 0, 0, 0) ON CONFLICT (mailbox, uidvalidity) DO UPDATE"
    " SET opened = excluded.opened, synced_uidnext = 0, synced_modseq = 0, synced_messages = 0";
constexpr char mark_stale[] =
    "UPDATE entry SET stale = (generation <> ?2) WHERE mailbox = ?1 AND stale <> (generation <> "
    "?2)";
constexpr char select_synced[] =
    "SELECT synced_uidnext, synced_modseq, synced_messages FROM generation WHERE id = ?1";
constexpr char update_synced[] =
    "UPDATE generation SET synced_uidnext = ?2, synced_modseq = ?3, synced_messages = ?4 WHERE id "
    "= ?1";

constexpr char default_separator[] = "/";  // until the origin lists the mailbox with its own

// RFC 3501 2.3.1.1 asks for a number that grows: the seconds of the record's time, and more than
// any before. The bound leaves room to count on from a clock gone wild.
UidValidity next_uidvalidity(UidValidity last, UtcMicros time) {
    constexpr std::int64_t latest = 0xf000'0000;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    const auto by_clock = static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, latest));
    return static_cast<UidValidity>(std::max(by_clock, number(last) + 1));
}

std::optional<Listing> one_listing(Query row) {
    if (!row.step()) return std::nullopt;
    return Listing{
        .mailbox = row.get<MailboxId>(0),
        .name = row.get<std::string>(1),
        .separator = row.is_null(2) ? std::nullopt : std::optional(row.get<std::string>(2)),
        .attributes = row.get<std::string>(3),
        .gone = row.get<bool>(4)};
}

}  // namespace

std::optional<Account> Places::account(const std::string& name) {
    auto row = connection_.query(select_account, name);
    if (!row.step()) return std::nullopt;
    return Account{row.get<AccountId>(0),
                   row.is_null(1) ? std::nullopt : std::optional(row.get<std::string>(1))};
}

Account Places::make_account(const std::string& name, const Moment& moment) {
    connection_.run(insert_account, name);
    const auto made = account(name).value();
    auto& last = tally_.sums().uidvalidity;
    last = next_uidvalidity(last, moment.time);
    insert_mailbox(made.id, next_mailbox(), MailboxKind::all_mail, "", "All mail", moment);
    return made;
}

void Places::set_url(AccountId account, const std::string& url) {
    connection_.run(update_url, account, url);
}

std::optional<Listing> Places::listing(AccountId account, const std::string& origin_name) {
    return one_listing(
        connection_.query(select_listing, account, MailboxKind::mirrored, origin_name));
}

Listing Places::make_mailbox(AccountId account, const std::string& origin_name,
                             const Moment& moment) {
    Listing made;
    made.name = name_for(account, MailboxId{}, origin_name, default_separator);
    made.mailbox = next_mailbox();
    auto& last = tally_.sums().uidvalidity;
    last = next_uidvalidity(last, moment.time);
    insert_mailbox(account, made.mailbox, MailboxKind::mirrored, origin_name, made.name, moment);
    insert_mailbox(account, ever_seen_of(made.mailbox), MailboxKind::ever_seen, origin_name,
                   made.name, moment);
    return made;
}

void Places::set_listing(AccountId account, const Listing& known, const MailboxListed& fact) {
    const bool same_levels = known.separator.value_or(default_separator) == fact.separator;
    const auto name =
        same_levels ? known.name : name_for(account, known.mailbox, fact.mailbox, fact.separator);
    connection_.run(update_listing, known.mailbox, name, fact.separator,
                    join_words(fact.attributes));
    connection_.run(update_name, ever_seen_of(known.mailbox), name);
    list_changed_ = true;
}

void Places::set_gone(MailboxId mailbox) {
    connection_.run(update_gone, mailbox);
    list_changed_ = true;
}

std::optional<Listing> Places::workspace(const Workspace& workspace) {
    return one_listing(connection_.query(select_workspace, workspace.owner, workspace.uidvalidity,
                                         MailboxKind::all_mail));
}

Listing Places::make_workspace(const Workspace& workspace, MailboxKind kind, const Moment& moment) {
    auto& last = tally_.sums().uidvalidity;
    last = std::max(last, workspace.uidvalidity);
    const auto mailbox = next_mailbox();
    connection_.run(insert_workspace, mailbox, workspace.owner, kind, "", workspace.uidvalidity,
                    moment.modseq());
    tally_.change(mailbox, moment.modseq());
    return Listing{.mailbox = mailbox, .name = {}, .separator = {}, .attributes = {}};
}

MailboxId Places::all_mail_of(const Workspace& workspace, MailboxId mailbox, const Moment& moment) {
    auto row = connection_.query(select_all_mail, workspace.owner, MailboxKind::all_mail);
    if (row.step()) return row.get<MailboxId>(0);
    const auto made = all_mail_beside(mailbox);
    connection_.run(insert_workspace, made, workspace.owner, MailboxKind::all_mail, "All mail",
                    workspace.uidvalidity, moment.modseq());
    list_changed_ = true;
    return made;
}

void Places::name_workspace(MailboxId mailbox, const std::string& name,
                            const std::string& attributes) {
    connection_.run(name_one_workspace, mailbox, name, attributes);
    list_changed_ = true;
}

std::optional<Place> Places::place(const Generation& generation) {
    const auto known = places_.find(generation);
    if (known != places_.end()) return known->second;
    auto row =
        connection_.query(select_place, generation.account, generation.mailbox,
                          generation.uidvalidity, MailboxKind::all_mail, MailboxKind::mirrored);
    if (!row.step()) return std::nullopt;
    const Place found{row.get<GenerationId>(0), row.get<MailboxId>(1), row.get<MailboxId>(2),
                      row.get<bool>(3)};
    places_.emplace(generation, found);
    return found;
}

Place Places::open(const Generation& generation, const Moment& moment) {
    auto owner = account(generation.account);
    if (!owner) owner = make_account(generation.account, moment);
    auto mailbox = listing(owner->id, generation.mailbox);
    if (!mailbox) mailbox = make_mailbox(owner->id, generation.mailbox, moment);
    connection_.run(open_generation, mailbox->mailbox, generation.uidvalidity, moment.sequence);
    places_.clear();  // others of this mailbox are not current any more
    const auto opened = place(generation).value();
    connection_.run(mark_stale, opened.mailbox, opened.generation);
    return opened;
}

Places::Synced Places::synced(GenerationId generation) {
    auto row = connection_.query(select_synced, generation);
    if (!row.step()) return {};
    return {row.get<Uid>(0), row.get<ModSeq>(1), row.get<std::uint32_t>(2)};
}

void Places::set_synced(GenerationId generation, const Synced& synced) {
    connection_.run(update_synced, generation, synced.uidnext, synced.modseq, synced.messages);
}

bool Places::take_list_changed() {
    return std::exchange(list_changed_, false);
}

void Places::forget() {
    places_.clear();
    list_changed_ = false;
}

MailboxId Places::next_mailbox() {
    auto row = connection_.query(select_next_mailbox);
    row.step();
    return row.get<MailboxId>(0);
}

// Under the UIDVALIDITY given out last.
void Places::insert_mailbox(AccountId account, MailboxId mailbox, MailboxKind kind,
                            const std::string& origin_name, const std::string& name,
                            const Moment& moment) {
    connection_.run(insert_mailbox_row, mailbox, account, kind, origin_name, name,
                    tally_.sums().uidvalidity, moment.modseq());
    tally_.change(mailbox, moment.modseq());
    list_changed_ = true;
}

std::string Places::name_for(AccountId account, MailboxId except, const std::string& origin_name,
                             std::string_view separator) {
    return free_name(local_name(origin_name, separator), [&](const std::string& name) {
        return connection_.query(select_name_taken, account, MailboxKind::mirrored, name, except)
            .step();
    });
}

}  // namespace mailhold::store::catalog

// The rules of what users do: in mailboxes of their own, and for themselves in others. Whether they may was decided before it was
// recorded: what makes no sense here (a workspace that is no more, a UID that is taken) is passed
// over, so that any ledger can be applied.
#include "store/catalog/projection.hpp"

#include "store/catalog/envelopes.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char select_unsubscribed[] =
    "SELECT 1 FROM unsubscribed WHERE user = ?1 AND mailbox = ?2";
constexpr char insert_unsubscribed[] = "INSERT INTO unsubscribed (user, mailbox) VALUES (?1, ?2)";
constexpr char delete_unsubscribed[] = "DELETE FROM unsubscribed WHERE user = ?1 AND mailbox = ?2";

constexpr char select_grant[] = "SELECT rights FROM acl WHERE mailbox = ?1 AND identifier = ?2";
constexpr char put_grant[] =
    "INSERT OR REPLACE INTO acl (mailbox, identifier, rights) VALUES (?1, ?2, ?3)";
constexpr char delete_grant[] = "DELETE FROM acl WHERE mailbox = ?1 AND identifier = ?2";
constexpr char delete_grants[] = "DELETE FROM acl WHERE mailbox = ?1";

constexpr char insert_access[] =
    "INSERT INTO access (record, time, user, address, session, what, mailbox, detail, outcome)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

constexpr char select_note[] =
    "SELECT value FROM note WHERE user = ?1 AND mailbox = ?2 AND entry = ?3";
constexpr char put_note[] =
    "INSERT OR REPLACE INTO note (user, mailbox, entry, value) VALUES (?1, ?2, ?3, CAST(?4 AS "
    "BLOB))";
constexpr char delete_note[] = "DELETE FROM note WHERE user = ?1 AND mailbox = ?2 AND entry = ?3";
constexpr char delete_notes[] = "DELETE FROM note WHERE mailbox = ?1";

constexpr char select_all_mail[] =
    "SELECT m.id FROM mailbox m JOIN account a ON a.id = m.account WHERE a.name = ?1 AND m.kind = "
    "?2";
constexpr char put_personal[] =
    "INSERT OR REPLACE INTO personal (user, mailbox, uid, flags, modseq) VALUES (?1, ?2, ?3, ?4, "
    "?5)";

}  // namespace

std::optional<MailboxId> Projection::workspace(const Workspace& workspace) {
    const auto known = places_.workspace(workspace);
    if (!known || known->gone) return std::nullopt;
    return known->mailbox;
}

bool Projection::rule(const WorkspaceNamed& fact) {
    auto known = places_.workspace(fact.workspace);
    const auto attributes = join_words(fact.attributes);
    if (known && (known->gone || (known->name == fact.name && known->attributes == attributes)))
        return false;
    if (mode_ == Mode::ask) return true;
    if (!known)
        known = places_.make_workspace(
            fact.workspace, fact.search ? MailboxKind::search : MailboxKind::workspace, now_);
    places_.name_workspace(known->mailbox, fact.name, attributes);
    return true;
}

bool Projection::rule(const WorkspaceDeleted& fact) {
    const auto mailbox = workspace(fact.workspace);
    if (!mailbox) return false;
    if (mode_ == Mode::ask) return true;
    entries_.clear(*mailbox, now_);
    connection_.run(delete_grants, *mailbox);  // RFC 4314 4
    connection_.run(delete_notes, *mailbox);
    places_.set_gone(*mailbox);
    return true;
}

bool Projection::rule(const Filed& fact) {
    const auto mailbox = workspace(fact.workspace);
    if (!mailbox) return false;
    if (mode_ == Mode::ask) return true;
    auto next = number(fact.first);
    const auto all_mail = places_.all_mail_of(fact.workspace, *mailbox, now_);
    for (const auto& filed : fact.messages) {
        const Uid uid{next++};
        const auto message = entries_.message(filed.digest);
        if (!message) dangling_.push_back(now_.sequence);
        if (!message || entries_.entry(*mailbox, uid)) continue;
        EntryRow entry{.uid = uid,
                       .message = message->number,
                       .size = message->size,
                       .flags = flag_sets_.intern(filed.flags),
                       .date = filed.internal_date,
                       .binding = {}};
        entries_.insert(*mailbox, entry, now_);
        if (entries_.entry_of_all_mail(all_mail, message->number)) continue;
        entry.uid = tally_.of(all_mail).uidnext;
        entries_.insert(all_mail, entry, now_);
    }
    return true;
}

bool Projection::rule(const Flagged& fact) {
    const auto mailbox = workspace(fact.workspace);
    if (!mailbox) return false;
    if (mode_ == Mode::ask) return true;
    const auto flags = flag_sets_.intern(fact.flags);
    for (const auto uid : fact.uids) {
        const auto entry = entries_.entry(*mailbox, uid);
        if (!entry) continue;
        auto flagged = *entry;
        flagged.flags = flags;
        entries_.change(*mailbox, *entry, flagged, now_);
    }
    return true;
}

bool Projection::rule(const Unfiled& fact) {
    const auto mailbox = workspace(fact.workspace);
    if (!mailbox) return false;
    if (mode_ == Mode::ask) return true;
    for (const auto uid : fact.uids) {
        if (const auto entry = entries_.entry(*mailbox, uid))
            entries_.remove(*mailbox, *entry, now_);
    }
    return true;
}

bool Projection::rule(const Accessed& fact) {
    if (mode_ == Mode::write)
        connection_.run(insert_access, now_.sequence, fact.time.time_since_epoch().count(),
                        fact.user, fact.address, fact.session, fact.what, fact.mailbox, fact.detail,
                        fact.outcome);
    return true;
}

// Whether there is such a message was looked at before it was recorded.
bool Projection::rule(const Journaled& fact) {
    const auto message = entries_.message(fact.digest);
    if (mode_ == Mode::ask) return true;
    if (message)
        insert_envelope(connection_, now_.sequence, message->number, fact);
    else
        dangling_.push_back(now_.sequence);
    return true;
}

// The mailbox changes by it, so that who has it selected looks again at what he may.
bool Projection::rule(const Granted& fact) {
    const auto mailbox = workspace(fact.workspace);
    if (!mailbox) return false;
    auto known = connection_.query(select_grant, *mailbox, fact.identifier);
    if ((known.step() ? known.get<std::string>(0) : std::string()) == fact.rights) return false;
    if (mode_ == Mode::ask) return true;
    if (fact.rights.empty())
        connection_.run(delete_grant, *mailbox, fact.identifier);
    else
        connection_.run(put_grant, *mailbox, fact.identifier, fact.rights);
    tally_.change(*mailbox, now_.modseq());
    places_.list_changed();
    return true;
}

bool Projection::rule(const Subscribed& fact) {
    const bool wanted = !connection_.query(select_unsubscribed, fact.user, fact.mailbox).step();
    if (wanted == fact.wanted) return false;
    if (mode_ == Mode::ask) return true;
    connection_.run(fact.wanted ? delete_unsubscribed : insert_unsubscribed, fact.user,
                    fact.mailbox);
    subscribers_.push_back(fact.user);
    return true;
}

std::optional<MailboxId> Projection::mirrored(const std::string& account,
                                              const std::string& mailbox) {
    if (mailbox.empty()) {
        auto row = connection_.query(select_all_mail, account, MailboxKind::all_mail);
        return row.step() ? std::optional(row.get<MailboxId>(0)) : std::nullopt;
    }
    const auto known = places_.account(account);
    const auto listing = known ? places_.listing(known->id, mailbox) : std::nullopt;
    return listing ? std::optional(listing->mailbox) : std::nullopt;
}

bool Projection::rule(const Annotated& fact) {
    std::optional<MailboxId> mailbox;
    if (!fact.account.empty())
        mailbox = mirrored(fact.account, fact.mailbox);
    else if (fact.workspace.owner.empty())
        mailbox = the_server;
    else
        mailbox = workspace(fact.workspace);
    if (!mailbox) return false;
    auto known = connection_.query(select_note, fact.user, *mailbox, fact.entry);
    const bool is_there = known.step();
    if (is_there == fact.value.has_value() &&
        (!is_there || known.get<std::string>(0) == *fact.value))
        return false;
    if (mode_ == Mode::ask) return true;
    if (fact.value)
        connection_.run(put_note, fact.user, *mailbox, fact.entry, *fact.value);
    else
        connection_.run(delete_note, fact.user, *mailbox, fact.entry);
    notes_.push_back({fact.user, *mailbox, fact.entry});
    return true;
}

// Among all mail of the account the message has the flags that he gave it last, wherever he did.
bool Projection::rule(const PersonallyFlagged& fact) {
    const auto mailbox = mirrored(fact.account, fact.mailbox);
    if (!mailbox) return false;
    if (mode_ == Mode::ask) return true;
    const auto flags = flag_sets_.intern(fact.flags);
    const auto put = [&](MailboxId where, Uid uid) {
        connection_.run(put_personal, fact.user, where, uid, flags, now_.modseq());
    };
    for (const auto uid : fact.uids) put(*mailbox, uid);
    personal_.push_back({fact.user, *mailbox});
    if (fact.mailbox.empty()) return true;
    const auto ever_seen = ever_seen_of(*mailbox);
    personal_.push_back({fact.user, ever_seen});
    const auto all_mail = mirrored(fact.account, "");
    if (!all_mail) return true;
    for (const auto uid : fact.uids) {
        const auto entry = entries_.entry(ever_seen, uid);
        const auto there = entry ? entries_.entry_of_all_mail(*all_mail, entry->message)
                                 : std::optional<EntryRow>();
        if (there) put(*all_mail, there->uid);
    }
    personal_.push_back({fact.user, *all_mail});
    return true;
}

}  // namespace mailhold::store::catalog

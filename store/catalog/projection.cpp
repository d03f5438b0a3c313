#include "store/catalog/projection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/catalog/answers.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char select_exclusion[] =
    "SELECT 1 FROM exclusion WHERE account = ?1 AND mailbox = ?2 AND rule = ?3";
constexpr char insert_exclusion[] =
    "INSERT INTO exclusion (account, mailbox, rule) VALUES (?1, ?2, ?3)";

constexpr char put_reconciliation[] =
    "INSERT OR REPLACE INTO reconciliation (account, began, ended, mailboxes, shown, missing, "
    "replaced, gone, repaired, unaccounted, problem) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
    "?10, ?11)";

constexpr char put_security[] =
    "INSERT OR REPLACE INTO security (account, url, tls, mechanisms, mechanism, binding, key, "
    "issuer, confirmed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

// A date that the origin did not give is no claim of its.
std::optional<Claim> claim_of(const Sighting& fact, const EntryRow& entry) {
    const Claim shown{entry.size, entry.date.utc};
    const Claim claim{fact.said_size.value_or(entry.size),
                      fact.date_from == DateFrom::origin ? fact.internal_date.utc : entry.date.utc};
    return claim == shown ? std::nullopt : std::optional(claim);
}

}  // namespace

Projection::Projection(Connection& connection)
    : connection_(connection),
      tally_(connection),
      flag_sets_(connection),
      places_(connection, tally_),
      entries_(connection, tally_, flag_sets_),
      sightings_(connection, entries_, tally_),
      history_(connection),
      gmail_(connection) {}

Sequence Projection::next() {
    return tally_.sums().next;
}

MessageNumber Projection::last_message() {
    return static_cast<MessageNumber>(tally_.sums().messages);
}

void Projection::apply(const Committed& record) {
    now_ = {record.sequence, record.time};
    if (const auto* message = std::get_if<MessageStored>(&record.content)) store(*message);
    if (const auto* fact = std::get_if<Fact>(&record.content)) run(*fact, Mode::write);
    tally_.sums().next = static_cast<Sequence>(number(record.sequence) + 1);
}

bool Projection::is_news(const Fact& fact) {
    return run(fact, Mode::ask);
}

Applied Projection::save() {
    auto changed = tally_.save();
    return {.mailboxes = std::move(changed),
            .personal = std::exchange(personal_, {}),
            .notes = std::exchange(notes_, {}),
            .subscribers = std::exchange(subscribers_, {}),
            .mailbox_list = places_.take_list_changed(),
            .last_message = last_message(),
            .dangling = std::exchange(dangling_, {})};
}

void Projection::forget() {
    dangling_.clear();
    personal_.clear();
    notes_.clear();
    subscribers_.clear();
    tally_.forget();
    flag_sets_.forget();
    places_.forget();
}

bool Projection::run(const Fact& fact, Mode mode) {
    mode_ = mode;
    return std::visit([this](const auto& known) { return rule(known); }, fact);
}

// The same bytes are stored once; a second copy in the ledger changes nothing.
void Projection::store(const MessageStored& message) {
    if (entries_.message(message.digest)) return;
    auto& sums = tally_.sums();
    ++sums.messages;
    sums.octets += message.size;
    entries_.insert_message({.number = static_cast<MessageNumber>(sums.messages),
                             .digest = message.digest,
                             .size = message.size,
                             .record = now_.sequence,
                             .segment = message.segment,
                             .offset = message.offset,
                             .archived_at = now_.time});
}

bool Projection::rule(const AccountDeclared& fact) {
    auto account = places_.account(fact.account);
    if (account && account->url == fact.url) return false;
    if (mode_ == Mode::ask) return true;
    if (!account) account = places_.make_account(fact.account, now_);
    places_.set_url(account->id, fact.url);
    return true;
}

bool Projection::rule(const MailboxListed& fact) {
    auto account = places_.account(fact.account);
    auto listing = account ? places_.listing(account->id, fact.mailbox) : std::nullopt;
    if (listing && !listing->gone && listing->separator == fact.separator &&
        listing->attributes == join_words(fact.attributes)) {
        return false;
    }
    if (mode_ == Mode::ask) return true;
    if (!account) account = places_.make_account(fact.account, now_);
    if (!listing) listing = places_.make_mailbox(account->id, fact.mailbox, now_);
    places_.set_listing(account->id, *listing, fact);
    // Its entries were kept as they were, hidden: the next synchronisation starts from them, so
    // that whatever is still there keeps its local UID, under the same UIDVALIDITY or a new one.
    if (listing->gone) {
        entries_.show_again(listing->mailbox, now_);
        history_.mailbox_happened(Event::What::mailbox_back, listing->mailbox, now_);
    }
    return true;
}

bool Projection::rule(const MailboxGone& fact) {
    const auto account = places_.account(fact.account);
    const auto listing = account ? places_.listing(account->id, fact.mailbox) : std::nullopt;
    if (!listing || listing->gone) return false;
    if (mode_ == Mode::ask) return true;
    places_.set_gone(listing->mailbox);
    tally_.change(listing->mailbox, now_.modseq());
    history_.mailbox_happened(Event::What::mailbox_gone, listing->mailbox, now_);
    sightings_.lose_all(listing->mailbox, "the mailbox went before it could be fetched");
    return true;
}

bool Projection::rule(const GenerationOpened& fact) {
    const auto place = places_.place(fact.generation);
    if (place && place->current) return false;
    if (mode_ == Mode::ask) return true;
    places_.open(fact.generation, now_);
    return true;
}

bool Projection::rule(const Sighting& fact) {
    const auto message = entries_.message(fact.digest);
    if (mode_ == Mode::ask && !message) return true;
    if (!message) {  // no writer of ours leaves such a record; the archive does without its bytes
        dangling_.push_back(now_.sequence);
        return rule(Quarantined{fact.generation, fact.uid,
                                fmt::format("record {} names a message that no record before it "
                                            "holds",
                                            number(now_.sequence))});
    }
    const auto known_place = places_.place(fact.generation);
    if (mode_ == Mode::ask && !known_place) return true;
    const auto place = known_place ? *known_place : places_.open(fact.generation, now_);

    std::optional<Uid> local_uid;
    std::optional<EntryRow> other;  // a message that stood under this UID before, with other bytes
    for (const auto& sighted : sightings_.at(place, fact.uid)) {
        if (sighted.message != message->number) {
            if (sighted.entry) other = sighted.entry;
        } else if (sighted.entry) {
            const auto& entry = *sighted.entry;
            const auto claim = claim_of(fact, entry);
            const bool same_claim = claim == sightings_.claim(place, fact.uid);
            if (flag_sets_.find(fact.flags) == entry.flags && same_claim &&
                !sightings_.awaited(place, fact.uid)) {
                return false;
            }
            if (mode_ == Mode::ask) return true;
            if (!same_claim) sightings_.put_claim(place, fact.uid, claim);
            sightings_.end_awaited(place, fact.uid);
            set_flags(place, fact.uid, entry, flag_sets_.intern(fact.flags));
            return true;
        } else {
            local_uid = sighted.local_uid;
        }
    }
    if (mode_ == Mode::ask) return true;
    if (other) vanish(place, *other);
    if (local_uid) {
        history_.happened(Event::What::returned, {place.generation, fact.uid}, message->number,
                          now_);
    }
    stand(place, fact, *message, flag_sets_.intern(fact.flags), local_uid);
    sightings_.end_quarantine(place, fact.uid);
    sightings_.end_awaited(place, fact.uid);
    return true;
}

// Which entry a new sighting is: the one it was before it vanished, else one of an older generation
// with the same bytes, else a new one.
void Projection::stand(const Place& place, const Sighting& fact, const Entries::Message& message,
                       FlagSetId flags, std::optional<Uid> known_local_uid) {
    std::optional<EntryRow> taken;
    if (known_local_uid) {
        taken = entries_.entry(place.mailbox, *known_local_uid);
        const bool elsewhere = taken && !(place.current && taken->binding->stale);
        if (elsewhere) known_local_uid.reset();  // it stands for another UID of the origin by now
        if (elsewhere) taken.reset();
    }
    if (!known_local_uid && place.current)
        taken = entries_.first_stale(place.mailbox, message.number);
    const auto uid =
        taken ? taken->uid : known_local_uid.value_or(tally_.of(place.mailbox).uidnext);
    const EntryRow entry{.uid = uid,
                         .message = message.number,
                         .size = message.size,
                         .flags = flags,
                         .date = fact.internal_date,
                         .binding = Binding{place.generation, fact.uid, !place.current}};
    if (taken)
        entries_.change(place.mailbox, *taken, entry, now_);
    else
        entries_.insert(place.mailbox, entry, now_);
    sightings_.put(place, fact.uid, entry, now_);
    if (fact.saved) sightings_.put_saved(place, fact.uid, message.number, *fact.saved);
    sightings_.put_claim(place, fact.uid, claim_of(fact, entry));
    into_all_mail(place, entry);
    into_ever_seen(place, entry);
}

bool Projection::rule(const FlagsSeen& fact) {
    const auto place = places_.place(fact.generation);
    const auto sighted = place ? sightings_.standing(*place, fact.uid) : std::nullopt;
    if (!sighted || flag_sets_.find(fact.flags) == sighted->entry->flags) return false;
    if (mode_ == Mode::write)
        set_flags(*place, fact.uid, *sighted->entry, flag_sets_.intern(fact.flags));
    return true;
}

bool Projection::rule(const Vanished& fact) {
    const auto place = places_.place(fact.generation);
    if (!place) return false;
    bool news = false;
    for (const auto uid : fact.uids) {
        const auto sighted = sightings_.standing(*place, uid);
        if (!sighted && !sightings_.quarantined(*place, uid) && !sightings_.awaited(*place, uid))
            continue;
        news = true;
        if (mode_ == Mode::ask) break;
        if (sighted) vanish(*place, *sighted->entry);
        sightings_.end_quarantine(*place, uid);
        sightings_.lose(*place, uid, "gone before it could be fetched");
    }
    return news;
}

bool Projection::rule(const GenerationSynced& fact) {
    const Places::Synced synced{fact.uidnext, fact.highest_modseq, fact.messages};
    const auto known = places_.place(fact.generation);
    const bool same = known && places_.synced(known->generation) == synced;
    const bool settles = known && known->current &&
                         (entries_.has_stale(known->mailbox) || sightings_.any_awaited(*known));
    if (same && !settles) return false;
    if (mode_ == Mode::ask) return true;
    const auto place = known ? *known : places_.open(fact.generation, now_);
    places_.set_synced(place.generation, synced);
    if (!place.current) return true;
    for (const auto& entry : entries_.stale(place.mailbox)) vanish(place, entry);
    sightings_.end_older_quarantines(place);
    sightings_.lose_all(place.mailbox, "no longer shown before it could be fetched");
    return true;
}

bool Projection::rule(const Excluded& fact) {
    auto account = places_.account(fact.account);
    if (account && connection_.query(select_exclusion, account->id, fact.mailbox, fact.rule).step())
        return false;
    if (mode_ == Mode::ask) return true;
    if (!account) account = places_.make_account(fact.account, now_);
    connection_.run(insert_exclusion, account->id, fact.mailbox, fact.rule);
    return true;
}

bool Projection::rule(const Quarantined& fact) {
    const auto known = places_.place(fact.generation);
    if (known && sightings_.quarantined(*known, fact.uid) == fact.reason) return false;
    if (known && sightings_.standing(*known, fact.uid)) return false;  // its bytes are here
    if (mode_ == Mode::ask) return true;
    const auto place = known ? *known : places_.open(fact.generation, now_);
    sightings_.quarantine(place, fact.uid, fact.reason);
    sightings_.end_awaited(place, fact.uid);
    return true;
}

// A UID in quarantine is accounted for. One whose message stands is awaited where the origin shows
// another message under it.
bool Projection::rule(const Awaited& fact) {
    const auto known = places_.place(fact.generation);
    if (mode_ == Mode::ask && !known) return true;
    const auto place = known ? *known : places_.open(fact.generation, now_);
    bool news = false;
    for (const auto uid : fact.uids) {
        if (sightings_.awaited(place, uid) || sightings_.quarantined(place, uid)) continue;
        news = true;
        if (mode_ == Mode::ask) break;
        sightings_.await(place, uid);
    }
    return news;
}

// Of a mailbox it is a report, and changes nothing.
bool Projection::rule(const Reconciled& fact) {
    if (mode_ == Mode::ask || !fact.generation.mailbox.empty()) return true;
    auto account = places_.account(fact.generation.account);
    if (!account) account = places_.make_account(fact.generation.account, now_);
    connection_.run(put_reconciliation, account->id, fact.began.time_since_epoch().count(),
                    fact.ended.time_since_epoch().count(), fact.mailboxes, fact.shown, fact.missing,
                    fact.replaced, fact.gone, fact.repaired, fact.unaccounted, fact.problem);
    return true;
}

// What was sighted at neither end cannot have moved.
bool Projection::rule(const Moved& fact) {
    const auto message = entries_.message(fact.digest);
    const auto from = places_.place(fact.from);
    const auto to = places_.place(fact.to);
    if (!message || !from || !to) return false;
    const Binding left{from->generation, fact.from_uid};
    const Binding stands{to->generation, fact.to_uid};
    if (history_.has_moved(left, stands, message->number)) return false;
    if (mode_ == Mode::write) history_.moved(left, stands, message->number, now_);
    return true;
}

bool Projection::rule(const Renamed& fact) {
    const auto account = places_.account(fact.account);
    const auto listing = account ? places_.listing(account->id, fact.from) : std::nullopt;
    if (!listing || history_.was_renamed(listing->mailbox, fact.to)) return false;
    if (mode_ == Mode::write) {
        history_.mailbox_happened(Event::What::mailbox_renamed, listing->mailbox, now_, fact.to);
    }
    return true;
}

bool Projection::rule(const SecurityShown& fact) {
    if (security(connection_, fact.account) == fact) return false;
    if (mode_ == Mode::ask) return true;
    auto account = places_.account(fact.account);
    if (!account) account = places_.make_account(fact.account, now_);
    connection_.run(put_security, account->id, fact.url, fact.tls, join_words(fact.mechanisms),
                    fact.mechanism, fact.binding, fact.key, fact.issuer, fact.confirmed);
    return true;
}

bool Projection::rule(const GmailSeen& fact) {
    const auto place = places_.place(fact.generation);
    const auto sighted = place ? sightings_.standing(*place, fact.uid) : std::nullopt;
    if (!sighted || gmail_.is_known(*place, sighted->message, fact)) return false;
    if (mode_ == Mode::write) gmail_.put(*place, sighted->message, fact, now_);
    return true;
}

void Projection::set_flags(const Place& place, Uid uid, const EntryRow& entry, FlagSetId flags) {
    auto flagged = entry;
    flagged.flags = flags;
    entries_.change(place.mailbox, entry, flagged, now_);
    sightings_.put(place, uid, flagged, now_);
    if (flags != entry.flags) {
        history_.flags_changed({place.generation, uid}, entry.message, entry.flags, flags, now_);
    }
    into_all_mail(place, flagged);
    into_ever_seen(place, flagged);
}

void Projection::vanish(const Place& place, const EntryRow& entry) {
    entries_.remove(place.mailbox, entry, now_);
    history_.happened(Event::What::vanished, *entry.binding, entry.message, now_);
}

// Every message of the account once; its flags follow the latest seen, its date stays the first.
void Projection::into_all_mail(const Place& place, const EntryRow& entry) {
    const auto known = entries_.entry_of_all_mail(place.all_mail, entry.message);
    auto row = known.value_or(entry);
    row.flags = entry.flags;
    row.binding.reset();
    if (known) {
        entries_.change(place.all_mail, *known, row, now_);
    } else {
        row.uid = tally_.of(place.all_mail).uidnext;
        entries_.insert(place.all_mail, row, now_);
    }
}

// As the origin showed it last; under a new UIDVALIDITY it keeps its local UID, here as there.
void Projection::into_ever_seen(const Place& place, const EntryRow& entry) {
    const auto ever_seen = ever_seen_of(place.mailbox);
    auto row = entry;
    row.binding->stale = false;
    if (const auto known = entries_.entry(ever_seen, entry.uid))
        entries_.change(ever_seen, *known, row, now_);
    else
        entries_.insert(ever_seen, row, now_);
}

}  // namespace mailhold::store::catalog

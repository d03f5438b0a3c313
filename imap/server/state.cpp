#include "imap/server/state.hpp"

#include <algorithm>

#include "imap/server/mailbox/search_mailbox.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {

Answer ok(std::string text) {
    return {wire::Condition::ok, std::nullopt, std::move(text)};
}

Answer no(std::string code, std::string text) {
    return {wire::Condition::no, wire::ResponseCode{std::move(code), ""}, std::move(text)};
}

Answer bad(std::string text) {
    return {wire::Condition::bad, std::nullopt, std::move(text)};
}

Answer failed(const Error& error) {
    // The error's own text may name files: that is for the log, not for the line.
    switch (error.code) {
        case Errc::not_found:
            return no("NONEXISTENT", "It is not in the archive");
        case Errc::corrupt:
            return no("CORRUPTION",
                      "Stored bytes are damaged; the operator must verify the archive");
        case Errc::timeout:
            return no("LIMIT", "This took too long; ask for less");
        case Errc::limit:
            return no("LIMIT", "A limit was reached; ask for less");
        case Errc::exists:
            return no("ALREADYEXISTS", "There is one of this name");
        case Errc::no_space:
            return no("OVERQUOTA", "A quota is used up, or the disk is full");
        case Errc::denied:
            return no("NOPERM", "You may not do this here");
        case Errc::cancelled:
        case Errc::invalid:
        case Errc::locked:
        case Errc::io:
        case Errc::network:
        case Errc::throttled:
        case Errc::tls:
        case Errc::auth:
        case Errc::protocol:
        case Errc::unsupported:
            break;
    }
    return no("UNAVAILABLE", "The archive cannot answer this now");
}

void await_search(State& state, indexer::query::QueryPtr query, Snapshot mailbox,
                  std::move_only_function<Reply(Result<Places>, Output&)> then) {
    state.search = Search{std::move(query), std::move(mailbox), std::move(then), state.awaiting};
    state.awaiting = Awaiting::search;
}

Reply search_then(State& state, indexer::query::QueryPtr query, Snapshot mailbox,
                  std::move_only_function<Reply(Places, Output&)> then) {
    await_search(state, std::move(query), std::move(mailbox),
                 [then = std::move(then)](Result<Places> found, Output& out) mutable -> Reply {
                     return found ? then(std::move(*found), out) : failed(found.error());
                 });
    return std::nullopt;
}

std::string capabilities(const State& state) {
    // The whole list from the start: there are clients that ask only before they log in.
    std::string text =
        "IMAP4rev1 IMAP4rev2 ID ENABLE UTF8=ACCEPT BINARY IDLE NOTIFY NAMESPACE CHILDREN "
        "SPECIAL-USE "
        "LIST-EXTENDED "
        "LIST-STATUS STATUS=SIZE UNSELECT OBJECTID SAVEDATE PREVIEW SORT SORT=DISPLAY ESORT "
        "THREAD=REFERENCES THREAD=ORDEREDSUBJECT THREAD=REFS SEARCHRES WITHIN PARTIAL "
        "CONTEXT=SEARCH MULTISEARCH SEARCH=FUZZY ESEARCH INPROGRESS CONDSTORE QRESYNC UIDPLUS "
        "MOVE REPLACE UIDONLY MULTIAPPEND CREATE-SPECIAL-USE ACL RIGHTS=texk LIST-MYRIGHTS "
        "METADATA LIST-METADATA "
        "QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE QUOTA=RES-MAILBOX APPENDLIMIT=" +
        std::to_string(append_limit);
    if (!state.channel.compressed) text += " UNAUTHENTICATE";
    if (state.stage != Stage::not_authenticated) {
        if (const auto most = state.backend.message_limit; most > 0)
            text += " MESSAGELIMIT=" + std::to_string(most);
        const bool compresses = state.channel.compression_offered && !state.channel.compressed;
        return text + (compresses ? " LITERAL+ COMPRESS=DEFLATE" : " LITERAL+");
    }
    // RFC 7888 5: strangers may send no more without being asked to than every client may.
    text += " LITERAL- SASL-IR";
    if (!state.channel.tls && state.channel.starttls_offered) text += " STARTTLS";
    // RFC 3501 6.2.3, 11.1: no password where others could read it.
    if (!state.channel.login_allowed()) return text + " LOGINDISABLED";
    if (!state.channel.certificate.empty()) text += " AUTH=EXTERNAL";
    text += state.backend.tokens ? " AUTH=PLAIN AUTH=OAUTHBEARER AUTH=XOAUTH2" : " AUTH=PLAIN";
    if (!offers_scram(state)) return text;
    return text + (state.channel.binding ? " AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS"
                                         : " AUTH=SCRAM-SHA-256");
}

bool offers_scram(const State& state) {
    return state.backend.users && scram_keys(*state.backend.users(), {}, {}).has_value();
}

namespace {

// In mailboxes that follow an origin.
std::string_view flag_rights(const State& state) {
    return state.backend.personal_flags ? "sw" : "";
}

}  // namespace

namespace {

// What may be flagged where it is found.
std::string flag_rights_in(const State& state, const SearchMailbox& search) {
    auto rights = rights_in(search.searched->mailbox, *state.user, flag_rights(state));
    std::erase_if(rights, [](char right) { return right != 's' && right != 'w'; });
    return rights;
}

// A workspace of others may be withdrawn while a search shows what is in it.
bool may_read_searched(const State& state, const SearchMailbox& search) {
    const auto& searched = search.searched->mailbox;
    if (searched.kind != store::MailboxKind::workspace) return true;  // fixed, as in rights_now()
    const auto all = state.backend.cache.mailboxes();
    if (!all) return false;
    const auto mailbox = std::ranges::find(**all, searched.id, &store::Mailbox::id);
    return mailbox != (*all)->end() && store::has(rights_in(*mailbox, *state.user, {}), 'r');
}

}  // namespace

std::string rights_now(const State& state) {
    const auto& known = state.selected->snapshot->mailbox;
    const bool fixed =  // but by a reload, which ends the session
        known.kind != store::MailboxKind::workspace || known.owner == state.user->name;
    if (fixed) {
        auto rights = rights_in(known, *state.user, flag_rights(state));
        const auto& search = state.selected->search;
        if (!search) return rights;
        if (!may_read_searched(state, *search)) return {};
        return rights + flag_rights_in(state, *search);
    }
    const auto all = state.backend.cache.mailboxes();
    if (!all) return {};
    const auto mailbox = std::ranges::find(**all, known.id, &store::Mailbox::id);
    return mailbox == (*all)->end() ? std::string() : rights_in(*mailbox, *state.user, {});
}

Result<Names> names_of(const State& state) {
    auto mailboxes = state.backend.cache.mailboxes();
    if (!mailboxes) return std::unexpected(mailboxes.error());
    return Names{*mailboxes, names_among(state, **mailboxes)};
}

std::vector<Name> names_among(const State& state, const std::vector<store::Mailbox>& mailboxes) {
    return visible_names(mailboxes, *state.user, flag_rights(state));
}

Result<Snapshot> view_of(const State& state, MailboxId mailbox) {
    if (mailbox == everything_id) {
        const auto all =
            state.backend.cache.everything.of(*state.user, state.backend.personal_flags);
        if (!all) return std::unexpected(all.error());
        return Snapshot(*all, &(*all)->view);
    }
    if (state.selected && state.selected->mailbox == mailbox && state.selected->search)
        return state.selected->search->view;
    if (!state.backend.personal_flags) return state.backend.cache.snapshot(mailbox);
    return state.backend.cache.snapshot(mailbox, state.user->name);
}

Result<PersonalCounts> personal_counts(const State& state) {
    if (!state.backend.personal_flags) return PersonalCounts{};
    return state.backend.archive.personal_counts(state.user->name);
}

std::expected<Known, Answer> find_known(const State& state, std::string_view name) {
    const auto names = names_of(state);
    if (!names) return std::unexpected(failed(names.error()));
    const Name* found = find_name(names->names, name);
    // RFC 4314 6: who has no right that shows it does not learn that it is there.
    if (!found || found->rights.find_first_of("lrikxa") == std::string::npos)
        return std::unexpected(no("NONEXISTENT", "There is no such mailbox"));
    if (!found->mailbox)
        return std::unexpected(no("CANNOT", "This name only holds other mailboxes"));
    return Known{*found->mailbox, found->rights};
}

std::expected<store::Mailbox, Answer> find_mailbox(const State& state, std::string_view name,
                                                   char right) {
    auto known = find_known(state, name);
    if (!known) return std::unexpected(known.error());
    if (store::has(known->rights, right)) return std::move(known->mailbox);
    return std::unexpected(no("NOPERM", "You have no right to do this there"));
}

std::expected<store::Mailbox, Answer> find_workspace(const State& state, std::string_view name) {
    const auto known = find_known(state, name);
    if (known && known->mailbox.kind != store::MailboxKind::workspace)
        return std::unexpected(
            no("NOPERM", "This mailbox follows its origin: put it in Workspaces/"));
    // RFC 3501 6.3.11, 6.4.7.
    const auto own = workspace_name(name, state.user->name);
    if (!known && own && own->kind == store::MailboxKind::workspace)
        return std::unexpected(no("TRYCREATE", "There is no such mailbox yet"));
    return find_mailbox(state, name, 'i');
}

}  // namespace mailhold::imap::server

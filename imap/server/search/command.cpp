#include "imap/server/search/command.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "imap/server/accesses.hpp"
#include "imap/server/mailbox/search_mailbox.hpp"
#include "indexer/query/matcher.hpp"

namespace mailhold::imap::server {
namespace {

namespace query = indexer::query;

KeySources sources_of(State& state, const store::MailboxSnapshot& mailbox) {
    return {mailbox, std::chrono::floor<std::chrono::seconds>(utc_now()),
            state.selected ? &state.selected->saved : nullptr, &state.backend.cache.columns,
            &state.backend.archive};
}

Answer refused(const Error& error) {
    // RFC 3501 6.4.4: an unknown charset is NO [BADCHARSET], not BAD.
    if (error.code == Errc::unsupported)
        return Answer{wire::Condition::no, wire::ResponseCode{"BADCHARSET", "(US-ASCII UTF-8)"},
                      "This charset is not known here"};
    if (error.code == Errc::invalid) return bad(error.text);
    if (error.code == Errc::limit) return no("LIMIT", error.text);
    return failed(error);
}

void keep_context(State& state, const wire::Search& search, std::vector<Uid> ascending,
                  Output& out) {
    Selected& selected = *state.selected;
    if (selected.contexts.size() == SearchContext::most) {
        out.add(no_update(state.tag, "Too many searches are kept up to date"));
        return;
    }
    SearchContext context{state.tag, search, std::move(ascending)};
    context.search.key = fixed(search.key, sources_of(state, *selected.snapshot));
    selected.contexts.push_back(std::move(context));
}

}  // namespace

Reply wrong_charset(const State& state, const wire::Search& search) {
    const auto& enabled = state.enabled;
    if (search.charset.empty() || !enabled.utf8 || enabled.rev2) return std::nullopt;
    return bad("After UTF8=ACCEPT a search is in UTF-8, and names no charset");
}

Reply search_in(State& state, const wire::Search& search, Snapshot mailbox, Found then) {
    if (names_modseq(search.key)) state.enabled.condstore = true;  // RFC 7162 3.1
    auto wanted = make_query(search, sources_of(state, *mailbox));
    if (!wanted) return refused(wanted.error());
    if (auto unrecorded = note(state, What::search, full_name(mailbox->mailbox, *state.user),
                               query::to_text(**wanted)))
        return unrecorded;
    return search_then(state, *wanted, std::move(mailbox), std::move(then));
}

Reply search_in_view(State& state, const SearchMailbox& search, Found then) {
    if (auto unrecorded =
            note(state, What::search, full_name(search.mailbox, *state.user), search.text))
        return unrecorded;
    return search_then(state, search.query, search.searched, std::move(then));
}

Reply search_selected(State& state, const wire::Search& search, const ReturnOptions& options,
                      Found then) {
    auto reply = search_in(state, search, state.selected->snapshot, std::move(then));
    // RFC 5182 2.1: a SAVE that ends with NO leaves an empty result, one that is BAD the old.
    if (options.save && (!reply || reply->condition == wire::Condition::no))
        state.selected->saved.clear();
    return reply;
}

Result<query::QueryPtr> ranking(State& state, const wire::Search& search) {
    auto wanted = make_query(search, sources_of(state, *state.selected->snapshot));
    if (!wanted) return wanted;
    return state.backend.searcher.meaning(*wanted);
}

void give_results(State& state, const wire::Search& search, const ReturnOptions& options,
                  Ranked found, Form form, Output& out) {
    const auto& entries = state.selected->snapshot->entries;
    const Places& places = found.places;
    Results results{form, search.kind, {}, std::move(found.scores)};
    if (names_modseq(search.key)) results.modseq = highest_modseq(options, places, entries);
    for (const auto place : places)
        results.numbers.push_back(search.kind == wire::NumberKind::uid ? number(entries[place].uid)
                                                                       : place + 1);
    out.add(search.extended ? extended_response(state.tag, options, results)
                            : plain_response(results));
    if (options.update) {
        std::vector<Uid> uids;
        for (const auto place : places) uids.push_back(entries[place].uid);
        std::ranges::sort(uids);
        keep_context(state, search, std::move(uids), out);
    }
    if (options.save) save_results(state, options, places);
}

void save_results(State& state, const ReturnOptions& options, const Places& places) {
    auto& saved = state.selected->saved;
    saved.clear();
    for (const auto i : saved_places(options, places.size()))
        saved.push_back(state.selected->snapshot->entries[places[i]].uid);
    std::ranges::sort(saved);
}

Result<std::vector<Uid>> matching(State& state, const wire::Search& search,
                                  const store::MailboxSnapshot& mailbox,
                                  const std::vector<Uid>& candidates) {
    if (candidates.size() > most_candidates) return fail(Errc::limit, "too many new messages");
    const auto wanted = make_query(search, sources_of(state, mailbox));
    if (!wanted) return std::unexpected(wanted.error());
    const query::Matcher matcher(state.backend.searcher.meaning(*wanted));
    std::vector<Uid> matches;
    for (const auto place : places(set_of(candidates), wire::NumberKind::uid, mailbox)) {
        const store::Entry& entry = mailbox.entries[place];
        Result<indexer::text::SearchText> text;
        const query::Subject subject{&entry,
                                     &mailbox.flags_of(entry),
                                     place + 1,
                                     static_cast<std::uint32_t>(mailbox.entries.size()),
                                     mailbox.entries.back().uid,
                                     [&]() -> const indexer::text::SearchText& {
                                         text = state.backend.searcher.text(entry.message);
                                         static const indexer::text::SearchText unreadable;
                                         return text ? *text : unreadable;
                                     }};
        const bool matched = matcher.matches(subject);
        if (!text) return std::unexpected(text.error());
        if (matched) matches.push_back(entry.uid);
    }
    return matches;
}

Places named_places(const State& state, const wire::SequenceSet& set, wire::NumberKind kind) {
    const Selected& selected = *state.selected;
    if (set != wire::saved_result) return places(set, kind, *selected.snapshot);
    return places(set_of(selected.saved), wire::NumberKind::uid, *selected.snapshot);
}

}  // namespace mailhold::imap::server

// ESEARCH (RFC 7377): one search in many mailboxes, one after the other, an answer each.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "imap/server/commands/commands.hpp"
#include "imap/server/mailbox/filters.hpp"
#include "imap/server/search/command.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

using Kind = wire::MailboxFilter::Kind;

struct Source {
    MailboxId mailbox{};
    std::string name;  // UTF-8
};

bool is_selected_only(const wire::MultiSearch& command) {
    return std::ranges::all_of(command.sources, [](const wire::MailboxFilter& filter) {
        return filter.kind == Kind::selected || filter.kind == Kind::selected_delayed;
    });
}

// Each mailbox once. Names that are not there, or not the user's, are ignored (RFC 7377 2).
Result<std::vector<Source>> sources_of(const State& state, const wire::MultiSearch& command) {
    const auto names = names_of(state);
    if (!names) return std::unexpected(names.error());
    const auto unsubscribed = state.backend.archive.unsubscribed(state.user->name);
    if (!unsubscribed) return std::unexpected(unsubscribed.error());
    const std::set<std::string> off(unsubscribed->begin(), unsubscribed->end());
    FilterSources known{{}, off};
    if (state.selected) known.selected = state.selected->mailbox;
    std::vector<wire::MailboxFilter> filters;
    for (const auto& filter : command.sources) filters.push_back(with_forms(filter));
    if (filters.empty()) filters.emplace_back();
    std::vector<Source> sources;
    for (const Name& name : names->names) {
        if (!name.mailbox || !store::has(name.rights, 'r')) continue;
        // What a search shows is found by what it searches, unless it is the one that is open.
        if (name.mailbox->kind == store::MailboxKind::search && !is_selected_only(command))
            continue;
        if (std::ranges::any_of(filters, [&](const wire::MailboxFilter& filter) {
                return belongs(filter, name, known);
            }))
            sources.push_back({name.mailbox->id, name.full});
    }
    return sources;
}

// What is left of the command while it goes from mailbox to mailbox.
struct Tour {
    wire::Search search;
    ReturnOptions options;
    std::vector<Source> sources;
    std::size_t next = 0;
};

std::string answer(const State& state, const Tour& tour, const Source& source,
                   const store::MailboxSnapshot& mailbox, const Places& found) {
    Results results{Form::search, wire::NumberKind::uid, {}, {}};
    for (const auto place : found) results.numbers.push_back(number(mailbox.entries[place].uid));
    if (names_modseq(tour.search.key))
        results.modseq = highest_modseq(tour.options, found, mailbox.entries);
    const auto where = fmt::format(" MAILBOX {} UIDVALIDITY {}",
                                   wire::mailbox_text(source.name, state.enabled.names()),
                                   number(mailbox.mailbox.uidvalidity));
    return extended_response(state.tag, tour.options, results, where);
}

// The selected mailbox is searched as the session sees it.
Result<Snapshot> snapshot_of(State& state, MailboxId mailbox) {
    const auto& selected = state.selected;
    if (selected && selected->mailbox == mailbox) return selected->snapshot;
    return view_of(state, mailbox);
}

Reply go_on(State& state, Tour tour) {
    if (tour.next == tour.sources.size()) return ok("Searched");
    const auto snapshot = snapshot_of(state, tour.sources[tour.next].mailbox);
    if (!snapshot) return failed(snapshot.error());
    const wire::Search search = tour.search;
    return search_in(state, search, *snapshot,
                     [&state, tour = std::move(tour), mailbox = *snapshot](
                         const Places& found, Output& out) mutable -> Reply {
                         const Source& source = tour.sources[tour.next++];
                         // RFC 7377 2.1: a mailbox without a match is not reported, not even its
                         // COUNT of 0.
                         if (!found.empty()) out.add(answer(state, tour, source, *mailbox, found));
                         if (tour.options.save) save_results(state, tour.options, found);
                         return go_on(state, std::move(tour));
                     });
}

}  // namespace

Reply run(State& state, const wire::MultiSearch& command, Output&) {
    if (auto wrong = wrong_charset(state, command.search)) return wrong;
    auto search = command.search;
    search.extended = true;
    const auto options = read_options(search);
    if (!options) return bad(options.error());
    const bool selected_only = is_selected_only(command);
    if (selected_only && !state.selected) return bad("Select a mailbox first, or name some");
    // RFC 7377 2.2: these mean something in the selected mailbox alone.
    if (!selected_only && (options->save || names_numbers(search.key)))
        return bad("Message numbers, $ and SAVE are for the selected mailbox alone");
    if (options->update) return bad("Only results of SEARCH are kept up to date");
    auto sources = sources_of(state, command);
    if (!sources) return failed(sources.error());
    return go_on(state, Tour{std::move(search), *options, std::move(*sources), 0});
}

}  // namespace mailhold::imap::server

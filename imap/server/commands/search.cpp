// SEARCH and UID SEARCH (RFC 3501 6.4.4) with RETURN (RFC 4731, 5182, 5267, 6203, 9394), and
// CANCELUPDATE.
#include <algorithm>

#include "imap/server/commands/commands.hpp"
#include "imap/server/search/gather.hpp"

namespace mailhold::imap::server {

Reply run(State& state, const wire::Search& wanted_search, Output&) {
    if (auto wrong = wrong_charset(state, wanted_search)) return wrong;
    wire::Search command = wanted_search;
    command.extended |= state.enabled.rev2;  // RFC 9051 6.4.4: always answered with ESEARCH
    const auto options = read_options(command);
    if (!options) return bad(options.error());
    Wanted wanted;
    if (options->relevancy) {
        auto rank_by = ranking(state, command);
        if (rank_by) wanted.rank_by = std::move(*rank_by);  // else the search says what is wrong
    }
    return search_selected(
        state, command, *options,
        [&state, wanted, command, options = *options](Places found, Output&) -> Reply {
            return gather_then(state, wanted, state.selected->snapshot, std::move(found),
                               [&state, command, options](Gathered& gathered, Output& out) {
                                   give_results(
                                       state, command, options,
                                       {std::move(gathered.places), std::move(gathered.scores)},
                                       Form::search, out);
                                   return ok("Searched");
                               });
        });
}

// RFC 5267 4.3.5: BAD where there is no such context.
Reply run(State& state, const wire::CancelUpdate& command, Output&) {
    auto& contexts = state.selected->contexts;
    for (const auto& tag : command.tags) {
        if (std::ranges::find(contexts, tag, &SearchContext::tag) == contexts.end())
            return bad("No search of this tag is kept up to date");
    }
    std::erase_if(contexts, [&](const SearchContext& context) {
        return std::ranges::find(command.tags, context.tag) != command.tags.end();
    });
    return ok("No more updates of these");
}

}  // namespace mailhold::imap::server

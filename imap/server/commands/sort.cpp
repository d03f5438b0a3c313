// SORT and UID SORT (RFC 5256, 5957; RELEVANCY of RFC 6203), extended as SEARCH is (ESORT, RFC 5267).
#include <algorithm>

#include "imap/server/commands/commands.hpp"
#include "imap/server/search/gather.hpp"
#include "imap/server/search/order.hpp"

namespace mailhold::imap::server {
namespace {

Ranked sorted(const Gathered& gathered, const std::vector<wire::SortKey>& keys) {
    Ranked ranked;
    for (const auto i :
         in_order(keys, *gathered.mailbox, gathered.places, gathered.facts, gathered.scores)) {
        ranked.places.push_back(gathered.places[i]);
        if (!gathered.scores.empty()) ranked.scores.push_back(gathered.scores[i]);
    }
    return ranked;
}

}  // namespace

Reply run(State& state, const wire::Sort& command, Output&) {
    const auto options = read_options(command.search);
    if (!options) return bad(options.error());
    if (options->update) return bad("Only results of SEARCH are kept up to date");
    Wanted wanted{.order = true, .links = false, .rank_by = {}};
    const bool by_relevancy = std::ranges::any_of(command.keys, [](const wire::SortKey& key) {
        return key.kind == wire::SortKey::Kind::relevancy;
    });
    if (by_relevancy || options->relevancy) {
        auto rank_by = ranking(state, command.search);
        if (rank_by) wanted.rank_by = std::move(*rank_by);  // else the search says what is wrong
    }
    return search_selected(
        state, command.search, *options,
        [&state, wanted, command, options = *options](Places found, Output&) -> Reply {
            return gather_then(state, wanted, state.selected->snapshot, std::move(found),
                               [&state, command, options](Gathered& gathered, Output& out) {
                                   give_results(state, command.search, options,
                                                sorted(gathered, command.keys), Form::sort, out);
                                   return ok("Sorted");
                               });
        });
}

}  // namespace mailhold::imap::server

// What SEARCH, SORT, THREAD and ESEARCH do alike: find messages, answer with their numbers, keep
// what SAVE and UPDATE ask for.
#pragma once

#include <functional>
#include <vector>

#include "imap/server/search/keys.hpp"
#include "imap/server/search/results.hpp"
#include "imap/server/state.hpp"

namespace mailhold::imap::server {

using Found = std::move_only_function<Reply(Places, Output&)>;  // as search_then() wants it

// RFC 6855 3: BAD where a SEARCH names a charset though UTF-8 is agreed upon; RFC 9051 6.4.4 lets it.
Reply wrong_charset(const State& state, const wire::Search& search);
// Searches a mailbox; the answer where the keys cannot be read: BAD, or NO with the reason.
// As search_in(), with the query of a mailbox that is a search.
Reply search_in_view(State& state, const SearchMailbox& search, Found then);
Reply search_in(State& state, const wire::Search& search, Snapshot mailbox, Found then);
// Searches the selected mailbox for a command with these options.
Reply search_selected(State& state, const wire::Search& search, const ReturnOptions& options,
                      Found then);

// What messages that this search finds are ranked by.
Result<indexer::query::QueryPtr> ranking(State& state, const wire::Search& search);

// Adds the untagged answer for messages of the selected mailbox, given in the order of the result;
// saves them, and keeps a context, where the options say so.
struct Ranked {
    Places places;
    std::vector<std::uint8_t> scores;  // of the places; only for RELEVANCY
};
void give_results(State& state, const wire::Search& search, const ReturnOptions& options,
                  Ranked found, Form form, Output& out);
void save_results(State& state, const ReturnOptions& options, const Places& places);

// Those of `candidates` that match, all ascending. Blocking: reads them one by one, without the
// index. Errc::limit where they are more than most_candidates.
inline constexpr std::size_t most_candidates = 1'000;
Result<std::vector<Uid>> matching(State& state, const wire::Search& search,
                                  const store::MailboxSnapshot& mailbox,
                                  const std::vector<Uid>& candidates);

// The messages that a command's set names, "$" included, as 0-based places, ascending.
Places named_places(const State& state, const wire::SequenceSet& set, wire::NumberKind kind);

}  // namespace mailhold::imap::server

// A mailbox under "Searches/": shows what a query finds in another mailbox, and goes on to find. The
// query, in the human language (indexer/query/human.hpp), is its user's note about it
// (query_entry); "in:" names the mailbox to search, else that is all that he may see.
//
// The messages keep the UIDs that they have there. One that is found again after its flags had
// taken it out has the UID that it had.
//
// While it is open, what comes or changes there is asked of before its user is told anything
// (ask_again()), as a search like any other: the session awaits it. Where that fails it shows what
// it found before, its user is told so once, and the next change has all of it asked of again; where
// it fails time after time, ever fewer changes have. One that had no place among those that wait is
// asked again as soon as the session looks again.
#pragma once

#include <functional>
#include <string_view>

#include "imap/server/state.hpp"

namespace mailhold::imap::server {

inline constexpr std::string_view query_entry = "/vendor/mailhold/query";  // under "/private"
// Changes for one of which an open search is asked again that failed time after time. Each time may
// take all of its budget, and a command waits for it.
inline constexpr unsigned most_passed_over = 63;

struct SearchMailbox {
    store::Mailbox mailbox;          // itself
    indexer::query::QueryPtr query;  // none was set: nothing is found
    std::string text;                // of the query
    MailboxId searched_mailbox{};
    Snapshot searched;       // as it was when the query was asked last
    Snapshot view;           // what it found then
    Snapshot given_up;       // as it was when that failed last, or a change was passed over since
    unsigned failures = 0;   // in a row
    unsigned pass_over = 0;  // changes that come next
    bool is_late = false;    // and the user knows
};

// Not searched yet. Blocking.
std::expected<SearchMailbox, Answer> open_search(const State& state, const store::Mailbox& mailbox);
// What was found in all of `searched`.
void show_found(SearchMailbox& search, const Places& found);
// Goes on with `then` once the search that is selected was asked of what came or changed since; at
// once where that is nothing, nothing more than was asked of in vain, or a change to pass over.
// Blocking, but not for the search itself.
void ask_again(State& state, Output& out, std::move_only_function<void(Output&)> then);

}  // namespace mailhold::imap::server

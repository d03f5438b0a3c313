// A mailbox under "Searches/": shows what a query finds in another mailbox, and goes on to find. The
// query, in the human language (indexer/query/human.hpp), is its user's note about it
// (query_entry); "in:" names the mailbox to search, else that is all that he may see.
//
// The messages keep the UIDs that they have there. One that is found again after its flags had
// taken it out has the UID that it had.
#pragma once

#include <optional>
#include <string_view>

#include "imap/server/state.hpp"

namespace mailhold::imap::server {

inline constexpr std::string_view query_entry = "/vendor/mailhold/query";  // under "/private"

struct SearchMailbox {
    store::Mailbox mailbox;          // itself
    indexer::query::QueryPtr query;  // none was set: nothing is found
    std::string text;                // of the query
    MailboxId searched_mailbox{};
    Snapshot searched;  // as it was when the query was asked last
    Snapshot view;      // once it was
};

// Not searched yet. Blocking.
std::expected<SearchMailbox, Answer> open_search(const State& state, const store::Mailbox& mailbox);
// What was found in all of `searched`.
void show_found(SearchMailbox& search, const Places& found);
// Asks of what came or changed since. Blocking.
Status bring_up_to_date(const State& state, SearchMailbox& search);

}  // namespace mailhold::imap::server

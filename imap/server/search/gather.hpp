// The facts of many messages, gathered in bounded parts of a long command: SORT and THREAD of a
// large mailbox that nobody has sorted yet, and the relevance of what a fuzzy search found.
#pragma once

#include <functional>

#include "imap/server/search/command.hpp"

namespace mailhold::imap::server {

struct Wanted {
    bool order = false;
    bool links = false;
    indexer::query::QueryPtr rank_by;  // none: no scores
};

struct Gathered {
    Snapshot mailbox;
    Places places;
    // Of the places, where wanted.
    Columns::Column<OrderFacts> facts;
    Columns::Column<Links> links;
    std::vector<std::uint8_t> scores;
};

// Each message has to be read for it.
inline constexpr std::size_t most_ranked = 10'000;

// Lets the command go on with `then` once all is there, in steps that each end soon. NO [LIMIT]
// where more than most_ranked messages would have to be ranked.
Reply gather_then(State& state, Wanted wanted, Snapshot mailbox, Places places,
                  std::move_only_function<Reply(Gathered&, Output&)> then);

}  // namespace mailhold::imap::server

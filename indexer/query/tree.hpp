// What the walks over query trees share: how deep they go, and what each key costs to decide.
#pragma once

#include <cstddef>

#include "indexer/query/query.hpp"
#include "store/base/error.hpp"

namespace mailhold::indexer::query {

// Deeper trees are a programmer's error: every parser of queries has a smaller limit of its own.
inline constexpr std::size_t max_depth = 1000;

// What deciding a node takes at most.
enum class Cost {
    columns,  // the mailbox's columns
    sent,     // a date or a name that the index keeps as a column
    field,    // header text
    body      // all text
};
inline constexpr std::size_t cost_levels = 4;
Cost cost(const Query& query);

}  // namespace mailhold::indexer::query

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

// The tree with each text key replaced by what `rule` makes of it; all else stays.
template <class Rule>
QueryPtr with_text_keys(const QueryPtr& query, const Rule& rule, std::size_t depth = 0) {
    MAILHOLD_ASSERT(depth < max_depth);
    const auto below = [&](const QueryPtr& child) {
        return with_text_keys(child, rule, depth + 1);
    };
    const auto each = [&](std::vector<QueryPtr> children) {
        for (auto& child : children) child = below(child);
        return children;
    };
    const auto& node = query->node;
    if (const auto* key = std::get_if<TextKey>(&node)) return rule(query, *key);
    if (const auto* key = std::get_if<Not>(&node)) return make(Not{below(key->inner)});
    if (const auto* key = std::get_if<And>(&node)) return make(And{each(key->all)});
    if (const auto* key = std::get_if<Or>(&node)) return make(Or{each(key->any)});
    return query;
}

}  // namespace mailhold::indexer::query

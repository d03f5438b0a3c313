// Rewrites a query tree into a simpler one of the same meaning. Never makes it deeper.
#include <algorithm>
#include <array>
#include <iterator>

#include "indexer/query/query.hpp"
#include "indexer/query/tree.hpp"

namespace mailhold::indexer::query {
namespace {

template <class Node>
bool is(const QueryPtr& query) {
    return std::holds_alternative<Node>(query->node);
}

Cost dearest(const std::vector<QueryPtr>& children) {
    Cost most = Cost::columns;
    for (const auto& child : children) most = std::max(most, cost(*child));
    return most;
}

struct CostOf {
    Cost operator()(const TextKey& key) const {
        return key.scope == TextScope::body || key.scope == TextScope::text ||
                       key.scope == TextScope::attachment
                   ? Cost::body
                   : Cost::field;
    }
    Cost operator()(const DateKey& key) const {
        return key.field == DateField::sent ? Cost::sent : Cost::columns;
    }
    Cost operator()(const AttachmentKey&) const { return Cost::sent; }
    Cost operator()(const Not& key) const { return cost(*key.inner); }
    Cost operator()(const And& key) const { return dearest(key.all); }
    Cost operator()(const Or& key) const { return dearest(key.any); }
    template <class Key>
    Cost operator()(const Key&) const {
        return Cost::columns;
    }
};

// And and Or are one thing with the constants swapped: `Neutral` changes nothing, `Absorbing`
// decides all.
template <class Group, std::vector<QueryPtr> Group::* children, class Neutral, class Absorbing>
QueryPtr simplify_group(const std::vector<QueryPtr>& simplified) {
    std::array<std::vector<QueryPtr>, cost_levels> by_cost;
    const auto keep = [&](const QueryPtr& query) {
        by_cost[static_cast<std::size_t>(cost(*query))].push_back(query);
    };
    for (const auto& child : simplified) {
        if (is<Absorbing>(child)) return make(Absorbing{});
        if (is<Neutral>(child)) continue;
        if (const auto* nested = std::get_if<Group>(&child->node)) {
            std::ranges::for_each(nested->*children, keep);
        } else {
            keep(child);
        }
    }
    Group group;
    for (auto& level : by_cost) std::ranges::move(level, std::back_inserter(group.*children));
    if ((group.*children).empty()) return make(Neutral{});
    if ((group.*children).size() == 1) return (group.*children).front();
    return make(std::move(group));
}

struct Simplifier {
    const QueryPtr& original;
    std::size_t depth;

    QueryPtr child(const QueryPtr& query) const {
        MAILHOLD_ASSERT(depth < max_depth);
        return std::visit(Simplifier{query, depth + 1}, query->node);
    }
    std::vector<QueryPtr> each(const std::vector<QueryPtr>& queries) const {
        std::vector<QueryPtr> out;
        std::ranges::transform(queries, std::back_inserter(out),
                               [this](const QueryPtr& query) { return child(query); });
        return out;
    }

    QueryPtr operator()(const TextKey& key) const {
        const bool whole = key.scope == TextScope::body || key.scope == TextScope::text ||
                           key.scope == TextScope::filename || key.scope == TextScope::attachment;
        return whole && key.needle.empty() ? make(All{}) : original;
    }
    QueryPtr operator()(const Not& key) const {
        auto inner = child(key.inner);
        if (is<All>(inner)) return make(None{});
        if (is<None>(inner)) return make(All{});
        if (const auto* twice = std::get_if<Not>(&inner->node)) return twice->inner;
        return inner == key.inner ? original : make(Not{std::move(inner)});
    }
    QueryPtr operator()(const And& key) const {
        return simplify_group<And, &And::all, All, None>(each(key.all));
    }
    QueryPtr operator()(const Or& key) const {
        return simplify_group<Or, &Or::any, None, All>(each(key.any));
    }
    template <class Key>
    QueryPtr operator()(const Key&) const {
        return original;
    }
};

}  // namespace

Cost cost(const Query& query) {
    return std::visit(CostOf{}, query.node);
}

QueryPtr simplify(const QueryPtr& query) {
    return Simplifier{query, 0}.child(query);
}

}  // namespace mailhold::indexer::query

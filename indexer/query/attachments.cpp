// body and text with the attachments' text added: one step deeper where such a key stands.
#include <algorithm>
#include <iterator>

#include "indexer/query/query.hpp"
#include "indexer/query/tree.hpp"

namespace mailhold::indexer::query {
namespace {

struct Widener {
    const QueryPtr& original;
    std::size_t depth;

    QueryPtr child(const QueryPtr& query) const {
        MAILHOLD_ASSERT(depth < max_depth);
        return std::visit(Widener{query, depth + 1}, query->node);
    }
    std::vector<QueryPtr> each(const std::vector<QueryPtr>& queries) const {
        std::vector<QueryPtr> out;
        std::ranges::transform(queries, std::back_inserter(out),
                               [this](const QueryPtr& query) { return child(query); });
        return out;
    }

    QueryPtr operator()(const TextKey& key) const {
        if (key.scope != TextScope::body && key.scope != TextScope::text) return original;
        return make(
            Or{{original, make(TextKey{TextScope::attachment, {}, key.needle, key.matching})}});
    }
    QueryPtr operator()(const Not& key) const { return make(Not{child(key.inner)}); }
    QueryPtr operator()(const And& key) const { return make(And{each(key.all)}); }
    QueryPtr operator()(const Or& key) const { return make(Or{each(key.any)}); }
    template <class Key>
    QueryPtr operator()(const Key&) const {
        return original;
    }
};

}  // namespace

QueryPtr with_attachments(const QueryPtr& query) {
    return Widener{query, 0}.child(query);
}

}  // namespace mailhold::indexer::query

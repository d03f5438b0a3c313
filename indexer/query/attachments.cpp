// body and text with the attachments' text added: one step deeper where such a key stands.
#include "indexer/query/query.hpp"
#include "indexer/query/tree.hpp"

namespace mailhold::indexer::query {

QueryPtr with_attachments(const QueryPtr& query) {
    return with_text_keys(query, [](const QueryPtr& original, const TextKey& key) {
        if (key.scope != TextScope::body && key.scope != TextScope::text) return original;
        return make(
            Or{{original, make(TextKey{TextScope::attachment, {}, key.needle, key.matching})}});
    });
}

}  // namespace mailhold::indexer::query

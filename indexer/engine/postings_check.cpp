#include "indexer/engine/postings_check.hpp"

#include <algorithm>

#include "indexer/engine/document.hpp"

namespace mailhold::indexer::engine {
namespace {

std::vector<std::uint64_t> hashes(const Lexicon& lexicon) {
    std::vector<std::uint64_t> out;
    for (const auto& term : lexicon.terms()) out.push_back(hash_of_term(term));
    std::ranges::sort(out);
    return out;
}

}  // namespace

std::uint64_t hash_of_term(std::string_view term) {
    std::uint64_t sum = 0xcbf29ce484222325U;
    for (const char c : term) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    sum ^= sum >> 29;
    return sum * 0x9e3779b97f4a7c15U;
}

PostingsCheck check_postings(ShardReader& shard) {
    PostingsCheck out;
    out.sums.resize(shard.last());
    auto known = hashes(shard.lexicon());
    for (std::string next;;) {
        try {
            auto at = shard.terms().allterms_begin();
            if (!next.empty()) at.skip_to(next);
            for (; at != shard.terms().allterms_end(); ++at) {
                next = *at;
                const auto hash = hash_of_term(next);
                std::vector<Xapian::docid> documents;
                for (auto posting = shard.terms().postlist_begin(next);
                     posting != shard.terms().postlist_end(next); ++posting)
                    documents.push_back(*posting);
                for (const auto docid : documents)
                    if (docid <= out.sums.size()) out.sums[docid - 1] += hash;
                if (is_token(next) && !std::ranges::binary_search(known, hash)) out.unknown = next;
                next += '\0';
            }
            return out;
        } catch (const Xapian::DatabaseModifiedError&) {
            shard.reopen();
            known = hashes(shard.lexicon());
        }
    }
}

}  // namespace mailhold::indexer::engine

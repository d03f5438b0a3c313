// A walk over everything that a shard's posting lists say, summed up by document.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/engine/shard_reader.hpp"

namespace mailhold::indexer::engine {

std::uint64_t hash_of_term(std::string_view term);

struct PostingsCheck {
    std::vector<std::uint64_t> sums;  // by docid - 1: of the hashes of its terms
    std::string unknown;              // a term that the lexicon lacks
};
// Goes on from the same term when the writer overtakes. Throws Xapian::Error.
PostingsCheck check_postings(ShardReader& shard);

}  // namespace mailhold::indexer::engine

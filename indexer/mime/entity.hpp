// The tree of MIME entities in a message, by position (RFC 2046 5.1, 5.2.1), in one pass over its
// octets. Positions are ours and not GMime's, because FETCH serves sections byte for byte and a
// part's octets are its ranges.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "indexer/mime/parse.hpp"

namespace mailhold::indexer::mime {

struct EntityTree {
    Part root;
    std::vector<std::string> damage;
};

// Total and linear (times the number of boundaries in force, limits.depth at most).
EntityTree split_entities(std::string_view octets, const Limits& limits);

}  // namespace mailhold::indexer::mime

// A short stretch of a message that shows where a query matched it. Pure: of the query, and the
// text as a person reads it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/query/query.hpp"

namespace mailhold::indexer::query {

// What the query looks for in texts, folded; nothing from below a NOT.
std::vector<std::string> needles_of(const Query& query);

struct Piece {
    std::string text;  // UTF-8
    bool hit = false;
    bool operator==(const Piece&) const = default;
};
inline constexpr std::size_t snippet_characters = 200;
// About so many characters around the first hit, cut into pieces that are hits or none; the
// beginning where there is no hit. `readable` has single blanks (text/readable.hpp).
std::vector<Piece> snippet(std::string_view readable, const std::vector<std::string>& needles,
                           std::size_t most_characters = snippet_characters);

}  // namespace mailhold::indexer::query

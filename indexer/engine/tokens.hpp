// What the index makes of the runs of a text (indexer/text/words.hpp): a token is a word, or two
// neighbours of a dense run.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "indexer/text/words.hpp"

namespace mailhold::indexer::engine {

using text::code_points;
using text::Run;
using text::RunKind;
using text::runs;

// What a dense run is indexed as: its overlapping pairs, or itself where it is a single code point.
std::vector<std::string_view> pairs(std::string_view dense_run);

// Words that machines make (hashes, encoded data, long numbers) would drown the lexicon. They go
// into the message's signature instead. A pure function of the word.
inline constexpr std::size_t longest_word = 48;        // octets
inline constexpr std::size_t longest_mixed_word = 15;  // octets, where it has digits and letters
bool is_machine_made(std::string_view word);

}  // namespace mailhold::indexer::engine

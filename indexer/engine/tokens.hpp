// How folded text is cut into tokens. Every code point has one class, whatever stands around it; a
// token is a longest run of one class. So a needle that occurs in a text has the same runs there,
// except that its first may be the end of a longer token and its last the beginning of one:
// substring search over a word index misses nothing.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace mailhold::indexer::engine {

enum class RunKind {
    word,   // letters, digits and marks of scripts that put blanks between words
    dense,  // scripts without blanks between words, and pictographs: indexed as overlapping pairs
};

struct Run {
    RunKind kind = RunKind::word;
    std::string_view text;
    bool at_begin = false;  // of the text it was found in, so it may go on before it
    bool at_end = false;    // likewise after it
};

// In order. Views into `folded`, which is valid UTF-8 (other octets are taken as separators).
std::vector<Run> runs(std::string_view folded);

// The code points of a run: views of one each.
std::vector<std::string_view> code_points(std::string_view text);

// What a dense run is indexed as: its overlapping pairs, or itself where it is a single code point.
std::vector<std::string_view> pairs(std::string_view dense_run);

// Words that machines make (hashes, encoded data, long numbers) would drown the lexicon. They go
// into the message's signature instead. A pure function of the word.
inline constexpr std::size_t longest_word = 48;        // octets
inline constexpr std::size_t longest_mixed_word = 15;  // octets, where it has digits and letters
bool is_machine_made(std::string_view word);

}  // namespace mailhold::indexer::engine

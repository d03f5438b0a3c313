// How folded text is cut into words. Every code point has one class, whatever stands around it; a
// run is a longest stretch of one class. So a needle that occurs in a text has the same runs there,
// except that its first may be the end of a longer one and its last the beginning of one: substring
// search over an index of words misses nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailhold::indexer::text {

enum class RunKind {
    word,   // letters, digits and marks of scripts that put blanks between words
    dense,  // scripts without blanks between words, and pictographs
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

// A folded word as it would be written: small letters, composed (NFC).
std::string written_word(std::string_view folded_word);

// Header fields that machines write for machines: signatures, identifiers. By name, in lower case.
bool is_machine_field(std::string_view name);

}  // namespace mailhold::indexer::text

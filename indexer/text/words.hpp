// Words of folded text, for FUZZY and for marking hits. SEARCH itself compares octets, not words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailhold::indexer::text {

// The first word at or behind `from`: a run of letters, digits and marks. Empty, at the end of the
// text, where there is none. A view into it.
std::string_view next_word(std::string_view folded, std::size_t from);
std::vector<std::string_view> words_of(std::string_view folded);

// Whether blanks part the words of its script; where they do not (Chinese, Japanese, Thai), what
// next_word() finds is a run of many.
bool is_parted(std::string_view folded_word);

// A folded word as it would be written: small letters, composed (NFC).
std::string written_word(std::string_view folded_word);

}  // namespace mailhold::indexer::text

// What FUZZY takes for the same word (RFC 6203 3 leaves it to the server): a form of a word is the
// word itself, or one of the same stem in the text's language. Words that stems say nothing of have
// no other form: those with digits, or longer than words are. Pure; the index finds forms by the
// same rule.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "indexer/text/stem.hpp"

namespace mailhold::indexer::query {

inline constexpr std::size_t longest_inflected = 48;  // octets
bool is_inflected(std::string_view folded_word);

// The forms of one word in one language. Borrows both. One thread at a time.
class Forms {
  public:
    Forms(std::string_view folded_word, const text::Stemmer& stemmer);
    // All have the first octet of the word.
    bool has(std::string_view folded_word) const;

  private:
    std::string_view word_;
    const text::Stemmer& stemmer_;
    std::string stem_;   // empty: there is no other form
    std::string begin_;  // folded, and all forms agree with it as far as neither has marks
};

}  // namespace mailhold::indexer::query

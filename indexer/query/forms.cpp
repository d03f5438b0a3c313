#include "indexer/query/forms.hpp"

#include <algorithm>

#include "indexer/text/fold.hpp"

namespace mailhold::indexer::query {
namespace {

bool is_ascii(char octet) {
    return (octet & 0x80) == 0;
}
bool continues(char octet) {
    return (octet & 0xc0) == 0x80;
}
bool begins_mark(char octet) {  // U+0300 to U+037F
    return octet == '\xcc' || octet == '\xcd';
}

std::string_view without_last(std::string_view word) {
    while (!word.empty() && continues(word.back())) word.remove_suffix(1);
    if (!word.empty()) word.remove_suffix(1);
    return word;
}

// The letters before the first one that stemmers may change within a word (those with marks, and
// the few of Latin words that are none of ASCII).
std::string_view plain_begin(std::string_view folded) {
    for (std::size_t i = 1; i < folded.size(); ++i) {
        if (begins_mark(folded[i]) || is_ascii(folded[i]) != is_ascii(folded.front()))
            return without_last(folded.substr(0, i));
    }
    return folded;
}

}  // namespace

bool is_inflected(std::string_view folded_word) {
    return folded_word.size() <= longest_inflected &&
           std::ranges::none_of(folded_word, [](char c) { return c >= '0' && c <= '9'; });
}

// A stem differs from the beginning of its words in two letters at most: "dying" is of "die".
Forms::Forms(std::string_view folded_word, const text::Stemmer& stemmer)
    : word_(folded_word), stemmer_(stemmer) {
    if (!is_inflected(folded_word)) return;
    stem_ = stemmer.stem(folded_word);
    begin_ = without_last(without_last(plain_begin(text::fold(stem_))));
}

bool Forms::has(std::string_view folded_word) const {
    if (folded_word == word_) return true;
    if (stem_.empty() || folded_word.front() != word_.front()) return false;
    const auto begin = plain_begin(folded_word);
    const auto alike = std::min(begin.size(), begin_.size());
    return begin.substr(0, alike) == std::string_view(begin_).substr(0, alike) &&
           is_inflected(folded_word) && stemmer_.stem(folded_word) == stem_;
}

}  // namespace mailhold::indexer::query

// What the index keeps of one message, as plain values: a pure function of its SearchText. No
// Xapian here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/engine/filter.hpp"
#include "indexer/engine/index.hpp"
#include "indexer/engine/lexicon.hpp"
#include "indexer/text/search_text.hpp"
#include "indexer/text/stem.hpp"
#include "indexer/text/words.hpp"

namespace mailhold::indexer::engine {

inline constexpr std::size_t most_terms =
    100'000;  // of one message; one with more is always a candidate
inline constexpr char always_candidate[] = "W";
// Each message has the term of its language: FUZZY compares stems.
std::string language_term(text::Language language);
bool is_token(std::string_view term);  // none of these two

struct Document {
    std::vector<std::string> terms;  // sorted, distinct: field character and token, of
                                     // TermField::header the name too; or those below
    FilterEntries filter;            // words that are not terms, and borders
    Facts facts;
    bool operator==(const Document&) const = default;
};
Document describe(const text::SearchText& text);
Facts facts_of(const text::SearchText& text);

// How header fields are indexed. The subject's words are terms of its own, whatever they are.
//
// Fields whose values repeat from message to message (addresses, lists, programs) are terms as a
// whole: a needle is looked for in the values, and no text needs to be read. nullopt: not such a
// field.
std::optional<TermField> value_field(std::string_view name);
// A value that is too long or too rare for that is indexed by its words, with the field's name;
// the message has worded_term() then.
bool is_whole_term(TermField field, std::string_view value);
std::string value_term(TermField field, std::string_view name, std::string_view value);
std::string worded_term(std::string_view name);
// What machines write in fields (text/words.hpp) goes into the filter, all but dense runs and
// words of one or two octets.
using text::is_machine_field;
inline constexpr std::size_t shortest_entry = 3;  // octets; a shorter machine-made word is a term
// Of the others these words do; a pure function of the word. What is left are terms that all other
// fields share, without a name.
bool is_machine_made_in_header(std::string_view word);
// A name that no term can hold.
bool is_odd_name(std::string_view name);
// The term of a token in a field (`name` empty: without one), or of the field itself (no token).
std::string header_term(std::string_view name, std::string_view token);

}  // namespace mailhold::indexer::engine

// What the index keeps of one message, as plain values: a pure function of its SearchText. No
// Xapian here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/engine/index.hpp"
#include "indexer/text/search_text.hpp"

namespace mailhold::indexer::engine {

inline constexpr std::size_t most_terms =
    100'000;  // of one message; one with more is always a candidate
inline constexpr char always_candidate[] = "W";

struct Document {
    std::vector<std::string>
        terms;  // sorted, distinct: field character and token, or `always_candidate`
    std::string
        header_signature;        // trigrams of all header fields and the names of the message's own
    std::string word_signature;  // trigrams of the machine-made words that are not terms
    std::string facts;           // see encode()
    bool operator==(const Document&) const = default;
};
Document describe(const text::SearchText& text);

Facts facts_of(const text::SearchText& text);
std::string encode(const Facts& facts);
Facts decode_facts(std::string_view octets);

}  // namespace mailhold::indexer::engine

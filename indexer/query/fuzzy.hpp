// FUZZY (RFC 6203) decided on a message at hand, without an index. Pure.
//
// A fuzzy key matches where the words of its needle stand in a row, each in some form (forms.hpp) in
// the language that the message's body is in. What machines write for machines has no forms, nor
// have the names of header fields: their words count as they are. A word of a script that does not
// part its words is looked for as a part of one.
//
// Relevance, 1 to 100: each fuzzy key of the query that the message fulfils counts
// hits / (hits + 2), where a hit in the subject counts four times, one in another field or an
// attachment's name twice, and one in a body or an attachment the less the longer that is (half at
// 3,000 octets); the mean of the keys, in per cent. A query without fuzzy keys is fully relevant.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "indexer/query/query.hpp"
#include "indexer/text/search_text.hpp"

namespace mailhold::indexer::query {

// A message made ready for fuzzy keys. Borrows the text; one thread at a time.
class FuzzyText {
  public:
    explicit FuzzyText(const text::SearchText& text);
    ~FuzzyText();
    // Weighted as said above; 0 where the key does not match.
    double hits(const TextKey& key, std::string_view folded_needle) const;

  private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

// Every text key made fuzzy, with its whole needle as a row of words.
QueryPtr fuzzy(const QueryPtr& query);
// One key, its needle read as words that all must occur, with "phrases" in quotes; for TEXT as the
// human language (human.hpp), where it is that.
QueryPtr fuzzy_key(const TextKey& key);

std::uint8_t relevance(const Query& query, const text::SearchText& text);

}  // namespace mailhold::indexer::query

// A query compiled for many messages, in three-valued logic: what cheap facts settle is settled,
// and the keys that need a message's text ("leaves") are asked for one by one, for a stretch of
// messages at a time. Matcher and Searcher both decide with it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "indexer/query/query.hpp"
#include "indexer/query/stretch.hpp"
#include "indexer/text/search_text.hpp"

namespace mailhold::indexer::query {

// A key that the mailbox's columns cannot decide.
struct Leaf {
    std::variant<TextKey, DateKey, AttachmentKey> key;
    std::string needle;  // of a TextKey, folded
};

// Immutable; any thread.
class Evaluator {
  public:
    explicit Evaluator(const QueryPtr& query);
    ~Evaluator();

    const std::vector<Leaf>& leaves() const;  // each key once, however often the query has it
    bool has_columns() const;                 // some key can be decided without a leaf

    // Decides about leaves()[i] for some places; a place that it does not know is a maybe.
    using LeafDecision = std::function<Decision(std::size_t i, const PlaceSet& places)>;
    // Decides about `places` of the stretch. `leaf` is asked only about those where the answer may
    // hang on it.
    Decision evaluate(const Stretch& stretch, const PlaceSet& places,
                      const LeafDecision& leaf) const;

    struct Compiled;

  private:
    std::unique_ptr<const Compiled> compiled_;
};

// What leaf_matches() needs of a text to decide about these.
text::HeadParts head_parts_of(const std::vector<Leaf>& leaves);
// Whether a leaf holds for a message whose text is at hand.
bool leaf_matches(const Leaf& leaf, const store::Entry& entry, const text::SearchText& text);

// RFC 3501 6.4.4: the day as it was written, disregarding time and zone.
std::chrono::sys_days local_day(const ZonedSeconds& time);
bool date_matches(DateTest test, std::chrono::sys_days day, std::chrono::sys_days wanted);

}  // namespace mailhold::indexer::query

// Fuzzy keys: the messages of one shard that have a form of each word of a needle, by the same rule
// as the matcher (indexer/query/fuzzy.hpp). Forms that are tokens are found in the lexicon, a
// language at a time; words that stand in the filters have no form but themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/engine/planner.hpp"
#include "indexer/text/stem.hpp"

namespace mailhold::indexer::engine {

class FuzzyPlanner {
  public:
    FuzzyPlanner(const ShardReader& shard, const Patience& patience);

    // `needle` is the key's, folded. As with exact keys: never a message too few; those that have
    // the one word of a needle as a token are certain.
    ShardAnswer answer(const query::TextKey& key, std::string_view needle) const;

  private:
    // Where a word is looked for: in terms of these fields, and in the filter beside them.
    struct Region {
        std::vector<TermField> fields;
        std::optional<std::string> name{};  // where terms have one; nullopt: any
        std::optional<FilterKind> filter{};
        bool machine_fields = false;             // words of any kind may be in the filter alone
        std::optional<std::string> only_with{};  // a term: other messages have no such field
    };
    struct Found {
        DocSet maybe, certain;
    };
    struct Spoken {
        text::Language language;
        DocSet messages;
    };
    struct Term {
        TermField field;
        std::string_view text;   // without the field's character
        std::string_view token;  // the end of it, or a word of the value that it is
        // Tokens without the name of their field may be of such names, or of what machines write:
        // forms do not count there.
        bool of_people() const { return field != TermField::header || text.front() != name_end; }
    };

    std::vector<Region> regions(const query::TextKey& key) const;
    Found with_word(const Region& region, std::string_view word) const;
    void add_forms(Found& found, const Region& region, std::string_view word) const;
    std::vector<Term> terms(const Region& region, std::string_view begin, Lexicon::Edge end) const;
    void add(DocSet& to, const Term& term) const;
    void add(DocSet& to, const std::string& term) const;

    const ShardReader& shard_;
    const Patience& patience_;
    Xapian::docid last_;
    std::vector<Spoken> spoken_;
};

}  // namespace mailhold::indexer::engine

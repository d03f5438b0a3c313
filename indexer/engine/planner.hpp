// From a text key to the documents of one shard that may match, and those that do. Every step keeps
// a superset; a step that would cost more than its limit is left out, which only makes the superset
// larger.
#pragma once

#include <xapian.h>

#include <optional>
#include <string_view>

#include "indexer/engine/doc_set.hpp"
#include "indexer/engine/lexicon.hpp"
#include "indexer/engine/signature.hpp"
#include "indexer/engine/tokens.hpp"
#include "indexer/query/query.hpp"

namespace mailhold::indexer::engine {

inline constexpr std::size_t most_union_tokens =
    20'000;  // lexicon tokens that a part of a needle may stand in
inline constexpr std::size_t most_union_postings =
    5'000'000;                                   // documents counted once for each of them
inline constexpr std::size_t most_pairs = 32;    // of a dense run that are looked up
inline constexpr std::size_t few_documents = 8;  // so few are cheaper to read than to narrow

// nullopt: all of them.
struct ShardAnswer {
    std::optional<DocSet> maybe;
    DocSet certain;
};

class Planner {
  public:
    Planner(const Xapian::Database& database, const Lexicon& lexicon)
        : database_(database), lexicon_(lexicon), last_(database.get_lastdocid()) {}

    // `needle` is the key's, folded.
    ShardAnswer answer(const query::TextKey& key, std::string_view needle) const;

  private:
    struct Narrowed {
        std::optional<DocSet>
            maybe;      // with a token that the run may stand in; nullopt: too many to say
        DocSet tokens;  // of them, those found by terms before giving up
    };
    ShardAnswer in_field(TermField field, std::string_view needle) const;
    Narrowed with_run(TermField field, const Run& run) const;
    Narrowed with_part(TermField field, const Run& run) const;  // by a scan of the lexicon
    DocSet with_pairs(TermField field, const std::vector<std::string_view>& all) const;
    DocSet with_term(std::string_view term) const;
    DocSet with_signature(Xapian::valueno slot, const SignatureProbe& probe) const;
    ShardAnswer header(std::optional<std::string_view> name, std::string_view needle) const;

    const Xapian::Database& database_;
    const Lexicon& lexicon_;
    Xapian::docid last_;
};

}  // namespace mailhold::indexer::engine

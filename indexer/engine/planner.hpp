// From a text key to the documents of one shard that may match, and those that do. Every step keeps
// a superset; a step that would cost more than its limit is left out, which only makes the superset
// larger.
#pragma once

#include <xapian.h>

#include <functional>
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

// Whether the one who asks still waits. Once it is over, the answer in work is worth nothing, and
// every loop ends early.
class Patience {
  public:
    explicit Patience(const std::function<bool()>& give_up) : give_up_(give_up) {}
    // For every posting and every value: looks at the clock only now and then.
    bool is_lost() const {
        if (++steps_ % steps_between == 0 && give_up_ && !over_) over_ = give_up_();
        return over_;
    }
    bool is_over() const { return over_; }

  private:
    static constexpr std::uint32_t steps_between = 1024;
    const std::function<bool()>& give_up_;
    mutable std::uint32_t steps_ = 0;
    mutable bool over_ = false;
};

class Planner {
  public:
    Planner(const Xapian::Database& database, const Lexicon& lexicon, const Patience& patience)
        : database_(database),
          lexicon_(lexicon),
          patience_(patience),
          last_(database.get_lastdocid()) {}

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
    const Patience& patience_;
    Xapian::docid last_;
};

}  // namespace mailhold::indexer::engine

// From a text key to the documents of one shard that may match, and those that do. Every step keeps
// a superset; a step that would cost more than its limit is left out, which only makes the superset
// larger.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "indexer/engine/doc_set.hpp"
#include "indexer/engine/shard_reader.hpp"
#include "indexer/engine/tokens.hpp"
#include "indexer/query/query.hpp"

namespace mailhold::indexer::engine {

inline constexpr std::size_t most_union_tokens =
    300'000;  // lexicon tokens that a part of a needle may stand in
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
    // For every posting: looks at the clock only now and then.
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
    Planner(const ShardReader& shard, const Patience& patience)
        : shard_(shard), patience_(patience), last_(shard.last()) {}

    // `needle` is the key's, folded.
    ShardAnswer answer(const query::TextKey& key, std::string_view needle) const;

  private:
    // Where a needle is looked for: fields whose terms are alike to it, and the filter beside them.
    struct Region {
        std::span<const TermField> fields;
        std::optional<std::string_view> name;  // of TermField::header; nullopt: any
        std::optional<FilterKind> filter;      // none: every word is a term
        bool machine_fields = false;           // words of any kind may be in the filter alone
        bool borders = false;
        bool in_headers() const { return filter == FilterKind::header; }
    };
    struct Narrowed {
        std::optional<DocSet>
            maybe;      // with a token that the run may stand in; nullopt: too many to say
        DocSet tokens;  // of them, those found by terms before giving up
    };
    static Region region_of(TermField field);
    ShardAnswer in_region(const Region& region, std::string_view needle) const;
    ShardAnswer in_text(std::string_view needle) const;
    ShardAnswer in_header(std::string_view name, std::string_view needle) const;
    ShardAnswer in_values(TermField field, std::string_view name, std::string_view needle) const;
    // So few documents are not narrowed by this run: a scan and its union take longer.
    std::size_t few_enough(const Run& next, bool asked_borders) const;
    Narrowed with_run(const Region& region, const Run& run) const;
    Narrowed with_part(const Region& region, const Run& run) const;  // by a scan of the lexicon
    Narrowed with_pairs(const Region& region, std::string_view dense_run) const;
    Narrowed with_tokens(std::vector<std::string> terms, bool complete) const;
    void add_term(DocSet& to, const std::string& term) const;
    void add_filtered(DocSet& to, FilterKind kind, std::string_view word) const;
    void narrow_by_borders(DocSet& set, const std::vector<Run>& parts) const;

    const ShardReader& shard_;
    const Patience& patience_;
    Xapian::docid last_;
};

}  // namespace mailhold::indexer::engine

// Compiles a query tree into nodes that are decided per message: number sets sorted, flags lowered,
// leaves gathered.
#include "indexer/query/evaluate.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "indexer/query/ascii.hpp"
#include "indexer/query/tree.hpp"
#include "indexer/text/fold.hpp"

namespace mailhold::indexer::query {
namespace {

constexpr auto star = std::numeric_limits<std::uint32_t>::max();

// Ranges without "*", merged and ascending, and the other ends of those with it.
struct Ranges {
    NumberSet fixed;
    std::vector<std::uint32_t> to_star;

    explicit Ranges(const NumberSet& set) {
        NumberSet sorted;
        for (auto [first, last] : set) {
            if (first == star || last == star) {
                to_star.push_back(std::min(first, last));
            } else {
                sorted.emplace_back(std::min(first, last), std::max(first, last));
            }
        }
        std::ranges::sort(sorted);
        for (const auto& range : sorted) {
            if (!fixed.empty() && range.first <= fixed.back().second) {
                fixed.back().second = std::max(fixed.back().second, range.second);
            } else {
                fixed.push_back(range);
            }
        }
    }
    // RFC 3501 9, seq-range: "n:*" always holds the last one, also where n is beyond it.
    bool holds(std::uint32_t value, std::uint32_t last) const {
        for (const auto end : to_star) {
            const auto other = end == star ? last : end;
            if (value >= std::min(other, last) && value <= std::max(other, last)) return true;
        }
        const auto after =
            std::ranges::upper_bound(fixed, value, {}, &NumberSet::value_type::first);
        return after != fixed.begin() && value <= std::prev(after)->second;
    }
};

struct Always {
    bool value;
};
struct UidTest {
    Ranges uids;
};
struct SequenceTest {
    Ranges numbers;
};
struct LeafTest {
    std::size_t index;
};
struct Group;
using Node =
    std::variant<Always, FlagKey, DateKey, SizeKey, UidTest, SequenceTest, LeafTest, Group>;
struct Group {
    enum class Kind { negation, all, any } kind;
    std::vector<Node> children;
};

struct Decider {
    const Stretch& stretch;
    const PlaceSet& places;
    const Evaluator::LeafDecision& leaf;

    template <class Test>
    Decision where(Test&& test) const {
        Decision decision;
        each_place(places, [&](std::size_t i) { decision.yes[i] = test(stretch.entries[i], i); });
        return decision;
    }
    Decision operator()(const Always& test) const { return {test.value ? places : PlaceSet(), {}}; }
    // Neighbours often have the same flags.
    Decision operator()(const FlagKey& test) const {
        std::optional<FlagSetId> known;
        bool has_flag = false;
        return where([&](const store::Entry& entry, std::size_t) {
            if (known != entry.flags) {
                known = entry.flags;
                has_flag = std::ranges::any_of(stretch.flags_of(entry), [&](const auto& flag) {
                    return equal_ignoring_case(flag, test.flag);
                });
            }
            return has_flag;
        });
    }
    Decision operator()(const DateKey& test) const {
        return where([&](const store::Entry& entry, std::size_t) {
            return date_matches(test.test, local_day(entry.internal_date), test.day);
        });
    }
    Decision operator()(const SizeKey& test) const {
        return where([&](const store::Entry& entry, std::size_t) {
            return test.test == SizeKey::Test::larger ? entry.size > test.octets
                                                      : entry.size < test.octets;
        });
    }
    Decision operator()(const UidTest& test) const {
        return where([&](const store::Entry& entry, std::size_t) {
            return test.uids.holds(number(entry.uid), number(stretch.last_uid));
        });
    }
    Decision operator()(const SequenceTest& test) const {
        return where([&](const store::Entry&, std::size_t i) {
            return test.numbers.holds(stretch.first_sequence + static_cast<std::uint32_t>(i),
                                      stretch.last_sequence);
        });
    }
    Decision operator()(const LeafTest& test) const { return leaf(test.index, places); }
    Decision operator()(const Group& group) const;
};

// What one child has decided the next is not asked about.
Decision Decider::operator()(const Group& group) const {
    PlaceSet open = places;  // no child has decided yet
    PlaceSet unsure;         // some child could not say
    for (const auto& child : group.children) {
        if (open.none()) break;
        const auto said = std::visit(Decider{stretch, open, leaf}, child);
        unsure |= said.maybe;
        open &= group.kind == Group::Kind::all ? said.yes | said.maybe : ~said.yes;
    }
    if (group.kind == Group::Kind::any) return {places & ~open, open & unsure};
    if (group.kind == Group::Kind::all) return {open & ~unsure, open & unsure};
    return {open & ~unsure, unsure};
}

}  // namespace

struct Evaluator::Compiled {
    Node root;
    std::vector<Leaf> leaves;
    bool has_columns = false;
};

namespace {

struct Compiler {
    std::vector<Leaf>& leaves;
    std::map<std::string, std::size_t>& known;
    std::size_t depth;

    Node compile(const Query& query) const {
        MAILHOLD_ASSERT(depth < max_depth);
        return std::visit(Compiler{leaves, known, depth + 1}, query.node);
    }
    Node group(Group::Kind kind, const std::vector<QueryPtr>& queries) const {
        Group made{kind, {}};
        for (const auto& query : queries) made.children.push_back(compile(*query));
        return made;
    }
    template <class Key>
    Node leaf(const Key& key, std::string needle = {}) const {
        const auto [at, added] = known.try_emplace(to_text(Query{key}), leaves.size());
        if (added) leaves.push_back(Leaf{key, std::move(needle)});
        return LeafTest{at->second};
    }

    Node operator()(const All&) const { return Always{true}; }
    Node operator()(const None&) const { return Always{false}; }
    Node operator()(const TextKey& key) const { return leaf(key, text::fold(key.needle)); }
    Node operator()(const FlagKey& key) const { return key; }
    Node operator()(const DateKey& key) const {
        if (key.field == DateField::sent) return leaf(key);
        return key;
    }
    Node operator()(const SizeKey& key) const { return key; }
    Node operator()(const UidKey& key) const { return UidTest{Ranges(key.uids)}; }
    Node operator()(const SequenceKey& key) const { return SequenceTest{Ranges(key.numbers)}; }
    Node operator()(const AttachmentKey& key) const { return leaf(key); }
    Node operator()(const Not& key) const { return group(Group::Kind::negation, {key.inner}); }
    Node operator()(const And& key) const { return group(Group::Kind::all, key.all); }
    Node operator()(const Or& key) const { return group(Group::Kind::any, key.any); }
};

bool has_column(const Node& node) {
    if (const auto* group = std::get_if<Group>(&node))
        return std::ranges::any_of(group->children, has_column);
    return !std::holds_alternative<LeafTest>(node);
}

}  // namespace

Evaluator::Evaluator(const QueryPtr& query) {
    auto compiled = std::make_unique<Compiled>();
    std::map<std::string, std::size_t> known;
    compiled->root = Compiler{compiled->leaves, known, 0}.compile(*query);
    compiled->has_columns = has_column(compiled->root);
    compiled_ = std::move(compiled);
}
Evaluator::~Evaluator() = default;

const std::vector<Leaf>& Evaluator::leaves() const {
    return compiled_->leaves;
}

bool Evaluator::has_columns() const {
    return compiled_->has_columns;
}

Decision Evaluator::evaluate(const Stretch& stretch, const PlaceSet& places,
                             const LeafDecision& leaf) const {
    return std::visit(Decider{stretch, places, leaf}, compiled_->root);
}

}  // namespace mailhold::indexer::query

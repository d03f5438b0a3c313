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

Truth truth(bool value) {
    return value ? Truth::yes : Truth::no;
}

struct Decider {
    const Subject& subject;
    const std::function<Truth(std::size_t)>& leaf;

    Truth operator()(const Always& test) const { return truth(test.value); }
    Truth operator()(const FlagKey& test) const {
        return truth(std::ranges::any_of(*subject.flags, [&](const std::string& flag) {
            return equal_ignoring_case(flag, test.flag);
        }));
    }
    Truth operator()(const DateKey& test) const {
        return truth(date_matches(test.test, local_day(subject.entry->internal_date), test.day));
    }
    Truth operator()(const SizeKey& test) const {
        const std::uint64_t size = subject.entry->size;
        return truth(test.test == SizeKey::Test::larger ? size > test.octets : size < test.octets);
    }
    Truth operator()(const UidTest& test) const {
        return truth(test.uids.holds(number(subject.entry->uid), number(subject.last_uid)));
    }
    Truth operator()(const SequenceTest& test) const {
        return truth(test.numbers.holds(subject.sequence, subject.last_sequence));
    }
    Truth operator()(const LeafTest& test) const { return leaf(test.index); }
    Truth operator()(const Group& group) const {
        const bool any = group.kind == Group::Kind::any;
        const Truth decisive = any ? Truth::yes : Truth::no;
        Truth sum = any ? Truth::no : Truth::yes;
        for (const auto& child : group.children) {
            const Truth value = std::visit(*this, child);
            if (group.kind == Group::Kind::negation) {
                return value == Truth::maybe ? value : truth(value == Truth::no);
            }
            if (value == decisive) return value;
            if (value == Truth::maybe) sum = value;
        }
        return sum;
    }
};

}  // namespace

struct Evaluator::Compiled {
    Node root;
    std::vector<Leaf> leaves;
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

}  // namespace

Evaluator::Evaluator(const QueryPtr& query) {
    auto compiled = std::make_unique<Compiled>();
    std::map<std::string, std::size_t> known;
    compiled->root = Compiler{compiled->leaves, known, 0}.compile(*query);
    compiled_ = std::move(compiled);
}
Evaluator::~Evaluator() = default;

const std::vector<Leaf>& Evaluator::leaves() const {
    return compiled_->leaves;
}

Truth Evaluator::evaluate(const Subject& subject,
                          const std::function<Truth(std::size_t)>& leaf) const {
    return std::visit(Decider{subject, leaf}, compiled_->root);
}

}  // namespace mailhold::indexer::query

// Deciding for many messages at once, against three-valued logic done for one after another.
#include "indexer/query/evaluate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace mailhold;
using namespace mailhold::indexer::query;

namespace {

enum class Truth { no, maybe, yes };

struct World {
    std::mt19937 random{11};
    std::vector<store::Entry> entries;
    store::FlagSet seen{"\\Seen"}, none;
    std::vector<std::vector<Truth>> leaves;  // by needle, by place

    std::uint32_t below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(random() % limit);
    }

    World() {
        for (std::uint32_t i = 0; i < stretch_places; ++i)
            entries.push_back({Uid{i * 2 + 1},
                               MessageNumber{i + 1},
                               below(900),
                               FlagSetId{below(2)},
                               {},
                               ModSeq{1}});
        for (int leaf = 0; leaf < 6; ++leaf) {
            auto& truths = leaves.emplace_back();
            for (std::size_t i = 0; i < stretch_places; ++i)
                truths.push_back(static_cast<Truth>(below(3)));
        }
    }
    const store::FlagSet& flags_of(const store::Entry& entry) const {
        return entry.flags == FlagSetId{1} ? seen : none;
    }

    QueryPtr tree(int depth) {
        const auto child = [&] { return tree(depth - 1); };
        switch (below(depth > 0 ? 8 : 4)) {
            case 0:
                return make(FlagKey{"\\seen"});
            case 1:
                return make(SizeKey{SizeKey::Test::larger, below(900)});
            case 2:
            case 3:
                return make(TextKey{
                    TextScope::body, {}, std::string(1, static_cast<char>('A' + below(6)))});
            case 4:
                return make(Not{child()});
            case 5:
                return make(And{{child(), child(), child()}});
            default:
                return make(Or{{child(), child(), child()}});
        }
    }

    Truth truth(const Query& query, std::size_t place) const {
        const auto below = [&](const QueryPtr& child) { return truth(*child, place); };
        if (const auto* key = std::get_if<TextKey>(&query.node))
            return leaves[static_cast<std::size_t>(key->needle[0] - 'A')][place];
        if (std::holds_alternative<FlagKey>(query.node))
            return entries[place].flags == FlagSetId{1} ? Truth::yes : Truth::no;
        if (const auto* key = std::get_if<SizeKey>(&query.node))
            return entries[place].size > key->octets ? Truth::yes : Truth::no;
        if (const auto* key = std::get_if<Not>(&query.node))
            return static_cast<Truth>(2 - static_cast<int>(below(key->inner)));
        if (const auto* key = std::get_if<And>(&query.node))
            return below(std::ranges::min(key->all, {}, below));
        return below(std::ranges::max(std::get<Or>(query.node).any, {}, below));
    }
};

}  // namespace

TEST_CASE("a stretch is decided as each of its messages alone would be") {
    World world;
    const Stretch stretch{
        world.entries, 1, stretch_places, Uid{5000},
        [&](const store::Entry& entry) -> const auto& { return world.flags_of(entry); }};
    std::size_t decided = 0;
    for (int round = 0; round < 300; ++round) {
        const auto query = world.tree(4);
        const Evaluator evaluator(query);
        PlaceSet places;
        for (std::size_t i = 0; i < stretch_places; ++i) places[i] = world.below(4) != 0;
        const auto decision =
            evaluator.evaluate(stretch, places, [&](std::size_t leaf, const PlaceSet& asked) {
                CHECK((asked & ~places).none());
                const auto& key = std::get<TextKey>(evaluator.leaves()[leaf].key);
                Decision said;
                each_place(asked, [&](std::size_t i) {
                    const auto truth = world.truth(Query{key}, i);
                    said.yes[i] = truth == Truth::yes;
                    said.maybe[i] = truth == Truth::maybe;
                });
                return said;
            });
        for (std::size_t i = 0; i < stretch_places; ++i) {
            const auto truth = places[i] ? world.truth(*query, i) : Truth::no;
            CHECK(decision.yes[i] == (truth == Truth::yes));
            CHECK(decision.maybe[i] == (truth == Truth::maybe));
            if (truth != Truth::maybe) ++decided;
        }
    }
    CHECK(decided > 1000);
}

TEST_CASE("a query of leaves alone has no columns") {
    const auto word = make(TextKey{TextScope::body, {}, "a"});
    CHECK_FALSE(Evaluator(make(Not{word})).has_columns());
    CHECK(Evaluator(make(And{{word, make(FlagKey{"\\Seen"})}})).has_columns());
    CHECK(Evaluator(make(All{})).has_columns());
}

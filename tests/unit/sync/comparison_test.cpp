// The planner's catalogue: what is known, what the origin shows and answers, and what follows.
#include "imap/sync/comparison.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/sync/known.hpp"

namespace mailhold::imap::sync {
namespace {

using Listing = Question::Listing;

Question asks(store::GenerationState known, Shown what, Depth depth) {
    Comparison comparison(std::move(known), what, depth);
    return comparison.next_question(what.messages).value_or(Question{});
}

}  // namespace

TEST_CASE("answers that are more than the mailbox can hold are over the limit at once") {
    Comparison comparison({}, shown(20, 50'000, 0), Depth::thorough);
    REQUIRE(comparison.next_question(20) == Question{.listing = Listing::uids});
    for (std::uint32_t uid = 1; uid <= 20'000; ++uid) comparison.saw_uid(Uid{uid});
    CHECK_FALSE(comparison.over_limit(20'000));
    CHECK(comparison.over_limit(20));

    Comparison flags(three_messages(), shown(3, 6, 51), Depth::quick);
    flags.next_question(3);
    CHECK_FALSE(flags.over_limit(3));
    const std::string keyword(1 << 20, 'x');
    for (int i = 0; i < 300; ++i) flags.saw_flags(Uid{1}, {keyword}, ModSeq{51});
    CHECK(flags.over_limit(3));

    Comparison vanished(three_messages(), shown(3, 6, 51), Depth::quick);
    vanished.saw_vanished({{1, 5}});
    CHECK_FALSE(vanished.over_limit(3));
    for (int i = 0; i < 4000; ++i) vanished.saw_vanished({{1, 5}, {1, 0xffffffff}});
    CHECK(vanished.over_limit(3));
}

TEST_CASE("nothing is asked where nothing can have changed") {
    const auto known = three_messages();
    CHECK(unchanged(known, shown(3, 6, 50), Depth::quick));
    CHECK(unchanged(known, shown(3, 6, 50), Depth::thorough));
    CHECK(unchanged(known, shown(3, 6, 0), Depth::quick));
    CHECK_FALSE(unchanged(known, shown(3, 6, 0), Depth::thorough));  // flags could have
    CHECK_FALSE(unchanged(known, shown(3, 6, 51), Depth::quick));
    CHECK_FALSE(unchanged(known, shown(3, 7, 50), Depth::quick));
    CHECK_FALSE(unchanged(known, shown(2, 6, 50), Depth::quick));
    CHECK_FALSE(unchanged(known, {UidValidity{8}, Uid{6}, 3, ModSeq{50}}, Depth::quick));
    CHECK_FALSE(unchanged(known, {UidValidity{7}, std::nullopt, 3, ModSeq{50}}, Depth::quick));
    auto quarantined = known;
    quarantined.quarantined = uids({3});
    CHECK(unchanged(quarantined, shown(4, 6, 50), Depth::quick));
    CHECK_FALSE(unchanged(quarantined, shown(4, 6, 50), Depth::thorough));
    auto unsynced = known;
    unsynced.synced_uidnext = Uid{0};
    CHECK_FALSE(unchanged(unsynced, shown(3, 6, 50), Depth::quick));
}

TEST_CASE("as little is asked as the difference needs") {
    const auto known = three_messages();
    const struct {
        std::string what;
        Shown shown;
        Depth depth;
        Question question;
    } table[] = {
        {"nothing", shown(3, 6, 50), Depth::thorough, {}},
        {"flags, CONDSTORE", shown(3, 6, 60), Depth::quick, {Listing::details, Uid{1}, ModSeq{50}}},
        {"flags, without", shown(3, 6, 0), Depth::thorough, {Listing::details, Uid{1}, ModSeq{0}}},
        {"new mail, CONDSTORE",
         shown(4, 7, 60),
         Depth::quick,
         {Listing::details, Uid{1}, ModSeq{50}}},
        {"new mail, without", shown(4, 7, 0), Depth::quick, {Listing::details, Uid{1}, ModSeq{0}}},
        {"UIDNEXT missing",
         {UidValidity{7}, std::nullopt, 3, ModSeq{50}},
         Depth::quick,
         {Listing::details, Uid{1}, ModSeq{0}}},
        {"UIDNEXT shrunk", shown(3, 5, 50), Depth::quick, {Listing::details, Uid{1}, ModSeq{0}}},
        {"HIGHESTMODSEQ shrunk",
         shown(3, 6, 49),
         Depth::quick,
         {Listing::details, Uid{1}, ModSeq{0}}},
        {"emptied", shown(0, 6, 60), Depth::quick, {}},
    };
    for (const auto& row : table) {
        CAPTURE(row.what);
        CHECK(asks(known, row.shown, row.depth) == row.question);
    }
    CHECK(asks({}, shown(9, 10, 5), Depth::thorough) == Question{Listing::uids, Uid{1}, ModSeq{0}});
    auto interrupted = three_messages();
    interrupted.synced_uidnext = Uid{0};
    CHECK(asks(interrupted, shown(9, 10, 5), Depth::quick) ==
          Question{Listing::details, Uid{1}, ModSeq{0}});
    auto without_condstore = three_messages();
    without_condstore.synced_modseq = ModSeq{0};
    CHECK(asks(without_condstore, shown(3, 6, 5), Depth::quick).listing == Listing::details);
}

TEST_CASE("of a large mailbox only the newest messages are looked at again") {
    auto known = three_messages();
    for (std::uint32_t uid = 6; uid <= 100; ++uid) known.present.push_back(standing(uid, 1));
    known.highest_uid = Uid{100};
    known.synced_uidnext = Uid{101};
    CHECK(asks(known, shown(99, 102, 0), Depth::quick) == Question{Listing::details, Uid{85}, {}});
    // What a pass that was cut short left out lies below the highest UID.
    known.synced_uidnext = Uid{20};
    CHECK(asks(known, shown(99, 102, 0), Depth::quick) == Question{Listing::details, Uid{20}, {}});
}

TEST_CASE("a new mailbox is fetched whole, in order, whatever order it is listed in") {
    Comparison comparison({}, shown(3, 10, 0), Depth::thorough);
    REQUIRE(comparison.next_question(3));
    for (const auto uid : uids({9, 2, 4, 2, 0})) comparison.saw_uid(uid);
    CHECK_FALSE(comparison.next_question(3));
    const auto plan = comparison.plan(3);
    CHECK(plan.complete);
    CHECK(plan.fetch == uids({2, 4, 9}));
    CHECK(plan.vanished.empty());
    CHECK(comparison.uidnext() == Uid{10});
}

TEST_CASE("new mail is found without a look at the rest, when the counts add up") {
    auto comparison = of_a_hundred(shown(102, 109, 0));
    REQUIRE(comparison.next_question(102));
    list(comparison, from_to(85, 100));
    list(comparison, uids({101, 108}));
    CHECK_FALSE(comparison.next_question(102));
    const auto plan = comparison.plan(102);
    CHECK(plan.fetch == uids({101, 108}));
    CHECK(plan.complete);
    CHECK(comparison.details_of(Uid{108}).size == 1080);
}

TEST_CASE("what is gone from the newest is known at once, what is gone below after a list of all") {
    auto newest = of_a_hundred(shown(99, 101, 0));
    REQUIRE(newest.next_question(99));
    list(newest, from_to(85, 99));
    CHECK_FALSE(newest.next_question(99));
    CHECK(newest.plan(99).vanished == uids({100}));

    auto below = of_a_hundred(shown(99, 101, 0));
    REQUIRE(below.next_question(99));
    list(below, from_to(85, 100));
    CHECK(below.next_question(99) == Question{Listing::uids, Uid{1}, {}});
    for (const auto uid : from_to(2, 100)) below.saw_uid(uid);
    CHECK_FALSE(below.next_question(99));
    CHECK(below.plan(99).vanished == uids({1}));
}

TEST_CASE("what VANISHED says counts, and a VANISHED that lacks some does not stay unnoticed") {
    auto comparison = of_a_hundred(shown(97, 101, 60));
    CHECK(comparison.next_question(97)->changed_since == ModSeq{50});
    comparison.saw_vanished({{1, 2}, {40, 40}, {200, 4'294'967'295}});
    list(comparison, from_to(85, 100));
    CHECK_FALSE(comparison.next_question(97));
    CHECK(comparison.plan(97).vanished == uids({1, 2, 40}));

    auto forgetful = of_a_hundred(shown(97, 101, 60));
    REQUIRE(forgetful.next_question(97));
    forgetful.saw_vanished({{1, 2}});
    list(forgetful, from_to(85, 100));
    CHECK(forgetful.next_question(97)->listing == Listing::uids);
}

TEST_CASE("n:* naming the last old message is not new mail") {
    auto comparison = of_a_hundred(shown(84, 101, 0));
    REQUIRE(comparison.next_question(84));
    list(comparison, uids({84}));
    CHECK_FALSE(comparison.next_question(84));
    const auto plan = comparison.plan(84);
    CHECK(plan.fetch.empty());
    CHECK(plan.vanished == from_to(85, 100));
    CHECK(plan.complete);
}

TEST_CASE("where none of the newest is left to vouch for the others, all are looked at") {
    auto comparison = of_a_hundred(shown(50, 101, 60));
    REQUIRE(comparison.next_question(50));
    list(comparison, uids({3}));  // it has other flags
    list(comparison, uids({50}));
    CHECK(comparison.next_question(50) == Question{Listing::details, Uid{1}, {}});
    list(comparison, from_to(1, 50));
    CHECK_FALSE(comparison.next_question(50));
    CHECK(comparison.plan(50).vanished == from_to(51, 100));
}

TEST_CASE("a known UID of another size or date is another message, and then all are looked at") {
    for (const auto& other : {Details{1, std::nullopt}, Details{990, ZonedSeconds{}}}) {
        auto comparison = of_a_hundred(shown(101, 102, 0));
        REQUIRE(comparison.next_question(101));
        list(comparison, from_to(85, 98));
        comparison.saw_details(Uid{99}, other);
        list(comparison, uids({100, 101}));
        CHECK(comparison.next_question(101) == Question{Listing::details, Uid{1}, {}});
        list(comparison, from_to(1, 96));
        comparison.saw_details(Uid{97}, other);
        list(comparison, uids({98, 100, 101}));
        comparison.saw_details(Uid{99}, other);
        CHECK_FALSE(comparison.next_question(101));
        const auto plan = comparison.plan(101);
        CHECK(plan.fetch == uids({97, 99, 101}));
        CHECK(plan.replaced == uids({97, 99}));
        CHECK(plan.checked.empty());
        CHECK(plan.complete);
    }
}

TEST_CASE("where UIDNEXT or HIGHESTMODSEQ went back, everything is fetched and compared") {
    for (const auto& what : {shown(3, 5, 50), shown(3, 6, 49)}) {
        Comparison comparison(three_messages(), what, Depth::quick);
        REQUIRE(comparison.next_question(3));
        list(comparison, uids({1, 2, 4}));
        comparison.saw_details(Uid{77}, {});  // flags that nobody asked for
        CHECK_FALSE(comparison.next_question(3));
        const auto plan = comparison.plan(3);
        CHECK(plan.fetch == uids({1, 2, 4}));
        CHECK(plan.checked == uids({1, 2}));
        CHECK(plan.replaced.empty());
        CHECK(plan.vanished == uids({5}));
        CHECK(comparison.uidnext() == *what.uidnext);  // and it is believed from now on
    }
}

TEST_CASE("an answer that could not be read is made up for by a look at everything") {
    auto comparison = of_a_hundred(shown(100, 101, 60));
    REQUIRE(comparison.next_question(100));
    comparison.lost_an_answer();
    list(comparison, from_to(85, 100));
    CHECK(comparison.next_question(100) == Question{Listing::details, Uid{1}, {}});
}

TEST_CASE(
    "a list that does not agree with EXISTS is asked for thrice, and nothing is called vanished "
    "for it") {
    auto comparison = of_a_hundred(shown(101, 102, 0));
    REQUIRE(comparison.next_question(101));
    list(comparison, from_to(85, 100));
    CHECK(comparison.next_question(101)->listing == Listing::uids);
    comparison.saw_uid(Uid{2});
    CHECK(comparison.next_question(101) == Question{Listing::details, Uid{1}, {}});
    CHECK_FALSE(comparison.next_question(101));
    const auto plan = comparison.plan(101);
    CHECK_FALSE(plan.complete);
    CHECK(plan.vanished.empty());
}

TEST_CASE("all flags are compared as sets, in the case that the catalog uses") {
    Comparison comparison(three_messages(), shown(3, 6, 0), Depth::thorough);
    REQUIRE(comparison.next_question(3)->listing == Listing::details);
    list(comparison, uids({1, 2, 5}));
    comparison.saw_flags(Uid{1}, {"\\recent"}, ModSeq{0});
    comparison.saw_flags(Uid{2}, {"\\SEEN", "\\Seen"}, ModSeq{0});
    comparison.saw_flags(Uid{5}, {"work", "\\seen", "\\Flagged"}, ModSeq{4});
    CHECK_FALSE(comparison.next_question(3));
    CHECK(comparison.plan(3).fetch.empty());
    CHECK(comparison.changes() ==
          std::vector<FlagChange>{{Uid{5}, {"\\Flagged", "\\Seen", "work"}, ModSeq{4}}});
    comparison.saw_flags(Uid{5}, {}, ModSeq{5});  // and back again
    comparison.saw_flags(Uid{77}, {"\\Seen"}, ModSeq{5});
    CHECK(comparison.changes().empty());
}

TEST_CASE("what is in quarantine is asked for once more by a thorough pass alone") {
    auto known = three_messages();
    known.quarantined = uids({3, 4});
    for (const auto depth : {Depth::quick, Depth::thorough}) {
        Comparison comparison(known, shown(6, 8, 0), depth);
        REQUIRE(comparison.next_question(6));
        list(comparison, uids({1, 2, 3, 4, 5, 7}));
        CHECK_FALSE(comparison.next_question(6));
        const auto plan = comparison.plan(6);
        CHECK(plan.fetch == uids({7}));
        CHECK(plan.doubtful == (depth == Depth::thorough ? uids({3, 4}) : uids({})));
        CHECK(plan.complete);
    }
    Comparison expunged(known, shown(4, 6, 0), Depth::thorough);
    REQUIRE(expunged.next_question(4));
    list(expunged, uids({1, 2, 4, 5}));
    const auto plan = expunged.plan(4);
    CHECK(plan.vanished == uids({3}));
    CHECK(plan.doubtful == uids({4}));
}

TEST_CASE("a reconciliation lists all UIDs, then their details in bounded pieces") {
    auto known = three_messages();
    CHECK_FALSE(unchanged(known, shown(3, 6, 50), Depth::whole));
    Comparison comparison(known, shown(3, 6, 50), Depth::whole);
    CHECK(comparison.next_question(3) == Question{.listing = Listing::uids});
    for (const auto uid : uids({5, 1, 2})) comparison.saw_uid(uid);
    CHECK(comparison.next_question(3) == Question{.listing = Listing::details, .from = Uid{1}});
    list(comparison, uids({1, 2, 5}));
    CHECK_FALSE(comparison.next_question(3));
    const auto plan = comparison.plan(3);
    CHECK(plan.complete);
    CHECK(plan.fetch.empty());
    CHECK(plan.vanished.empty());
    CHECK(comparison.listed() == uids({1, 2, 5}));

    Comparison large({}, shown(12'000, 12'001, 1), Depth::whole);
    CHECK(large.next_question(12'000) == Question{.listing = Listing::uids});
    for (std::uint32_t uid = 12'000; uid > 0; --uid) large.saw_uid(Uid{uid});
    CHECK(large.next_question(12'000) ==
          Question{.listing = Listing::details, .from = Uid{1}, .to = Uid{5'000}});
    CHECK(large.next_question(12'000) ==
          Question{.listing = Listing::details, .from = Uid{5'001}, .to = Uid{10'000}});
    CHECK(large.next_question(12'001) ==
          Question{.listing = Listing::details, .from = Uid{10'001}});
    large.saw_details(Uid{12'001}, details(12'001));  // came meanwhile
    CHECK_FALSE(large.next_question(12'001));
    CHECK(large.plan(12'001).fetch.size() == 12'001);
}

TEST_CASE("a reconciliation believes no counter, and doubts all above what another message is") {
    auto known = three_messages();
    known.awaited = uids({4});
    Comparison comparison(known, shown(3, 6, 50), Depth::whole);
    comparison.next_question(3);
    for (const auto uid : uids({2, 3, 5})) comparison.saw_uid(uid);
    comparison.next_question(3);
    comparison.saw_details(Uid{2}, details(9));
    list(comparison, uids({3, 5}));
    CHECK_FALSE(comparison.next_question(3));
    const auto plan = comparison.plan(3);
    CHECK(plan.fetch == uids({2, 3, 5}));
    CHECK(plan.replaced == uids({2}));
    CHECK(plan.checked == uids({5}));
    CHECK(plan.vanished == uids({1, 4}));
}

TEST_CASE("a list that does not agree with the count is asked for once more by a reconciliation") {
    Comparison comparison(three_messages(), shown(3, 6, 50), Depth::whole);
    comparison.next_question(3);
    for (const auto uid : uids({1, 2})) comparison.saw_uid(uid);
    comparison.next_question(3);
    list(comparison, uids({1, 2}));
    CHECK(comparison.next_question(3) == Question{.listing = Listing::details});
    list(comparison, uids({1, 2, 5}));
    CHECK_FALSE(comparison.next_question(3));
    CHECK(comparison.plan(3).complete);
}

TEST_CASE("what was shown and never had is looked for in a list of all, and may be gone") {
    auto known = three_messages();
    known.awaited = uids({3, 4});
    CHECK_FALSE(unchanged(known, shown(3, 6, 50), Depth::quick));
    CHECK(asks(known, shown(4, 6, 50), Depth::quick) == Question{.listing = Listing::details});
    Comparison comparison(known, shown(4, 6, 50), Depth::quick);
    comparison.next_question(4);
    list(comparison, uids({1, 2, 4, 5}));
    const auto plan = comparison.plan(4);
    CHECK(plan.fetch == uids({4}));
    CHECK(plan.vanished == uids({3}));
}

TEST_CASE("what seems to be missing is estimated before it is asked") {
    CHECK(missing_estimate(three_messages(), shown(3, 6, 50)) == 0);
    CHECK(missing_estimate(three_messages(), shown(10, 13, 50)) == 7);
    CHECK(missing_estimate(three_messages(), shown(2, 6, 50)) == 0);
    CHECK(missing_estimate(three_messages(), shown(3, 7, 50)) == 1);
    CHECK(missing_estimate(three_messages(), {UidValidity{8}, Uid{1}, 3, ModSeq{}}) == 3);
}

}  // namespace mailhold::imap::sync

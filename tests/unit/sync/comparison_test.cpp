// The planner's catalogue: what is known, what the origin shows and answers, and what follows.
#include "imap/sync/comparison.hpp"

#include <catch2/catch.hpp>

namespace mailhold::imap::sync {
namespace {

using Listing = Question::Listing;

std::vector<Uid> uids(std::initializer_list<std::uint32_t> numbers) {
    std::vector<Uid> result;
    for (const auto n : numbers) result.push_back(Uid{n});
    return result;
}

// UIDs 1, 2 (seen) and 5 are here; the origin's UIDNEXT was 6 and HIGHESTMODSEQ 50.
store::GenerationState three_messages() {
    store::GenerationState known;
    known.generation = {"alice", "INBOX", UidValidity{7}};
    known.flag_sets = {{FlagSetId{1}, {}}, {FlagSetId{2}, {"\\Seen"}}};
    known.present = {{Uid{1}, FlagSetId{1}}, {Uid{2}, FlagSetId{2}}, {Uid{5}, FlagSetId{1}}};
    known.highest_uid = Uid{5};
    known.synced_uidnext = Uid{6};
    known.synced_modseq = ModSeq{50};
    return known;
}

Shown shown(std::uint32_t messages, std::uint32_t uidnext, std::uint64_t modseq) {
    return {UidValidity{7}, Uid{uidnext}, messages, ModSeq{modseq}};
}

Question asks(store::GenerationState known, Shown what, Depth depth) {
    Comparison comparison(std::move(known), what, depth);
    return comparison.next_question(what.messages).value_or(Question{});
}

}  // namespace

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
        {"flags, CONDSTORE", shown(3, 6, 60), Depth::quick, {Listing::nothing, Uid{0}, ModSeq{50}}},
        {"flags, without", shown(3, 6, 0), Depth::thorough, {Listing::flags, Uid{0}, ModSeq{0}}},
        {"new mail, CONDSTORE",
         shown(4, 7, 60),
         Depth::quick,
         {Listing::newer, Uid{6}, ModSeq{50}}},
        {"new mail, without", shown(4, 7, 0), Depth::quick, {Listing::newer, Uid{6}, ModSeq{0}}},
        {"UIDNEXT missing",
         {UidValidity{7}, std::nullopt, 3, ModSeq{50}},
         Depth::quick,
         {Listing::newer, Uid{6}, ModSeq{0}}},
        {"UIDNEXT shrunk", shown(3, 5, 50), Depth::quick, {Listing::flags, Uid{0}, ModSeq{0}}},
        {"HIGHESTMODSEQ shrunk",
         shown(3, 6, 49),
         Depth::quick,
         {Listing::flags, Uid{0}, ModSeq{0}}},
        {"emptied", shown(0, 6, 60), Depth::quick, {Listing::newer, Uid{6}, ModSeq{0}}},
    };
    for (const auto& row : table) {
        CAPTURE(row.what);
        CHECK(asks(known, row.shown, row.depth) == row.question);
    }
    CHECK(asks({}, shown(9, 10, 5), Depth::thorough) == Question{Listing::all, Uid{0}, ModSeq{0}});
    auto interrupted = three_messages();
    interrupted.synced_uidnext = Uid{0};
    CHECK(asks(interrupted, shown(9, 10, 5), Depth::quick) ==
          Question{Listing::flags, Uid{0}, ModSeq{0}});
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
    CHECK(comparison.highest_uid() == Uid{9});
}

TEST_CASE("new mail is found without a look at the rest, when the counts add up") {
    Comparison comparison(three_messages(), shown(5, 9, 0), Depth::quick);
    REQUIRE(comparison.next_question(5));
    for (const auto uid : uids({6, 8})) comparison.saw_uid(uid);
    CHECK_FALSE(comparison.next_question(5));
    CHECK(comparison.plan(5).fetch == uids({6, 8}));
    CHECK(comparison.plan(5).complete);
}

TEST_CASE("n:* naming the last old message is not new mail") {
    Comparison comparison(three_messages(), shown(2, 6, 0), Depth::quick);
    CHECK(comparison.next_question(2)->listing == Listing::newer);
    comparison.saw_uid(Uid{5});
    CHECK(comparison.next_question(2)->listing == Listing::all);  // one of three is gone
    for (const auto uid : uids({2, 5})) comparison.saw_uid(uid);
    CHECK_FALSE(comparison.next_question(2));
    const auto plan = comparison.plan(2);
    CHECK(plan.fetch.empty());
    CHECK(plan.vanished == uids({1}));
    CHECK(plan.complete);
}

TEST_CASE(
    "a list that does not agree with EXISTS is asked for thrice, and nothing is called vanished "
    "for it") {
    Comparison comparison(three_messages(), shown(4, 7, 0), Depth::quick);
    CHECK(comparison.next_question(4)->listing == Listing::newer);
    CHECK(comparison.next_question(4)->listing == Listing::all);
    comparison.saw_uid(Uid{2});
    CHECK(comparison.next_question(4)->listing == Listing::flags);
    CHECK_FALSE(comparison.next_question(4));
    const auto plan = comparison.plan(4);
    CHECK_FALSE(plan.complete);
    CHECK(plan.vanished.empty());
}

TEST_CASE("all flags are compared as sets, in the case that the catalog uses") {
    Comparison comparison(three_messages(), shown(3, 6, 0), Depth::thorough);
    REQUIRE(comparison.next_question(3)->listing == Listing::flags);
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
        const auto first = comparison.next_question(6);
        REQUIRE(first);
        if (first->listing == Listing::flags) {
            for (const auto uid : uids({1, 2, 3, 4, 5, 7})) comparison.saw_flags(uid, {}, ModSeq{});
        } else {
            comparison.saw_uid(Uid{7});
        }
        CHECK_FALSE(comparison.next_question(6));
        const auto plan = comparison.plan(6);
        CHECK(plan.fetch == uids({7}));
        CHECK(plan.doubtful == (depth == Depth::thorough ? uids({3, 4}) : uids({})));
        CHECK(plan.complete);
    }
    Comparison expunged(known, shown(4, 6, 0), Depth::thorough);
    REQUIRE(expunged.next_question(4)->listing == Listing::flags);
    for (const auto uid : uids({1, 2, 4, 5})) expunged.saw_flags(uid, {}, ModSeq{});
    const auto plan = expunged.plan(4);
    CHECK(plan.vanished == uids({3}));
    CHECK(plan.doubtful == uids({4}));
}

TEST_CASE("what seems to be missing is estimated before it is asked") {
    CHECK(missing_estimate(three_messages(), shown(3, 6, 50)) == 0);
    CHECK(missing_estimate(three_messages(), shown(10, 13, 50)) == 7);
    CHECK(missing_estimate(three_messages(), shown(2, 6, 50)) == 0);
    CHECK(missing_estimate(three_messages(), shown(3, 7, 50)) == 1);
    CHECK(missing_estimate(three_messages(), {UidValidity{8}, Uid{1}, 3, ModSeq{}}) == 3);
}

}  // namespace mailhold::imap::sync

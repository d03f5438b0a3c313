// The planner where most messages that are known are not named: what it needs them for, and that they come to the same.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>

#include "tests/unit/sync/known.hpp"

namespace mailhold::imap::sync {
namespace {

using Listing = Question::Listing;
using Words = std::vector<std::string>;

const Question of_archive{.listing = Listing::archive};

// Seventeen of a hundred are named.
Comparison of_the_newest(Shown what, Depth depth = Depth::quick) {
    return Comparison(newest_of(a_hundred_messages(), Comparison::named), what, depth);
}

// An origin that answers as it should, and what it held when it was looked at last.
struct Box {
    struct Message {
        std::uint32_t size_of = 0;  // details() of this UID
        Words flags;
        std::uint64_t modseq = 1;
    };
    std::map<std::uint32_t, Message> messages;
    std::map<std::uint32_t, std::uint64_t> vanished;
    Shown shown;
    bool qresync = false;
    std::vector<std::uint32_t> unasked;  // flags that it tells once the plan is made

    void tell(Comparison& comparison, std::uint32_t uid) const {
        const auto& message = messages.at(uid);
        comparison.saw_details(Uid{uid}, details(message.size_of));
        comparison.saw_flags(Uid{uid}, message.flags, ModSeq{message.modseq});
    }
    void answer(Comparison& comparison, const Question& question) const {
        const auto since = number(question.changed_since);
        for (const auto& [uid, modseq] : vanished)
            if (qresync && since > 0 && modseq > since) comparison.saw_vanished({{uid, uid}});
        for (const auto& [uid, message] : messages) {
            if (since > 0 && message.modseq > since) tell(comparison, uid);
            if (question.listing == Listing::uids) comparison.saw_uid(Uid{uid});
        }
        if (question.listing != Listing::details || messages.empty()) return;
        auto first = messages.lower_bound(number(question.from));
        if (first == messages.end()) first = std::prev(first);  // n:* names the last
        for (; first != messages.end(); ++first) tell(comparison, first->first);
    }
};

std::string text_of(const std::vector<Uid>& uids) {
    std::string text;
    for (const auto uid : uids) text += fmt::format(" {}", number(uid));
    return text;
}

// All that was asked of the origin, and what followed from it.
struct Outcome {
    std::string text;
    bool learned = false;
};
Outcome compare(Comparison comparison, const Box& box, const store::GenerationState& all) {
    Outcome outcome;
    const auto messages = static_cast<std::uint32_t>(box.messages.size());
    while (const auto question = comparison.next_question(messages)) {
        if (*question == of_archive) {
            REQUIRE_FALSE(outcome.learned);
            outcome.learned = true;
            comparison.learn(all);
            continue;
        }
        outcome.text +=
            fmt::format("asks {} from {} since {}\n", static_cast<int>(question->listing),
                        number(question->from), number(question->changed_since));
        box.answer(comparison, *question);
    }
    const auto plan = comparison.plan(messages);
    for (const auto uid : box.unasked) comparison.saw_flags(Uid{uid}, {"unasked"}, ModSeq{99});
    if (comparison.wants_to_learn()) comparison.learn(all);
    outcome.text += fmt::format(
        "{} fetch{} replaced{} checked{} doubtful{} vanished{} uidnext {}\n", plan.complete,
        text_of(plan.fetch), text_of(plan.replaced), text_of(plan.checked), text_of(plan.doubtful),
        text_of(plan.vanished), number(comparison.uidnext()));
    for (const auto& change : comparison.changes())
        outcome.text +=
            fmt::format("{} has {}\n", number(change.uid), fmt::join(change.flags, " "));
    return outcome;
}

// What may happen to a mailbox, a few things at once.
class Chance {
  public:
    explicit Chance(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t below(std::uint32_t n) { return std::uint32_t(engine_() % n); }
    bool one_in(std::uint32_t n) { return below(n) == 0; }

  private:
    std::mt19937 engine_;
};
store::GenerationState anything_known(Chance& chance) {
    auto known = three_messages();
    known.present.clear();
    const auto last = 10 + chance.below(90);
    const bool has_quarantine = chance.one_in(4);
    for (std::uint32_t uid = 1; uid <= last; ++uid) {
        if (has_quarantine && chance.one_in(20))
            known.quarantined.push_back(Uid{uid});
        else if (!chance.one_in(8))
            known.present.push_back(standing(uid, 1));
    }
    if (chance.one_in(20)) known.awaited = uids({last});
    known.highest_uid = Uid{last};
    known.synced_uidnext = chance.one_in(20) ? Uid{1 + chance.below(last)} : Uid{last + 1};
    return known;
}
Box after_a_while(Chance& chance, const store::GenerationState& known) {
    Box box;
    box.qresync = chance.one_in(2);
    for (const auto& one : known.present) box.messages[number(one.uid)] = {number(one.uid), {}, 1};
    for (const auto uid : known.quarantined) box.messages[number(uid)] = {number(uid), {}, 1};
    auto uidnext = number(known.highest_uid) + 1;
    for (auto events = chance.below(4); events > 0; --events) {
        const auto uid = chance.one_in(2) ? 1 + chance.below(uidnext) : uidnext - chance.below(9);
        const auto found = box.messages.find(uid);
        const auto kind = chance.below(10);
        if (kind < 3 || found == box.messages.end()) {
            box.messages[uidnext] = {uidnext, {}, 60};
            ++uidnext;
        } else if (kind < 6) {
            found->second = {found->second.size_of, {"\\Seen"}, 60};
        } else if (kind < 9) {
            box.messages.erase(found);
            box.vanished[uid] = 60;
        } else {
            found->second = {uid + 1, {}, 60};  // another message
        }
    }
    if (chance.one_in(30)) box.messages.clear();
    for (int i = 0; i < 3 && chance.one_in(4); ++i)
        box.unasked.push_back(1 + chance.below(uidnext));
    const auto exist = static_cast<std::uint32_t>(box.messages.size());
    box.shown = shown(exist, uidnext, chance.one_in(3) ? 0 : 60);
    if (chance.one_in(20)) box.shown.uidnext = Uid{3};
    if (chance.one_in(20)) box.shown.modseq = ModSeq{40};
    return box;
}

}  // namespace

TEST_CASE("new mail needs none of the older messages by name") {
    auto comparison = of_the_newest(shown(102, 109, 60));
    CHECK(comparison.next_question(102) == Question{Listing::details, Uid{85}, ModSeq{50}});
    list(comparison, from_to(85, 100));
    list(comparison, uids({101, 108}));
    CHECK_FALSE(comparison.next_question(102));
    const auto plan = comparison.plan(102);
    CHECK(plan.fetch == uids({101, 108}));
    CHECK(plan.vanished.empty());
    CHECK(plan.complete);
    CHECK_FALSE(of_the_newest(shown(100, 101, 50)).next_question(100));
    const auto known = newest_of(a_hundred_messages(), 0);
    CHECK(unchanged(known, shown(100, 101, 50), Depth::quick));
    CHECK(missing_estimate(known, shown(103, 104, 60)) == 3);
}

TEST_CASE("the older messages are asked for by name before anything hangs on them") {
    CHECK(of_the_newest(shown(100, 101, 0), Depth::thorough).next_question(100) == of_archive);
    CHECK(of_the_newest(shown(100, 101, 50), Depth::whole).next_question(100) == of_archive);
    CHECK(of_the_newest(shown(100, 99, 50)).next_question(100) == of_archive);
    CHECK(of_the_newest(shown(100, 101, 49)).next_question(100) == of_archive);
    CHECK(of_the_newest(shown(0, 101, 60)).next_question(0) == of_archive);

    auto gone = of_the_newest(shown(99, 101, 0));
    REQUIRE(gone.next_question(99));
    list(gone, from_to(85, 100));
    CHECK(gone.next_question(99) == of_archive);
    gone.learn(a_hundred_messages());
    CHECK(gone.next_question(99) == Question{.listing = Listing::uids});
    for (const auto uid : from_to(2, 100)) gone.saw_uid(uid);
    CHECK_FALSE(gone.next_question(99));
    CHECK(gone.plan(99).vanished == uids({1}));
}

TEST_CASE("what is told of an older message counts once it is known by name") {
    auto comparison = of_the_newest(shown(99, 101, 60));
    REQUIRE(comparison.next_question(99));
    comparison.saw_flags(Uid{7}, {"\\Seen"}, ModSeq{60});
    comparison.saw_vanished({{3, 3}, {200, 300}});
    list(comparison, from_to(85, 100));
    CHECK(comparison.wants_to_learn());
    CHECK(comparison.next_question(99) == of_archive);
    comparison.learn(a_hundred_messages());
    CHECK_FALSE(comparison.next_question(99));
    CHECK(comparison.plan(99).vanished == uids({3}));
    CHECK(comparison.changes() == std::vector<FlagChange>{{Uid{7}, {"\\Seen"}, ModSeq{60}}});
}

TEST_CASE("where too much is told of older messages, everything is looked at once they are known") {
    auto comparison = of_the_newest(shown(100, 101, 60));
    REQUIRE(comparison.next_question(100));
    list(comparison, from_to(85, 100));
    for (std::size_t i = 0; i <= Comparison::held_back_most; ++i)
        comparison.saw_flags(Uid{1}, {}, ModSeq{60});
    CHECK(comparison.next_question(100) == of_archive);
    comparison.learn(a_hundred_messages());
    CHECK(comparison.next_question(100) == Question{.listing = Listing::details});
}

TEST_CASE(
    "whatever happened to a mailbox, the same follows whether its messages are named or not") {
    std::size_t needed = 0;
    const std::uint32_t rounds = 5'000;
    for (std::uint32_t seed = 0; seed < rounds; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        const auto all = anything_known(chance);
        const auto box = after_a_while(chance, all);
        const auto depth = chance.one_in(3) ? Depth::thorough : Depth::quick;
        const auto wanted = compare(Comparison(all, box.shown, depth), box, all);
        const auto few = newest_of(all, chance.below(4) * Comparison::named / 2);
        const auto got = compare(Comparison(few, box.shown, depth), box, all);
        REQUIRE(got.text == wanted.text);
        CHECK(unchanged(few, box.shown, depth) == unchanged(all, box.shown, depth));
        if (got.learned) ++needed;
    }
    CHECK(needed > rounds / 10);
    CHECK(needed < rounds * 9 / 10);
}

}  // namespace mailhold::imap::sync

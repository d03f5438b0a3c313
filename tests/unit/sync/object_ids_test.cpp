// What the ids of RFC 8474 save and tell, with the ids of its examples.
#include <fmt/format.h>

#include "imap/sync/object_ids.hpp"
#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

using What = store::Event::What;

const std::string first_id = "M6d99ac3275bb4e";
const std::string second_id = "M5fdc09b49ea703";
const ObjectIds::Message first{sha256("first"), 5}, other{sha256("other"), 5};

// One mirror, as what the ids tell lasts as long as it does.
struct Watched {
    World world;
    std::unique_ptr<Mirror> mirror;

    explicit Watched(const std::function<void(OriginState&)>& arranged) {
        world.origin.with([&](OriginState& state) {
            state.capabilities += " OBJECTID";
            arranged(state);
        });
        mirror = std::make_unique<Mirror>(world.runtime, world.pool, *world.archive,
                                          world.origin.account());
        CHECK(mirror->run_once());
    }
    // How many messages came after this change.
    std::size_t fetched(const std::function<void(OriginState&)>& change, Task task = Task::pass) {
        std::size_t before = 0, after = 0;
        world.origin.with([&](OriginState& state) {
            before = state.bodies;
            change(state);
        });
        CHECK(mirror->run_once(task));
        world.origin.with([&](OriginState& state) { after = state.bodies; });
        return after - before;
    }
};

// The first that ids tell come all the same.
void prove(Watched& watched) {
    watched.fetched([](OriginState& state) { state.mailboxes["INBOX"].add("proof", "Mproof"); });
    CHECK(watched.fetched([](OriginState& state) {
        for (std::size_t i = 0; i < ObjectIds::proofs_first; ++i)
            state.mailboxes["Proofs"].add("proof", "Mproof");
    }) == ObjectIds::proofs_first);
}

store::Renamed renamed(const std::string& from, const std::string& to) {
    return {"alice", from, to};
}
using Renames = std::vector<store::Renamed>;

}  // namespace

TEST_CASE("an EMAILID is read as RFC 8474 writes it, and nothing else") {
    const std::pair<std::string, std::string> table[] = {{"(M6d99ac3275bb4e)", first_id},
                                                         {"()", ""},
                                                         {"NIL", ""},
                                                         {"M6d99ac3275bb4e", ""},
                                                         {"(" + std::string(256, 'x') + ")", ""}};
    for (const auto& [value, id] : table) {
        wire::FetchData fetched;
        fetched.other = {{"THREADID", "(T64b478a75b7ea9)"}, {"EMAILID", value}};
        CHECK(email_id_of(fetched) == id);
    }
    CHECK(email_id_of({}).empty());
}

TEST_CASE("an origin that gives one EMAILID to two messages is not believed again") {
    ObjectIds ids;
    ids.archived(first_id, first);
    ids.archived(first_id, first);
    CHECK(ids.message(first_id) == first);
    CHECK_FALSE(ids.message(second_id));
    ids.archived(first_id, other);
    CHECK_FALSE(ids.knows_messages());
    ids.archived(second_id, other);
    CHECK_FALSE(ids.message(second_id));
}

TEST_CASE("of all EMAILIDs the latest are kept") {
    ObjectIds ids;
    for (std::size_t i = 0; i <= ObjectIds::messages_most; ++i)
        ids.archived(fmt::format("M{}", i), first);
    CHECK_FALSE(ids.message("M0"));
    CHECK(ids.message("M1"));
    CHECK(ids.message(fmt::format("M{}", ObjectIds::messages_most)));
}

TEST_CASE("MAILBOXIDs deny what only looks like a rename, and tell one that leaves no trace") {
    ObjectIds ids;
    ids.seen("INBOX", "F1");
    ids.seen("Work", "F2");
    ids.seen("Old", "F3");
    CHECK(ids.renames("alice", {}, {"INBOX", "Work", "Old"}).empty());
    ids.seen("New", "F4");
    ids.seen("Play", "F2");
    const Renames by_content{renamed("Old", "New"), renamed("Unknown", "New")};
    const auto found = ids.renames("alice", by_content, {"INBOX", "Play", "New"});
    CHECK(found == Renames{renamed("Unknown", "New"), renamed("Work", "Play")});
    CHECK(ids.renames("alice", {}, {"INBOX", "Play", "New"}).empty());
}

TEST_CASE("a message that the account has under its EMAILID is on record without coming again") {
    Watched watched([](OriginState& state) {
        state.mailboxes["INBOX"].add("first", first_id);
        state.mailboxes["INBOX"].add("second", second_id);
        state.mailboxes["Work"];
    });
    prove(watched);
    // Copied and moved, into a mailbox that was there and into a new one.
    CHECK(watched.fetched([](OriginState& state) {
        state.mailboxes["Work"].add("first", first_id);
        state.mailboxes["Work"].flag(1, {"\\Seen"});
        state.mailboxes["Work"].add("third", "M8d99");
        state.mailboxes["INBOX"].expunge(2);
        state.mailboxes["Zoo"].add("second", second_id);
    }) == 1);
    watched.world.check_level();
    CHECK(watched.world.present("Zoo") == watched.world.at_origin("Zoo"));
    const auto message = watched.world.archive->find(sha256("first"));
    REQUIRE(message);
    const auto locations = *watched.world.archive->locations(message->number);
    REQUIRE(locations.size() == 2);
    for (const auto& one : locations)
        CHECK(one.flags ==
              (one.generation.mailbox == "Work" ? store::FlagSet{"\\Seen"} : store::FlagSet{}));
    const auto moved =
        *watched.world.archive->history(watched.world.archive->find(sha256("second"))->number);
    CHECK(std::ranges::count(moved, What::moved, &store::Event::what) == 1);
    // What was taken on trust is proved with the next reconciliation.
    CHECK(watched.fetched([](OriginState&) {}, Task::reconciliation) == 2);
    CHECK(watched.fetched([](OriginState&) {}, Task::reconciliation) == 0);
    CHECK(store::verify(watched.world.folder)->problems.empty());
}

TEST_CASE(
    "two messages of one EMAILID and one size are both archived, at the latest by a "
    "reconciliation") {
    Watched watched([](OriginState& state) { state.mailboxes["INBOX"].add("pay 1000", first_id); });
    const auto lie = [](OriginState& state) {
        state.mailboxes["Work"].add("pay 9000", first_id);
        state.mailboxes["Work"].add("pay 8000", first_id);
    };
    SECTION("the first ones are proofs") {
        CHECK(watched.fetched(lie) == 2);
    }
    SECTION("a reconciliation proves the others") {
        prove(watched);
        CHECK(watched.fetched(lie) == 0);
        CHECK(watched.fetched([](OriginState&) {}, Task::reconciliation) == 2);
    }
    SECTION("and so does whatever tells of a lie") {
        prove(watched);
        CHECK(watched.fetched(lie) == 0);
        CHECK(watched.fetched([](OriginState& state) {
            state.mailboxes["Zoo"].add("of another size", first_id);
        }) == 3);
        CHECK(watched.fetched([](OriginState&) {}) == 0);
    }
    watched.world.check_level();
    CHECK(watched.world.archive->find(sha256("pay 8000")));
}

TEST_CASE("an EMAILID alone is not enough") {
    Watched watched([](OriginState& state) {
        state.mailboxes["INBOX"].add("first", first_id);
        state.mailboxes["Work"];
    });
    SECTION("another size") {
        CHECK(watched.fetched([](OriginState& state) {
            state.mailboxes["Work"].add("another one", first_id);
        }) == 1);
        // From then on no id counts.
        CHECK(watched.fetched(
                  [](OriginState& state) { state.mailboxes["Work"].add("first", first_id); }) == 1);
    }
    SECTION("a reconciliation trusts none") {
        CHECK(watched.fetched(
                  [](OriginState& state) { state.mailboxes["Work"].add("first", first_id); },
                  Task::reconciliation) == 1);
    }
    SECTION("a UID that was another message") {
        watched.fetched(
            [](OriginState& state) { state.mailboxes["Work"].add("old message", second_id); });
        CHECK(watched.fetched([](OriginState& state) {
            auto& work = state.mailboxes["Work"];
            work.messages[1] = {"first", {}, ++work.modseq, {}, first_id};
            work.add("more");
        }) == 2);
    }
    watched.world.check_level();
}

TEST_CASE("a mailbox that is renamed is known by its MAILBOXID, and one made anew by another") {
    const std::string id = "F2212ea87-6097-4256-9d51-71338625";
    Watched watched([&](OriginState& state) {
        state.mailboxes["INBOX"].add("first", first_id);
        state.mailboxes["Work"].mailbox_id = id;
        state.mailboxes["Work"].add("old");
    });
    const auto renames = [&](std::string_view octets) {
        const auto message = watched.world.archive->find(sha256(octets));
        const auto events = *watched.world.archive->history(message->number);
        return std::ranges::count(events, What::mailbox_renamed, &store::Event::what);
    };
    watched.fetched([](OriginState& state) { state.mailboxes["Work"].expunge(1); });
    watched.fetched([](OriginState& state) {  // empty, so that content does not tell
        state.mailboxes["Play"] = state.mailboxes["Work"];
        state.mailboxes.erase("Work");
    });
    CHECK(renames("old") == 1);
    watched.fetched([](OriginState& state) { state.mailboxes["Play"].add("first", first_id); });
    watched.fetched([](OriginState& state) {  // deleted, and another filled with the same
        state.mailboxes["Fun"] = state.mailboxes["Play"];
        state.mailboxes["Fun"].mailbox_id = "F23456";
        state.mailboxes.erase("Play");
    });
    CHECK(renames("first") == 0);
    CHECK(watched.world.present("Fun") == watched.world.at_origin("Fun"));
}

}  // namespace mailhold::imap::sync

// Mirror against a small origin: passes, the first and later ones, resuming after a cut at every step, new generations.
#include "imap/sync/sync.hpp"

#include <set>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {

TEST_CASE("a first mirror fetches everything once, and a second one nothing") {
    World world;
    world.origin.with(fill);
    for (const auto connections : {std::size_t{1}, std::size_t{3}}) {
        world.fresh();
        world.origin.with([](OriginState& state) { state.bodies = state.fetches = 0; });
        const auto adjust = [&](Account& account) { account.connections = connections; };
        REQUIRE(world.run(adjust));
        world.check_level();
        CHECK(world.report.messages == 9);
        CHECK(world.report.messages_done == 9);
        CHECK(world.report.unaccounted == 0);
        CHECK(world.report.mailboxes_done == 2);
        CHECK(world.report.last_success.has_value());
        CHECK(world.archive->totals()->messages == 8);
        world.origin.with([](OriginState& state) { CHECK(state.bodies == 9); });
        REQUIRE(world.run(adjust));
        world.origin.with([](OriginState& state) { CHECK(state.bodies == 9); });
        CHECK(store::verify(world.folder)->problems.empty());
    }
}

TEST_CASE(
    "a mirror whose line is cut at any step goes on where it was, with nothing lost and nothing "
    "twice") {
    World world;
    world.origin.with(fill);
    std::size_t cut = 0;
    bool was_cut = true;
    while (was_cut) {
        ++cut;
        world.fresh();
        world.origin.with([&](OriginState& state) {
            state.writes = 0;
            state.cut_at = cut;
        });
        const auto first = world.run();
        world.origin.with([&](OriginState& state) {
            was_cut = state.writes >= cut;
            state.cut_at = 0;
        });
        CAPTURE(cut, first ? "ok" : first.error().text);
        CHECK((first || first.error().code == Errc::network));
        REQUIRE(world.run());
        world.check_level();
        CHECK(world.archive->totals()->messages == 8);
        CHECK(world.archive->totals()->sightings == 9);
    }
    CHECK(cut > 30);
}

TEST_CASE("what vanished, came, and changed its flags at the origin is found again") {
    World world;
    world.origin.with(fill);
    REQUIRE(world.run());
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].messages.erase(2);
        state.mailboxes["INBOX"].add("new");
        state.mailboxes["INBOX"].messages[1].flags = {"\\Seen", "work"};
        state.mailboxes.erase("Work");
        state.bodies = 0;
    });
    REQUIRE(world.run());
    CHECK(world.present("INBOX") == world.at_origin("INBOX"));
    world.origin.with([](OriginState& state) { CHECK(state.bodies == 1); });
    const auto listed = *world.archive->listed("alice");
    CHECK(listed.size() == 1);
    const auto generation = world.archive->generations("alice", "INBOX")->back();
    const auto state = *world.archive->generation_state(generation);
    CHECK(state.present.size() == 7);
    CHECK(state.flag_sets.at(state.present.front().flags) == store::FlagSet{"\\Seen", "work"});
}

TEST_CASE("a new UIDVALIDITY is a new generation whose bytes are stored once") {
    World world;
    world.origin.with(fill);
    REQUIRE(world.run());
    world.origin.with([](OriginState& state) {
        auto& inbox = state.mailboxes["INBOX"];
        OriginMailbox anew;
        anew.uidvalidity = 2;
        anew.uidnext = 100;
        for (const auto& [uid, message] : inbox.messages) {
            if (uid != 3) anew.add(message.octets);
        }
        inbox = std::move(anew);
    });
    REQUIRE(world.run());
    world.check_level();
    CHECK(world.archive->totals()->messages == 8);
    CHECK(world.archive->generations("alice", "INBOX")->size() == 2);
    CHECK(store::verify(world.folder)->problems.empty());
}

TEST_CASE("excluded mailboxes are recorded as left out, and not fetched") {
    World world;
    world.origin.with(fill);
    const auto adjust = [](Account& account) { account.exclude = {"W%"}; };
    REQUIRE(world.run(adjust));
    REQUIRE(world.run(adjust));
    CHECK(*world.archive->exclusions("alice") ==
          std::vector<store::Excluded>{{"alice", "Work", "exclude W%"}});
    CHECK(world.archive->totals()->messages == 7);
}

TEST_CASE("a listing with a line that cannot be read, or without INBOX, loses no mailbox") {
    World world;
    world.origin.with(fill);
    REQUIRE(world.run());
    world.origin.with([](OriginState& state) {
        state.mailboxes.erase("Work");
        state.listed_badly = "* LIST (\\Unmarked \"/\" Work";
    });
    CHECK(world.run().error().code == Errc::protocol);
    CHECK_FALSE(world.report.problem.empty());
    CHECK(world.archive->listed("alice")->size() == 2);
    world.origin.with([](OriginState& state) {
        state.listed_badly.clear();
        state.mailboxes.clear();
    });
    CHECK(world.run().error().code == Errc::protocol);
    CHECK(world.archive->listed("alice")->size() == 2);
    CHECK_FALSE(world.present("Work").empty());
}

TEST_CASE("mailboxes are mirrored whatever octets their names are made of") {
    World world;
    const std::pair<std::string, std::string> names[] = {{"caf\xe9", "caf\ufffdE9\ufffd"},
                                                         {"caf\u00e9", "caf\u00e9\ufffd"},
                                                         {"caf&AOk-", "caf\u00e9"},
                                                         {"AT&T", "AT&T\ufffd"}};
    world.origin.with([&](OriginState& state) {
        fill(state);
        for (const auto& [octets, name] : names) state.mailboxes[octets].add("in " + name);
    });
    for (int pass = 0; pass < 2; ++pass) {
        REQUIRE(world.run());
        world.check_level();
        CHECK(world.archive->listed("alice")->size() == 6);
        for (const auto& [octets, name] : names)
            CHECK(world.present(name) == std::map<std::string, int>{{"in " + name, 1}});
    }
    std::set<std::string> local;
    const auto mailboxes = *world.archive->mailboxes();
    for (const auto& mailbox : mailboxes) local.insert(mailbox.name);
    CHECK(local.contains("caf\u00e9"));
    CHECK(local.contains("caf\u00e9 (2)"));
}

TEST_CASE(
    "an origin that lists messages without end is left at once, and believed again when it does "
    "not") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].add("a");
        state.flood = 50'000;
    });
    const auto flooded = world.run();
    REQUIRE_FALSE(flooded);
    CHECK(flooded.error().code == Errc::limit);
    world.origin.with([](OriginState& state) { state.flood = 0; });
    REQUIRE(world.run());
    world.check_level();
    CHECK(world.archive->totals()->quarantined == 0);
}

TEST_CASE("failures say what they are") {
    World world;
    CHECK(world
              .run([](Account& account) {
                  account.login.secret = []() -> Result<std::string> {
                      return fail(Errc::not_found, "no password file");
                  };
              })
              .error()
              .code == Errc::not_found);
    CHECK(world.run([](Account& account) { account.port = 1; }).error().code == Errc::network);
    CHECK(world.report.problem.find("127.0.0.1") != std::string::npos);
}

}  // namespace mailhold::imap::sync

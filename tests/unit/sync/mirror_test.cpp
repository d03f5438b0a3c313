// Mirror against a small origin: first mirror, resuming after a cut at every step, new generations,
// expunges while fetching, quarantine, and watching.
#include "imap/sync/sync.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <map>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

void fill(OriginState& state) {
    for (int i = 0; i < 5; ++i)
        state.mailboxes["INBOX"].add(fmt::format("Subject: {}\r\n\r\nhello {}\r\n", i, i));
    state.mailboxes["INBOX"].add("");                              // nothing is a message too
    state.mailboxes["INBOX"].add(std::string(200'000, 'x'));       // streamed
    state.mailboxes["Work"].add("Subject: 3\r\n\r\nhello 3\r\n");  // the same bytes again elsewhere
    state.mailboxes["Work"].add("two");
}

}  // namespace

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

TEST_CASE("a message that is expunged while it is fetched is no trouble") {
    World world;
    world.origin.with([](OriginState& state) {
        fill(state);
        state.on_fetch = [](OriginState& now) { now.mailboxes["INBOX"].messages.erase(4); };
    });
    REQUIRE(world.run());
    world.check_level();
    CHECK(world.report.unaccounted == 0);
    CHECK(world.report.quarantined == 0);
}

TEST_CASE(
    "a message that the origin will not give is quarantined, tried again, and archived once it "
    "comes") {
    World world;
    world.origin.with([](OriginState& state) {
        fill(state);
        state.nil = {5};
        state.refused = {4};
    });
    REQUIRE(world.run());
    CHECK(world.report.quarantined == 2);
    CHECK(world.report.unaccounted == 0);
    CHECK(world.archive->totals()->quarantined == 2);
    CHECK(world.present("INBOX").size() == 5);

    REQUIRE(world.run());  // still not
    CHECK(world.archive->totals()->quarantined == 2);

    world.origin.with([](OriginState& state) { state.nil = state.refused = {}; });
    REQUIRE(world.run());
    CHECK(world.report.quarantined == 0);
    world.check_level();
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

TEST_CASE("a disk that is full here is not the fault of the message that was being fetched") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].add("small");
        state.mailboxes["Work"].add(std::string(3 << 20, 'x'));
        // Refused at first, so that it is asked for alone.
        state.refused = {1};
        state.on_fetch = [](OriginState& first) {
            first.on_fetch = [](OriginState& second) { second.refused.clear(); };
        };
    });
    const auto spool = world.archive->spool_folder();
    std::filesystem::remove_all(spool);
    const auto status = world.run();
    REQUIRE_FALSE(status);
    CHECK_FALSE(client::of_the_line(status.error().code));
    CHECK(world.archive->totals()->quarantined == 0);
    std::filesystem::create_directory(spool);
    REQUIRE(world.run());
    world.check_level();
}

TEST_CASE(
    "what an origin sends leaves free what is kept of the disk, and comes once there is room") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].add("small");
        state.mailboxes["Work"];
    });
    REQUIRE(world.run());
    const auto full = [](Account& account) { account.reserve = std::uint64_t{1} << 60; };
    for (const auto size : {3U, 3U << 20, 9U << 20}) {  // small, as a whole, and in slices
        world.origin.with(
            [&](OriginState& state) { state.mailboxes["Work"].add(std::string(size, 'x')); });
        const auto status = world.run(full);
        REQUIRE_FALSE(status);
        CHECK(status.error().code == Errc::no_space);
        CHECK(status.error().text.contains("kept free"));
        CHECK(world.archive->totals()->quarantined == 0);
        CHECK(world.present("INBOX").size() == 1);
        REQUIRE(world.run());
        world.check_level();
    }
}

TEST_CASE("a message that is not as long as its size is asked for once more, alone") {
    World world;
    world.origin.with([](OriginState& state) {
        auto& inbox = state.mailboxes["INBOX"];
        inbox.add("cut short the first time, and whole the second");
        inbox.add("a\r\nserver\r\nthat\r\ncounts\r\nlines\r\nas\r\nLF\r\n");
        inbox.add("a size that is simply wrong");
        inbox.add("as it should be");
        state.short_ = {1};
        inbox.messages[2].said_size = inbox.messages[2].octets.size() - 7;
        inbox.messages[3].said_size = 7;
    });
    for (int pass = 0; pass < 3; ++pass) {
        REQUIRE(world.run());
        CHECK(world.present("INBOX") == world.at_origin("INBOX"));
        CHECK(world.report.quarantined == 0);
        // Two asked for twice; and nothing again, for the wrong sizes are on record.
        world.origin.with([](OriginState& state) { CHECK(state.bodies == 6); });
    }
    CHECK(world.archive->totals()->messages == 4);
    const auto generation = world.archive->generations("alice", "INBOX")->back();
    const auto state = *world.archive->generation_state(generation);
    CHECK(state.present[2].size == 7);
    CHECK(state.present[3].size == 15);
}

TEST_CASE("a message that comes empty, and should not, was not received") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].add("not empty");
        state.mailboxes["INBOX"].add("");
        state.empty = {1};
    });
    REQUIRE(world.run());
    CHECK(world.present("INBOX") == std::map<std::string, int>{{"", 1}});
    CHECK(world.report.quarantined == 1);
    world.origin.with([](OriginState& state) { state.empty.clear(); });
    REQUIRE(world.run());
    CHECK(world.present("INBOX") == world.at_origin("INBOX"));
    CHECK(world.report.quarantined == 0);
}

TEST_CASE("where the origin gives no INTERNALDATE, the header's date is served and no claim made") {
    World world;
    const auto before = utc_now();
    world.origin.with([](OriginState& state) {
        state.dates = false;
        auto& inbox = state.mailboxes["INBOX"];
        inbox.add(
            "Received: from a by b; 1 Jan 2024 10:00:00 +0100\r\n"
            "Date: Tue, 2 Jan 2024 10:00:00 +0200\r\n\r\n");
        inbox.add(
            "Received: from b by c;\r\n\tWed, 3 Jan 2024 10:00:00 +0000\r\n"
            "Received: from a by b; 1 Jan 2024 10:00:00 +0100\r\nDate: then\r\n\r\n");
        inbox.add("no header at all");
    });
    const auto dates = [&] {
        std::vector<ZonedSeconds> all;
        const auto mailboxes = *world.archive->mailboxes();
        for (const auto& one : mailboxes) {
            if (one.origin_name != "INBOX" || one.kind != store::MailboxKind::mirrored) continue;
            const auto entries = (*world.archive->snapshot(one.id))->entries;
            for (const auto& entry : entries) all.push_back(entry.internal_date);
        }
        return all;
    };
    for (int pass = 0; pass < 2; ++pass) {
        REQUIRE(world.run());
        const auto served = dates();
        REQUIRE(served.size() == 3);
        CHECK(served[0] == ZonedSeconds{UtcSeconds(std::chrono::seconds(1'704'182'400)), 120});
        CHECK(served[1] == ZonedSeconds{UtcSeconds(std::chrono::seconds(1'704'276'000)), 0});
        CHECK(served[2].utc >= std::chrono::floor<std::chrono::seconds>(before));
        world.origin.with([](OriginState& state) { CHECK(state.bodies == 3); });
    }
    // Once it gives dates they are on record; UIDs keep the date they were served with.
    world.origin.with([](OriginState& state) { state.dates = true; });
    const auto served = dates();
    for (int pass = 0; pass < 2; ++pass) {
        REQUIRE(world.run());
        CHECK(dates() == served);
        world.origin.with([](OriginState& state) { CHECK(state.bodies == 6); });
    }
    CHECK(world.archive->totals()->sightings == 3);
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

TEST_CASE("a running mirror archives new mail as it comes, with IDLE and by polling") {
    struct Row {
        std::string capabilities;
        std::size_t connections;
        std::string mailbox;
    };
    const Row table[] = {
        {"IMAP4rev1 IDLE ESEARCH UNSELECT", 3, "INBOX"},
        {"IMAP4rev1 IDLE", 1, "INBOX"},
        {"IMAP4rev1 IDLE UNSELECT", 1, "Work"},
        {"IMAP4rev1", 2, "INBOX"},
    };
    for (const auto& row : table) {
        CAPTURE(row.capabilities, row.connections, row.mailbox);
        World world;
        world.origin.with([&](OriginState& state) {
            fill(state);
            state.capabilities = row.capabilities;
        });
        auto account = world.origin.account();
        account.connections = row.connections;
        account.poll_every = std::chrono::seconds(1);
        Watcher watcher(*world.archive);
        Mirror mirror(world.runtime, world.pool, *world.archive, account);
        mirror.start();
        CHECK(watcher.wait([&] { return world.archive->totals()->sightings == 9; }));
        for (const std::uint64_t wanted : {10U, 11U}) {
            world.origin.with([&](OriginState& state) {
                state.mailboxes[row.mailbox].add(fmt::format("new {}", wanted));
            });
            CHECK(watcher.wait([&] { return world.archive->totals()->sightings == wanted; }));
        }
        mirror.stop();
        CHECK(mirror.report().state == State::stopped);
        world.check_level();
    }
}

TEST_CASE("a message that ends the connection each time is set aside, and the rest is archived") {
    World world;
    world.origin.with([](OriginState& state) {
        fill(state);
        state.poison = {3};
    });
    Watcher watcher(*world.archive);
    Mirror mirror(world.runtime, world.pool, *world.archive, world.origin.account());
    mirror.start();
    CHECK(watcher.wait([&] { return world.archive->totals()->sightings == 8; }));
    CHECK(watcher.wait([&] { return world.archive->totals()->quarantined == 1; }));
    mirror.stop();
}

TEST_CASE("a mirror that stops ends IDLE and logs out wherever nothing is under way") {
    struct Row {
        std::string capabilities;
        std::size_t connections;
        std::size_t idling;  // of them, once all is mirrored
    };
    const Row table[] = {{"IMAP4rev1 IDLE", 3, 2},
                         {"IMAP4rev1 IDLE UNSELECT", 1, 1},
                         {"IMAP4rev1 IDLE NOTIFY", 2, 1},
                         {"IMAP4rev1", 2, 0}};
    for (const auto& row : table) {
        CAPTURE(row.capabilities, row.connections);
        World world;
        world.origin.with([&](OriginState& state) {
            fill(state);
            state.capabilities = row.capabilities;
        });
        auto account = world.origin.account();
        account.connections = row.connections;
        account.goodbye = std::chrono::seconds(60);
        Watcher watcher(*world.archive);
        Mirror mirror(world.runtime, world.pool, *world.archive, account);
        mirror.start();
        CHECK(watcher.wait([&] { return world.archive->totals()->sightings == 9; }));
        std::size_t idling = 0;
        while (mirror.report().state != State::watching || idling != row.idling)
            world.origin.with([&](OriginState& state) { idling = state.idling; });
        mirror.stop();
        world.origin.with([&](OriginState& state) {
            CHECK(state.logouts == state.sessions);
            CHECK(state.idling == 0);
        });
    }
}

TEST_CASE("origins that do not answer LOGOUT share one short wait") {
    World world;
    world.origin.with([](OriginState& state) {
        fill(state);
        state.deaf = true;
    });
    auto account = world.origin.account();
    account.timeout = std::chrono::seconds(300);
    Mirror first(world.runtime, world.pool, *world.archive, account);
    account.name = "bob";
    account.connections = 3;
    Mirror second(world.runtime, world.pool, *world.archive, account);
    for (auto* mirror : {&first, &second}) mirror->start();
    std::size_t idling = 0;
    while (idling != 3) world.origin.with([&](OriginState& state) { idling = state.idling; });
    const auto before = std::chrono::steady_clock::now();
    for (auto* mirror : {&first, &second}) mirror->ask_to_stop();
    for (auto* mirror : {&first, &second}) mirror->stop();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(60));
}

TEST_CASE("a mirror that stops while a command is held back waits for no answer to it") {
    World world;
    world.origin.with([](OriginState& state) { fill(state); });
    auto account = world.origin.account();
    account.manners.commands_a_second = 2;
    account.timeout = account.goodbye = std::chrono::seconds(300);
    Mirror mirror(world.runtime, world.pool, *world.archive, account);
    mirror.start();
    while (mirror.report().state != State::mirroring) std::this_thread::yield();
    const auto before = std::chrono::steady_clock::now();
    mirror.stop();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(60));
}

TEST_CASE("a mirror that stops in the middle of a message just closes that line") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].add(std::string(200'000, 'x'));
        state.on_fetch = [](OriginState& now) {
            now.stalls = true;
            now.cut_at = now.writes + 1;
        };
    });
    Mirror mirror(world.runtime, world.pool, *world.archive, world.origin.account());
    mirror.start();
    bool stalled = false;
    while (!stalled)
        world.origin.with(
            [&](OriginState& state) { stalled = state.stalls && state.writes >= state.cut_at; });
    mirror.stop();
    world.origin.with([](OriginState& state) { CHECK(state.logouts == 0); });
    CHECK(world.archive->totals()->messages == 0);
    world.origin.with([](OriginState& state) { state.stalls = false; });
    REQUIRE(world.run());
    world.check_level();
}

TEST_CASE("a mirror stops promptly while it waits to try again") {
    World world;
    auto account = world.origin.account();
    account.login.secret = []() -> Result<std::string> { return fail(Errc::auth, "no"); };
    Mirror mirror(world.runtime, world.pool, *world.archive, account);
    mirror.start();
    while (mirror.report().state != State::refused) std::this_thread::yield();
    CHECK(mirror.report().problem == "no");
    const auto before = std::chrono::steady_clock::now();
    mirror.stop();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
}

}  // namespace mailhold::imap::sync

// Mirror against a small origin: messages that are not had, not at once, or not as they should be.
#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {

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

}  // namespace mailhold::imap::sync

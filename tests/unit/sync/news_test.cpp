// NOTIFY (RFC 5465): what counts as news, and a mirror that is told of every mailbox over one connection.
#include "imap/sync/news.hpp"

#include <fmt/format.h>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

News after(const std::vector<std::string>& responses) {
    News news;
    for (const auto& response : responses) {
        const auto parsed = wire::parse_response(response);
        REQUIRE(parsed);
        news.heard(*parsed);
    }
    return news;
}

const std::string with_notify = "IMAP4rev1 LITERAL+ IDLE ESEARCH UNSELECT NOTIFY";

// A mirror that polls only after minutes, at its origin with 20 mailboxes.
struct Informed {
    World world;
    Account account;
    Watcher watcher{*world.archive};
    std::unique_ptr<Mirror> mirror;

    explicit Informed(const std::function<void(OriginState&)>& arrange = {}) {
        world.origin.with([&](OriginState& state) {
            state.capabilities = with_notify;
            state.mailboxes["INBOX"].add("first");
            for (int i = 1; i < 20; ++i) state.mailboxes[fmt::format("Box{}", i)].add("first");
            if (arrange) arrange(state);
        });
        account = world.origin.account();
        account.poll_every = std::chrono::hours(24);
        mirror = std::make_unique<Mirror>(world.runtime, world.pool, *world.archive, account);
        mirror->start();
        REQUIRE(has_sightings(20));
        while (mirror->report().state != State::watching) std::this_thread::yield();
    }
    ~Informed() { mirror->stop(); }
    bool has_sightings(std::uint64_t count) {
        return watcher.wait([&] { return world.archive->totals()->sightings >= count; });
    }
};

}  // namespace

TEST_CASE("news of mailboxes without end is too much, and costs bounded memory") {
    std::vector<std::string> responses{"* STATUS " + std::string(News::name_longest + 1, 'x') +
                                       " (MESSAGES 1)"};
    CHECK_FALSE(after(responses).any());
    for (std::size_t i = 0; i <= News::mailboxes_most; ++i)
        responses.push_back(fmt::format("* STATUS box{} (MESSAGES 1)", i));
    auto news = after(responses);
    CHECK(news.take_overflow());
    CHECK(news.take_mailboxes().size() == News::mailboxes_most);
}

TEST_CASE("news is what is told of other mailboxes, and how deep to look for it") {
    struct Row {
        std::vector<std::string> responses;
        std::map<std::string, Depth> mailboxes;
        bool listing = false, overflow = false;
    };
    const Row table[] = {
        {{"* 3 EXISTS", "* OK Still here", "* 1 FETCH (FLAGS ())"}, {}},
        {{"* STATUS misc (UIDNEXT 999 MESSAGES 1)"}, {{"misc", Depth::quick}}},
        {{"* STATUS misc (UNSEEN 0)"}, {{"misc", Depth::thorough}}},
        {{"* STATUS misc (UIDVALIDITY 1 HIGHESTMODSEQ 7)"}, {{"misc", Depth::quick}}},
        {{"* STATUS misc (UNSEEN 0)", "* STATUS misc (MESSAGES 1)"}, {{"misc", Depth::thorough}}},
        {{"* LIST () \"/\" new (\"OLDNAME\" (old))"}, {}, true},
        {{"* LIST (\\NonExistent) \"/\" old"}, {}, true},
        {{"* OK [NOTIFICATIONOVERFLOW] too much"}, {}, false, true},
    };
    for (const auto& row : table) {
        CAPTURE(row.responses);
        auto news = after(row.responses);
        CHECK(news.any() == (!row.mailboxes.empty() || row.listing || row.overflow));
        CHECK(news.take_mailboxes() == row.mailboxes);
        CHECK(news.take_listing() == row.listing);
        CHECK(news.take_overflow() == row.overflow);
        CHECK_FALSE(news.any());
    }
}

TEST_CASE("a message in any of twenty mailboxes is found without a poll, over one connection") {
    Informed informed;
    std::uint64_t sightings = 20;
    for (const auto* mailbox : {"Box1", "Box19", "INBOX", "Box7", "Box7"}) {
        CAPTURE(mailbox);
        informed.world.origin.with([&](OriginState& state) {
            state.mailboxes[mailbox].add(fmt::format("new {}", sightings));
        });
        CHECK(informed.has_sightings(++sightings));
    }
    // Many at once, while the mirror is busy.
    informed.world.origin.with([&](OriginState& state) {
        for (auto& [name, box] : state.mailboxes) box.add("to all, " + name);
    });
    CHECK(informed.has_sightings(sightings + 20));
    informed.world.origin.with([&](OriginState& state) {
        CHECK(state.notifies == 1);
        CHECK(state.sessions == 1);
        CHECK(state.changes.empty());
    });
}

TEST_CASE("what changes while the first pass is at work is told as well") {
    Informed informed([](OriginState& state) {
        state.on_fetch = [](OriginState& later) { later.mailboxes["Box3"].add("meanwhile"); };
    });
    CHECK(informed.has_sightings(21));
}

TEST_CASE("news of a mailbox that came, was renamed or lost a message is followed") {
    Informed informed;
    auto& origin = informed.world.origin;
    origin.with([](OriginState& state) { state.mailboxes["Another"].add("in a new one"); });
    CHECK(informed.has_sightings(21));
    origin.with([](OriginState& state) {
        auto box = state.mailboxes.extract("Another");
        box.key() = "Renamed";
        state.mailboxes.insert(std::move(box));
    });
    CHECK(informed.watcher.wait([&] { return informed.world.present("Renamed").size() == 1; }));
    origin.with([](OriginState& state) { state.mailboxes["Box2"].expunge(1); });
    CHECK(informed.watcher.wait([&] { return informed.world.present("Box2").empty(); }));
}

TEST_CASE("an origin that has too much to tell is asked again, and nothing is missed") {
    Informed informed([](OriginState& state) { state.overflow = true; });
    auto& origin = informed.world.origin;
    for (const std::uint64_t wanted : {21U, 22U}) {
        origin.with([&](OriginState& state) {
            state.mailboxes["Box5"].add(fmt::format("number {}", wanted));
        });
        CHECK(informed.has_sightings(wanted));
    }
    origin.with([](OriginState& state) { CHECK(state.notifies == 2); });
}

TEST_CASE("an origin that knows fewer events is asked for those of messages alone") {
    Informed informed([](OriginState& state) { state.unknown_events = {"MAILBOXNAME"}; });
    informed.world.origin.with([](OriginState& state) { state.mailboxes["Box5"].add("new"); });
    CHECK(informed.has_sightings(21));
}

TEST_CASE("an origin that refuses NOTIFY, or falls over it, is mirrored with IDLE") {
    const bool dies = GENERATE(false, true);
    Informed informed([&](OriginState& state) {
        state.dies_of_notify = dies;
        state.unknown_events = {"MESSAGENEW"};
    });
    informed.world.origin.with([](OriginState& state) { state.mailboxes["INBOX"].add("new"); });
    CHECK(informed.has_sightings(21));
    informed.world.origin.with([](OriginState& state) { CHECK(state.notifies == 0); });
}

}  // namespace mailhold::imap::sync

// Gmail's X-GM-EXT-1: each message comes once, its labels are on record in the course of time, and no id is believed
// where something contradicts it.
#include <fmt/format.h>

#include <algorithm>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

using What = store::Event::What;
using Labels = std::vector<std::string>;

constexpr const char* all_mail = "[Gmail]/All Mail";
constexpr const char* trash = "[Gmail]/Trash";

// Three messages in All Mail, two of them labelled; one in Trash.
void arrange(OriginState& state) {
    state.capabilities += " CONDSTORE X-GM-EXT-1";
    auto& all = state.mailboxes[all_mail];
    all.attributes = "\\HasNoChildren \\All";
    for (const auto* octets : {"first", "second one", "third message"}) all.add(octets);
    all.label(1, R"("\\Inbox" Work)");
    all.label(2, R"(\Sent "Entw&APw-rfe 1" {6}
a)b"c))");
    auto& deleted = state.mailboxes[trash];
    deleted.attributes = "\\Trash";
    deleted.add("thrown away");
    state.mailboxes["INBOX"].add("first");
    state.mailboxes["Work"].add("third message");
    state.mailboxes["Work"].add("first");
}

struct Gmail {
    World world;
    explicit Gmail(const std::function<void(OriginState&)>& more = {}) {
        world.origin.with([&](OriginState& state) {
            arrange(state);
            // A label of many octets has CR LF in its literal only.
            auto& labels = state.mailboxes[all_mail].messages[2].labels;
            labels.replace(labels.find('\n'), 1, "\r\n");
            if (more) more(state);
        });
    }
    std::size_t fetched(const std::function<void(OriginState&)>& change = {},
                        Task task = Task::pass) {
        std::size_t before = 0, after = 0;
        world.origin.with([&](OriginState& state) {
            before = state.bodies;
            if (change) change(state);
        });
        CHECK(world.run({}, task));
        world.origin.with([&](OriginState& state) { after = state.bodies; });
        check_level();
        return after - before;
    }
    void check_level() {
        for (const auto* mailbox : {all_mail, trash, "INBOX", "Work"})
            CHECK(world.present(mailbox) == world.at_origin(mailbox));
        CHECK(world.archive->totals()->awaited == 0);
        world.origin.with([](OriginState& state) { CHECK(state.changes.empty()); });
    }
    // What was told of the message's labels, one after the other: "Work: a, b".
    std::vector<std::string> labels_of(std::string_view octets) {
        std::vector<std::string> told;
        const auto message = world.archive->find(sha256(octets));
        REQUIRE(message);
        const auto events = *world.archive->history(message->number);
        for (const auto& event : events) {
            if (event.what == What::labels)
                told.push_back(
                    fmt::format("{}: {}", event.generation.mailbox, fmt::join(event.labels, ", ")));
        }
        return told;
    }
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("Gmail: All Mail is had first, and what it holds comes once") {
    Gmail gmail;
    CHECK(gmail.fetched() == 4);
    gmail.world.origin.with([](OriginState& state) { CHECK(state.examined.front() == all_mail); });
    CHECK(gmail.labels_of("first") == Told{"[Gmail]/All Mail: Work, \\Inbox"});
    CHECK(gmail.labels_of("second one") ==
          Told{"[Gmail]/All Mail: Entw\xc3\xbcrfe 1, \\Sent, a)b\"c)"});
    CHECK(gmail.labels_of("third message") == Told{"[Gmail]/All Mail: "});
    CHECK(gmail.labels_of("thrown away") == Told{"[Gmail]/Trash: "});

    // Moved out of the trash, after a restart; new mail, and what changes with it.
    CHECK(gmail.fetched([](OriginState& state) {
        state.mailboxes[trash].expunge(1);
        state.mailboxes["INBOX"].add("thrown away");
        state.mailboxes[all_mail].add("thrown away");
        state.mailboxes[all_mail].add("new");
        state.mailboxes["INBOX"].add("new");
        state.mailboxes[all_mail].label(4, R"("\\Inbox")");
    }) == 1);
    CHECK(gmail.labels_of("thrown away") == Told{"[Gmail]/Trash: ", "[Gmail]/All Mail: \\Inbox"});
    CHECK(gmail.fetched({}, Task::reconciliation) == 0);
    const auto report = (*gmail.world.archive->balances()).at(0).reconciled.value();
    CHECK(report.missing + report.replaced + report.gone + report.unaccounted == 0);
    CHECK(store::verify(gmail.world.folder)->problems.empty());
}

TEST_CASE("Gmail: new mail that several connections are told of comes once too") {
    for (const std::size_t connections : {1u, 3u}) {
        CAPTURE(connections);
        Gmail gmail;
        auto account = gmail.world.origin.account();
        account.connections = connections;
        account.poll_every = std::chrono::seconds(600);
        Watcher watcher(*gmail.world.archive);
        Mirror mirror(gmail.world.runtime, gmail.world.pool, *gmail.world.archive, account);
        mirror.start();
        REQUIRE(watcher.wait([&] { return gmail.world.present("INBOX").size() == 1; }));
        REQUIRE(watcher.wait([&] { return gmail.world.present(trash).size() == 1; }));
        for (const std::size_t messages : {2u, 3u, 4u}) {
            gmail.world.origin.with([&](OriginState& state) {
                const auto octets = fmt::format("new {}", messages);
                state.mailboxes["INBOX"].add(octets);
                state.mailboxes[all_mail].add(octets);
            });
            REQUIRE(watcher.wait([&] { return gmail.world.present("INBOX").size() == messages; }));
        }
        mirror.stop();
        gmail.check_level();
        gmail.world.origin.with([](OriginState& state) { CHECK(state.bodies == 7); });
    }
}

TEST_CASE("Gmail: labels that change are on record, each change once") {
    Gmail gmail;
    gmail.fetched();
    CHECK(gmail.fetched([](OriginState& state) {
        state.mailboxes[all_mail].label(1, "Work \"Paid &- done\"");
        state.mailboxes["INBOX"].expunge(1);
        state.mailboxes["Work"].flag(2, {"\\Seen"});
    }) == 0);
    gmail.fetched();
    gmail.fetched([](OriginState& state) { state.mailboxes[all_mail].flag(1, {"\\Seen"}); });
    gmail.fetched([](OriginState& state) { state.mailboxes[all_mail].label(1, ""); });
    gmail.fetched({}, Task::reconciliation);
    CHECK(gmail.labels_of("first") == Told{"[Gmail]/All Mail: Work, \\Inbox",
                                           "[Gmail]/All Mail: Paid & done, Work",
                                           "[Gmail]/All Mail: "});
}

TEST_CASE("Gmail: a change that the mailbox does not show is found by a reconciliation") {
    Gmail gmail;
    gmail.fetched();
    gmail.world.origin.with([](OriginState& state) {
        state.mailboxes[all_mail].messages.at(1).labels = "Home";  // without a new MODSEQ
    });
    gmail.fetched();
    CHECK(gmail.labels_of("first").size() == 1);
    gmail.fetched({}, Task::reconciliation);
    CHECK(gmail.labels_of("first").back() == "[Gmail]/All Mail: Home");
}

TEST_CASE(
    "Gmail: without All Mail each mailbox tells the labels, and most comes once all the same") {
    Gmail gmail([](OriginState& state) {
        state.mailboxes[all_mail].attributes = "";
        state.mailboxes["INBOX"].label(1, "Work");
    });
    CHECK(gmail.fetched() == 4);
    const auto told = gmail.labels_of("first");
    CHECK(std::ranges::count(told, "INBOX: Work") == 1);
    CHECK(std::ranges::count(told, "[Gmail]/All Mail: Work, \\Inbox") == 1);
}

TEST_CASE("Gmail: an id alone is not enough") {
    SECTION("another size") {
        Gmail gmail([](OriginState& state) {
            auto& mailboxes = state.mailboxes;
            mailboxes[all_mail].messages[1].gmail_id = 77;
            mailboxes["INBOX"].messages[1] = {"longer than the first", {}, 2, {}};
            mailboxes["INBOX"].messages[1].gmail_id = 77;
        });
        CHECK(gmail.fetched() == 6);  // "first" in Work has an id of its own here
        // Two messages under one id: it tells nothing any more.
        CHECK(gmail.fetched([](OriginState& state) {
            const auto uid = state.mailboxes["Work"].add("firsT");
            state.mailboxes["Work"].messages[uid].gmail_id = 77;
        }) == 1);
    }
    SECTION("another account") {
        Gmail gmail;
        gmail.fetched();
        const auto as_bob = [](Account& account) { account.name = "bob"; };
        std::size_t before = 0;
        gmail.world.origin.with([&](OriginState& state) { before = state.bodies; });
        CHECK(gmail.world.run(as_bob));
        gmail.world.origin.with([&](OriginState& state) { CHECK(state.bodies - before == 4); });
    }
    SECTION("a reconciliation trusts none") {
        Gmail gmail;
        gmail.fetched();
        CHECK(gmail.fetched([](OriginState& state) { state.mailboxes["INBOX"].add("second one"); },
                            Task::reconciliation) == 1);
    }
    SECTION("no id, or one that cannot be read") {
        Gmail gmail(
            [](OriginState& state) { state.mailboxes[all_mail].label(3, "nested (list)"); });
        CHECK(gmail.fetched() == 4);
        CHECK(gmail.labels_of("third message").empty());
    }
}

TEST_CASE("Gmail: wherever the line is cut, nothing is lost, and labels are there") {
    for (std::size_t cut = 1;; ++cut) {
        CAPTURE(cut);
        Gmail gmail([&](OriginState& state) { state.cut_at = cut; });
        for (int attempt = 0; attempt < 3; ++attempt)
            if (gmail.world.run()) break;
        gmail.check_level();
        CHECK(gmail.labels_of("first") == Told{"[Gmail]/All Mail: Work, \\Inbox"});
        CHECK(gmail.labels_of("second one").size() == 1);
        CHECK(gmail.labels_of("thrown away") == Told{"[Gmail]/Trash: "});
        bool whole = false;
        gmail.world.origin.with([&](OriginState& state) {
            whole = state.writes < cut;
            CHECK(state.bodies <= (whole ? 4 : 4 + 4));  // what was under way comes again
        });
        if (whole) break;
    }
}

}  // namespace mailhold::imap::sync

// History: what moves and what is renamed at the origin goes on record as such.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/unit/sync/world.hpp"

namespace mailhold::imap::sync {
namespace {

using What = store::Event::What;

// Of the message with these octets: "INBOX:1 > Work:2" for a move, "Work > Play" for a rename.
std::vector<std::string> traces(World& world, std::string_view octets) {
    std::vector<std::string> lines;
    const auto message = world.archive->find(sha256(octets));
    if (!message) return lines;
    const auto events = *world.archive->history(message->number);
    for (const auto& event : events) {
        if (event.what == What::moved)
            lines.push_back(fmt::format("{}:{} > {}:{}", event.generation.mailbox,
                                        number(event.uid), event.other_mailbox,
                                        number(event.other_uid)));
        if (event.what == What::mailbox_renamed)
            lines.push_back(fmt::format("{} > {}", event.generation.mailbox, event.other_mailbox));
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a message that vanished from one mailbox and came in another has moved") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].add("a");
        state.mailboxes["INBOX"].add("b");
        state.mailboxes["Work"].add("c");
    });
    REQUIRE(world.run());
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"].expunge(1);
        state.mailboxes["Work"].add("a");
        state.mailboxes["Work"].add("b");  // a copy: the one in INBOX stays
        state.mailboxes["Work"].expunge(1);
        state.mailboxes["Work"].add("c");  // not from another mailbox
    });
    for (int i = 0; i < 2; ++i) {
        REQUIRE(world.run());
        CHECK(traces(world, "a") == Lines{"INBOX:1 > Work:2"});
        CHECK(traces(world, "b").empty());
        CHECK(traces(world, "c").empty());
    }
    CHECK(store::verify(world.folder)->problems.empty());
}

TEST_CASE("a mailbox that went is the one that came with the same messages under the same UIDs") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"];
        state.mailboxes["Work"].add("a");
        state.mailboxes["Work"].add("b");
        state.mailboxes["Old"].add("c");
    });
    REQUIRE(world.run());
    world.origin.with([](OriginState& state) {
        state.mailboxes["Play"] = state.mailboxes["Work"];
        state.mailboxes["Play"].add("d");
        state.mailboxes.erase("Work");
        state.mailboxes.erase("Old");
        state.mailboxes["New"].add("e");
    });
    REQUIRE(world.run());
    CHECK(traces(world, "a") == Lines{"Work > Play"});
    CHECK(traces(world, "c").empty());
    REQUIRE(world.run());
    CHECK(traces(world, "b") == Lines{"Work > Play"});
    CHECK(store::verify(world.folder)->problems.empty());
}

TEST_CASE("all that was ever seen in a mailbox can be read, with what vanished, and stays") {
    World world;
    world.origin.with([](OriginState& state) {
        state.mailboxes["INBOX"];
        state.mailboxes["Work"].add("a");
        state.mailboxes["Work"].add("b");
    });
    REQUIRE(world.run());
    world.origin.with([](OriginState& state) { state.mailboxes["Work"].expunge(1); });
    REQUIRE(world.run());
    const auto uids = [&](store::MailboxKind kind) {
        std::vector<Uid> uids;
        const auto mailboxes = *world.archive->mailboxes();
        for (const auto& one : mailboxes) {
            if (one.kind != kind || one.origin_name != "Work") continue;
            const auto snapshot = *world.archive->snapshot(one.id);
            for (const auto& entry : snapshot->entries) uids.push_back(entry.uid);
        }
        return uids;
    };
    CHECK(uids(store::MailboxKind::mirrored) == std::vector{Uid{2}});
    CHECK(uids(store::MailboxKind::ever_seen) == std::vector{Uid{1}, Uid{2}});
    world.origin.with([](OriginState& state) { state.mailboxes.erase("Work"); });
    REQUIRE(world.run());
    CHECK(uids(store::MailboxKind::mirrored).empty());
    CHECK(uids(store::MailboxKind::ever_seen) == std::vector{Uid{1}, Uid{2}});
}

}  // namespace mailhold::imap::sync

// The rules of the projection, as scripts of records and what the mailboxes show after them.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "script.hpp"

namespace mailhold::store::catalog::test {
namespace {

struct Case {
    const char* what;
    const char* script;
    const char* shown;
};

void check(const std::vector<Case>& cases) {
    for (const auto& [what, script, expected] : cases) {
        INFO(what);
        CHECK(shown_after(script) == expected);
    }
}

}  // namespace

TEST_CASE("messages appear in their mailbox and once in all mail") {
    check({
        {"local UIDs go by first appearance, not by the origin's UIDs",
         R"(store a
            store b
            account
            list INBOX
            open INBOX/7
            see INBOX/7:20 b \Seen
            see INBOX/7:10 a)",
         "All mail 1:b(\\Seen) 2:a()\nINBOX 1:b(\\Seen) 2:a()\n"},
        {"the same bytes twice are one message, and one entry of all mail",
         R"(store a
            store a
            see INBOX/7:1 a
            see INBOX/7:2 a
            see Work/1:1 a)",
         "All mail 1:a()\nINBOX 1:a() 2:a()\nWork 1:a()\n"},
        {"facts that nobody prepared make their account, mailbox and generation",
         "store a\n see INBOX/7:1 a", "All mail 1:a()\nINBOX 1:a()\n"},
        {"a sighting told twice is one",
         "store a\n see INBOX/7:1 a \\Seen\n see INBOX/7:1 a \\Seen",
         "All mail 1:a(\\Seen)\nINBOX 1:a(\\Seen)\n"},
        {"records of unknown kinds are passed over",
         "unknown\n store a\n unknown\n see INBOX/7:1 a\n unknown",
         "All mail 1:a()\nINBOX 1:a()\n"},
        {"other bytes under the same UID are another message, with a local UID of its own",
         R"(store a
            store b
            see INBOX/7:1 a
            see INBOX/7:1 b)",
         "All mail 1:a() 2:b()\nINBOX 2:b()\n"},
        {"and the first bytes come back under theirs",
         R"(store a
            store b
            see INBOX/7:1 a
            see INBOX/7:1 b
            see INBOX/7:1 a)",
         "All mail 1:a() 2:b()\nINBOX 1:a()\n"},
    });
}

TEST_CASE("a sighting of bytes that no record before it holds is kept in quarantine") {
    CHECK(shown_after("see INBOX/7:1 a") == "INBOX\n");
    CHECK(shown_after("see INBOX/7:1 a\n store a\n see INBOX/7:1 a") ==
          "All mail 1:a()\nINBOX 1:a()\n");
    CHECK(shown_after("store a\n see INBOX/7:1 a\n see INBOX/7:1 b") ==
          "All mail 1:a()\nINBOX 1:a()\n");
    const Folder folder;
    const auto writer = CatalogWriter::open(folder.catalog()).value();
    const auto applied = apply_all(*writer, records_of("store a\n see INBOX/7:1 b"));
    CHECK(applied.value().dangling == std::vector{Sequence{1}});
    CHECK(apply_all(*writer, records_of("see INBOX/7:2 a", 2)).value().dangling.empty());
}

TEST_CASE("flags follow the origin, in all mail the latest seen") {
    check({
        {"flags", "store a\n see INBOX/7:1 a\n flags INBOX/7:1 \\Flagged \\Seen",
         "All mail 1:a(\\Flagged \\Seen)\nINBOX 1:a(\\Flagged \\Seen)\n"},
        {"of a UID nobody saw: nothing",
         "store a\n see INBOX/7:1 a\n flags INBOX/7:2 \\Seen\n flags Work/1:1 \\Seen",
         "All mail 1:a()\nINBOX 1:a()\n"},
        {"a second sighting of a standing UID brings flags",
         "store a\n see INBOX/7:1 a\n see INBOX/7:1 a \\Seen",
         "All mail 1:a(\\Seen)\nINBOX 1:a(\\Seen)\n"},
        {"of two places, the later one rules all mail",
         R"(store a
            see INBOX/7:1 a
            see Work/1:1 a \Seen
            flags INBOX/7:1 \Draft)",
         "All mail 1:a(\\Draft)\nINBOX 1:a(\\Draft)\nWork 1:a(\\Seen)\n"},
    });
}

TEST_CASE("what vanished leaves its mailbox, never all mail, and comes back under its local UID") {
    check({
        {"vanished", "store a\n store b\n see INBOX/7:1 a\n see INBOX/7:2 b\n vanish INBOX/7:1,5",
         "All mail 1:a() 2:b()\nINBOX 2:b()\n"},
        {"seen again",
         R"(store a
            store b
            see INBOX/7:1 a
            see INBOX/7:2 b
            vanish INBOX/7:1
            see INBOX/7:1 a \Seen)",
         "All mail 1:a(\\Seen) 2:b()\nINBOX 1:a(\\Seen) 2:b()\n"},
        {"the number of a vanished entry is not used again",
         "store a\n store b\n see INBOX/7:1 a\n vanish INBOX/7:1\n see INBOX/7:2 b",
         "All mail 1:a() 2:b()\nINBOX 2:b()\n"},
        {"flags of a vanished UID change nothing",
         "store a\n see INBOX/7:1 a\n vanish INBOX/7:1\n flags INBOX/7:1 \\Seen",
         "All mail 1:a()\nINBOX\n"},
    });
}

TEST_CASE("a new generation takes over the entries of the same bytes") {
    const std::string before = R"(store a
        store b
        store c
        see INBOX/7:1 a \Seen
        see INBOX/7:2 b
        synced INBOX/7
        open INBOX/8
        )";
    const auto after = [&](const char* script) { return shown_after(before + script); };
    const std::string all = "All mail 1:a(\\Seen) 2:b()\n";
    CHECK(after("") == all + "INBOX 1:a(\\Seen) 2:b()\n");
    // All the same, in another order.
    CHECK(after("see INBOX/8:1 b\n see INBOX/8:2 a \\Seen\n synced INBOX/8") ==
          all + "INBOX 1:a(\\Seen) 2:b()\n");
    // Some the same, with other flags; one new.
    CHECK(after("see INBOX/8:1 b \\Flagged\n see INBOX/8:2 c\n synced INBOX/8") ==
          "All mail 1:a(\\Seen) 2:b(\\Flagged) 3:c()\nINBOX 2:b(\\Flagged) 3:c()\n");
    // None the same: the old ones stand until the new generation is complete.
    CHECK(after("see INBOX/8:1 c") ==
          all.substr(0, all.size() - 1) + " 3:c()\nINBOX 1:a(\\Seen) 2:b() 3:c()\n");
    CHECK(after("see INBOX/8:1 c\n synced INBOX/8") ==
          "All mail 1:a(\\Seen) 2:b() 3:c()\nINBOX 3:c()\n");
    CHECK(after("synced INBOX/8") == all + "INBOX\n");
    // A copy more than before is a new entry.
    CHECK(after("see INBOX/8:1 a \\Seen\n see INBOX/8:2 a\n synced INBOX/8") ==
          "All mail 1:a() 2:b()\nINBOX 1:a(\\Seen) 3:a()\n");
    // What had vanished before is not matched.
    CHECK(after("vanish INBOX/7:1\n see INBOX/8:9 a \\Seen\n synced INBOX/8") ==
          all + "INBOX 3:a(\\Seen)\n");
    // Facts about the old generation that come late still find their entries, until those are taken
    // over.
    CHECK(after("flags INBOX/7:2 \\Seen") ==
          "All mail 1:a(\\Seen) 2:b(\\Seen)\nINBOX 1:a(\\Seen) 2:b(\\Seen)\n");
    CHECK(after("see INBOX/8:1 b\n flags INBOX/7:2 \\Seen\n vanish INBOX/7:2") ==
          all + "INBOX 1:a(\\Seen) 2:b()\n");
}

TEST_CASE("duplicates in one mailbox are matched one to one, the lowest local UID first") {
    check({
        {"two of three are left",
         R"(store a
            see INBOX/7:1 a
            see INBOX/7:2 a \Seen
            see INBOX/7:3 a
            open INBOX/8
            see INBOX/8:1 a
            see INBOX/8:2 a
            synced INBOX/8)",
         "All mail 1:a()\nINBOX 1:a() 2:a()\n"},
        {"a third generation before the second was complete",
         R"(store a
            store b
            see INBOX/7:1 a
            see INBOX/7:2 b
            open INBOX/8
            see INBOX/8:1 b
            open INBOX/9
            see INBOX/9:1 b
            see INBOX/9:2 a
            synced INBOX/9)",
         "All mail 1:a() 2:b()\nINBOX 1:a() 2:b()\n"},
    });
}

TEST_CASE("a generation that comes back is the current one again") {
    check({
        {"its sightings are known, and so are their local UIDs",
         R"(store a
            store b
            see INBOX/7:1 a
            see INBOX/7:2 b
            open INBOX/8
            see INBOX/8:1 b
            synced INBOX/8
            open INBOX/7
            see INBOX/7:1 a
            see INBOX/7:2 b
            synced INBOX/7)",
         "All mail 1:a() 2:b()\nINBOX 1:a() 2:b()\n"},
        {"an entry that another UID took over meanwhile is not taken away from it",
         R"(store a
            see INBOX/7:1 a
            open INBOX/8
            see INBOX/8:1 a
            open INBOX/7
            see INBOX/7:9 a
            see INBOX/7:1 a
            synced INBOX/7)",
         "All mail 1:a()\nINBOX 1:a() 2:a()\n"},
    });
}

TEST_CASE("a mailbox that is gone shows nothing and comes back as it was") {
    const std::string before = R"(store a
        store b
        list INBOX
        list Work
        see Work/1:1 a \Seen
        see Work/1:2 b
        gone Work
        )";
    const auto after = [&](const char* script) { return shown_after(before + script); };
    CHECK(after("") == "All mail 1:a(\\Seen) 2:b()\nINBOX\nWork gone\n");
    CHECK(after("gone Work\n gone Nothing") == "All mail 1:a(\\Seen) 2:b()\nINBOX\nWork gone\n");
    CHECK(after("list Work") == "All mail 1:a(\\Seen) 2:b()\nINBOX\nWork 1:a(\\Seen) 2:b()\n");
    // The same UIDVALIDITY: what is sighted again keeps its local UID, what is not vanishes.
    CHECK(after("list Work\n see Work/1:2 b\n vanish Work/1:1\n synced Work/1") ==
          "All mail 1:a(\\Seen) 2:b()\nINBOX\nWork 2:b()\n");
    // Made anew: matched by content.
    CHECK(after("list Work\n open Work/2\n see Work/2:1 b\n synced Work/2") ==
          "All mail 1:a(\\Seen) 2:b()\nINBOX\nWork 2:b()\n");
    // Facts that arrive late do not bring it back.
    CHECK(after("see Work/1:3 a") == "All mail 1:a() 2:b()\nINBOX\nWork gone\n");
}

TEST_CASE("mailbox names are mapped, and told apart where they meet") {
    check({
        {"separators",
         "list Work.2024 .\n list a/b .\n list x.y none\n list inbox.Sub .\n list inbox .",
         "Work/2024\na\u2215b\nx.y\nINBOX/Sub\nINBOX\n"},
        {"collisions", "list INBOX\n list Inbox\n list inbox", "INBOX\nINBOX (2)\nINBOX (3)\n"},
        {"a name stays with its mailbox when the other is gone",
         "list INBOX\n list Inbox\n gone INBOX\n list Inbox / \\X", "INBOX gone\nINBOX (2)\n"},
        {"another separator, another name", "list a.b none\n list a.b .", "a/b\n"},
    });
}

TEST_CASE("changes carry the position of their record") {
    const Folder folder;
    const auto writer = CatalogWriter::open(folder.catalog()).value();
    const auto reader = CatalogReader::open(folder.catalog()).value();
    const auto apply = [&](const char* script) {
        return apply_all(*writer, records_of(script, number(writer->next()))).value();
    };
    const auto inbox = [&] { return reader->snapshot(MailboxId{2}).value(); };

    auto applied = apply("account");
    CHECK(applied.mailbox_list);
    CHECK(applied.mailboxes == std::vector{MailboxId{1}});
    applied = apply("list INBOX");
    CHECK(applied.mailbox_list);
    CHECK(inbox()->mailbox.highest_modseq == ModSeq{2});
    applied = apply("open INBOX/7\n store a\n store b\n see INBOX/7:1 a\n see INBOX/7:2 b");
    CHECK_FALSE(applied.mailbox_list);
    CHECK(applied.mailboxes == std::vector{MailboxId{1}, MailboxId{2}, ever_seen_of(MailboxId{2})});
    CHECK(applied.last_message == MessageNumber{2});
    CHECK(inbox()->entries[0].modseq == ModSeq{6});
    CHECK(inbox()->entries[1].modseq == ModSeq{7});
    apply("flags INBOX/7:1 \\Seen");  // record 7
    CHECK(inbox()->entries[0].modseq == ModSeq{8});
    CHECK(inbox()->entries[1].modseq == ModSeq{7});
    CHECK(apply("flags INBOX/7:1 \\Seen\n synced INBOX/7").mailboxes.empty());
    apply("vanish INBOX/7:1");  // record 10
    CHECK(inbox()->mailbox.highest_modseq == ModSeq{11});
    CHECK(apply("open INBOX/8").mailboxes.empty());
    // Taken over with another date: that is a change of the entry; all mail keeps the first date.
    applied = apply("see INBOX/8:5 b");  // record 12
    CHECK(applied.mailboxes == std::vector{MailboxId{2}, ever_seen_of(MailboxId{2})});
    CHECK(inbox()->entries[0].internal_date ==
          ZonedSeconds{UtcSeconds(std::chrono::seconds(5)), 60});
    CHECK(inbox()->entries[0].modseq == ModSeq{13});
    CHECK(reader->snapshot(MailboxId{1}).value()->entries[1].internal_date.utc ==
          UtcSeconds(std::chrono::seconds(2)));
    // Gone and back: every entry is new to a client that saw it go.
    applied = apply("gone INBOX");
    CHECK(applied.mailbox_list);
    CHECK(applied.mailboxes == std::vector{MailboxId{2}});
    CHECK(inbox()->mailbox.highest_modseq == ModSeq{14});
    apply("list INBOX");  // record 14
    CHECK(inbox()->entries[0].modseq == ModSeq{15});
}

TEST_CASE("local UIDVALIDITY is the time of the record, distinct, and stays") {
    const Folder folder;
    const auto writer = CatalogWriter::open(folder.catalog()).value();
    auto records = records_of("account\n list A\n list B\n list C\n list D\n list A none");
    records[2].time = records[1].time;
    records[3].time = UtcMicros(std::chrono::seconds(-5));
    records[4].time = UtcMicros(std::chrono::hours(24 * 365 * 500));
    REQUIRE(apply_all(*writer, records));
    const auto mailboxes = CatalogReader::open(folder.catalog()).value()->mailboxes().value();
    std::vector<std::uint32_t> values;
    for (const auto& mailbox : mailboxes)
        if (mailbox.kind != MailboxKind::ever_seen) values.push_back(number(mailbox.uidvalidity));
    CHECK(values ==
          std::vector<std::uint32_t>{1'000'000, 1'000'001, 1'000'002, 1'000'003, 0xf000'0000});
}

}  // namespace mailhold::store::catalog::test

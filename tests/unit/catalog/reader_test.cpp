// What readers answer: places, sync's memory, totals, summaries; and readers beside a writer.
#include <fmt/format.h>
#include <atomic>
#include <catch2/catch.hpp>
#include <string>

#include "script.hpp"
#include "store/base/threads.hpp"

namespace mailhold::store::catalog::test {
namespace {

struct Catalog {
    explicit Catalog(std::string_view script) { apply(script); }
    void apply(std::string_view script) {
        REQUIRE(apply_all(*writer, records_of(script, number(writer->next()))));
    }
    Folder folder;
    std::unique_ptr<CatalogWriter> writer = CatalogWriter::open(folder.catalog()).value();
    std::unique_ptr<CatalogReader> reader = CatalogReader::open(folder.catalog()).value();
};

std::string text_of(const std::vector<Standing>& present,
                    const std::map<FlagSetId, FlagSet>& sets) {
    std::string text;
    for (const auto& one : present) {
        text += std::to_string(number(one.uid)) + "(";
        for (const auto& flag : sets.at(one.flags)) text += flag;
        text += ")";
    }
    return text;
}

}  // namespace

TEST_CASE("a message is found by digest and number, with its place") {
    const Catalog catalog("store a\n account\n store b\n store a\n store c");
    const auto b = catalog.reader->find(digest_of("b")).value();
    CHECK(b == StoredMessage{.number = MessageNumber{2},
                             .digest = digest_of("b"),
                             .size = 101,
                             .record = Sequence{2},
                             .segment = 0,
                             .offset = 2000,
                             .archived_at = UtcMicros(std::chrono::seconds(1'000'002))});
    CHECK(catalog.reader->message(MessageNumber{2}).value() == b);
    CHECK(catalog.writer->find(digest_of("b")).value() == b);
    CHECK(catalog.reader->find(digest_of("z")).error().code == Errc::not_found);
    CHECK(catalog.reader->message(MessageNumber{4}).error().code == Errc::not_found);
    CHECK_FALSE(catalog.writer->find(digest_of("z")).value());
    const auto from = catalog.reader->messages(MessageNumber{2}, 9).value();
    REQUIRE(from.size() == 2);
    CHECK(from[1].digest == digest_of("c"));
    CHECK(catalog.reader->messages(MessageNumber{1}, 1).value().size() == 1);
    const auto totals = catalog.reader->totals().value();
    CHECK(totals.messages == 3);
    CHECK(totals.octets == 303);
    CHECK(totals.applied == Sequence{5});
}

TEST_CASE("locations tell every place a message ever stood, and where it still does") {
    const Catalog catalog(R"(store a
                             see INBOX/7:4 a \Seen
                             see Work/1:1 a
                             open INBOX/8
                             see INBOX/8:1 a \Flagged
                             vanish Work/1:1)");
    const auto places = catalog.reader->locations(MessageNumber{1}).value();
    REQUIRE(places.size() == 3);
    CHECK(places[0].generation == Generation{"alice", "INBOX", UidValidity{7}});
    CHECK(places[0].uid == Uid{4});
    CHECK(places[0].flags == FlagSet{"\\Seen"});
    CHECK(places[0].vanished);
    CHECK(places[1].generation.mailbox == "Work");
    CHECK(places[1].vanished);
    CHECK(places[2].generation.uidvalidity == UidValidity{8});
    CHECK(places[2].flags == FlagSet{"\\Flagged"});
    CHECK_FALSE(places[2].vanished);
    CHECK(places[2].mailbox == places[0].mailbox);
    CHECK(places[2].local_uid == Uid{1});
    CHECK(catalog.reader->locations(MessageNumber{9}).value().empty());
}

TEST_CASE("sync finds the state of a generation where it stopped") {
    Catalog catalog(R"(store a
                       store b
                       store c
                       see INBOX/7:9 c
                       see INBOX/7:1 a \Seen
                       see INBOX/7:2 b
                       vanish INBOX/7:2
                       stuck INBOX/7:12 no
                       stuck INBOX/7:3 no
                       stuck INBOX/7:9 no
                       synced INBOX/7 13)");
    const Generation seven{"alice", "INBOX", UidValidity{7}};
    const Generation eight{"alice", "INBOX", UidValidity{8}};
    auto state = catalog.reader->generation_state(seven).value();
    CHECK(state.generation == seven);
    CHECK(text_of(state.present, state.flag_sets) == "1(\\Seen)9()");
    CHECK(state.highest_uid == Uid{12});
    CHECK(state.synced_uidnext == Uid{13});
    CHECK(state.synced_modseq == ModSeq{3});
    CHECK(state.quarantined == std::vector{Uid{3}, Uid{12}});
    CHECK(catalog.reader->totals().value().quarantined == 2);
    CHECK(catalog.reader->totals().value().sightings == 3);

    catalog.apply("see INBOX/7:3 b\n vanish INBOX/7:12");
    state = catalog.reader->generation_state(seven).value();
    CHECK(state.quarantined.empty());
    CHECK(state.highest_uid == Uid{12});
    CHECK(text_of(state.present, state.flag_sets) == "1(\\Seen)3()9()");

    CHECK(catalog.reader->generation_state(eight).value().present.empty());
    catalog.apply("stuck INBOX/7:20 no\n open INBOX/8\n see INBOX/8:1 a");
    CHECK(catalog.reader->generations("alice", "INBOX").value() == std::vector{seven, eight});
    state = catalog.reader->generation_state(eight).value();
    CHECK(text_of(state.present, state.flag_sets) == "1()");
    CHECK(state.synced_uidnext == Uid{});
    CHECK(catalog.reader->totals().value().quarantined == 1);
    catalog.apply("synced INBOX/8");
    CHECK(catalog.reader->totals().value().quarantined == 0);
    CHECK(catalog.reader->generation_state(seven).value().present.empty());
    catalog.apply("open INBOX/7");
    CHECK(catalog.reader->generations("alice", "INBOX").value() == std::vector{eight, seven});
    CHECK(catalog.reader->generation_state(seven).value().synced_uidnext == Uid{});
    CHECK(catalog.reader->generations("alice", "Nothing").value().empty());
}

TEST_CASE("of a generation the newest messages are named, and the others counted") {
    Catalog catalog(R"(store a
                       store b
                       store c
                       store d
                       see INBOX/7:9 a \Seen
                       see INBOX/7:1 b
                       see INBOX/7:4 c
                       see INBOX/7:6 d
                       see Work/7:1 a
                       vanish INBOX/7:6
                       synced INBOX/7 10)");
    const Generation seven{"alice", "INBOX", UidValidity{7}};
    const auto told = [&](const Generation& generation, std::size_t newest) {
        const auto state = catalog.reader->generation_state(generation, newest).value();
        CHECK(state.highest_uid >= Uid{9});
        return text_of(state.present, state.flag_sets) + "+" + std::to_string(state.unnamed);
    };
    CHECK(told(seven, 0) == "+3");
    CHECK(told(seven, 1) == "9(\\Seen)+2");
    CHECK(told(seven, 2) == "4()9(\\Seen)+1");
    CHECK(told(seven, 3) == "1()4()9(\\Seen)+0");

    catalog.apply("store e\n see INBOX/7:6 e");  // another message, in its place
    CHECK(told(seven, 2) == "6()9(\\Seen)+2");
    // While some of what the mailbox shows is of another generation, its count says nothing.
    catalog.apply("open INBOX/8\n see INBOX/8:9 a");
    const Generation eight{"alice", "INBOX", UidValidity{8}};
    CHECK(told(eight, 0) == "9()+0");
    CHECK(told(seven, 1) == "1()4()6()+0");
    catalog.apply("synced INBOX/8");
    CHECK(told(eight, 0) == "+1");
    CHECK(told(seven, 0) == "+0");
}

TEST_CASE("where those who vanished stand in the way of the newest, all are named") {
    Catalog catalog("store a\n store b\n see INBOX/7:1 a\n see INBOX/7:2 a");
    std::string script;
    for (int uid = 3; uid < 1'500; ++uid) script += fmt::format("see INBOX/7:{} b\n", uid);
    for (int uid = 3; uid < 1'500; ++uid) script += fmt::format("vanish INBOX/7:{}\n", uid);
    catalog.apply(script);
    const auto state = catalog.reader->generation_state({"alice", "INBOX", UidValidity{7}}, 1);
    CHECK(state->present.size() == 2);
    CHECK(state->unnamed == 0);
}

TEST_CASE("listings, exclusions and accounts are told as they were recorded") {
    const Catalog catalog(R"(store a
                             see Implied/1:1 a
                             account
                             account bob imaps://bob
                             list B . \Sent \HasNoChildren
                             list A none
                             list Old
                             gone Old
                             exclude Junk two
                             exclude Junk one
                             exclude Junk two)");
    CHECK(catalog.reader->listed("alice").value() ==
          std::vector<MailboxListed>{{"alice", "B", ".", {"\\Sent", "\\HasNoChildren"}},
                                     {"alice", "A", "", {}}});
    CHECK(catalog.reader->listed("carol").value().empty());
    CHECK(catalog.reader->exclusions("alice").value() ==
          std::vector<Excluded>{{"alice", "Junk", "one"}, {"alice", "Junk", "two"}});
    CHECK(catalog.reader->accounts().value() ==
          std::vector<AccountDeclared>{{"alice", "imaps://alice@mail.example.org"},
                                       {"bob", "imaps://bob"}});
    const auto mailboxes = catalog.reader->mailboxes().value();
    REQUIRE(mailboxes.size() == 6 + 4);
    CHECK(mailboxes[0].kind == MailboxKind::all_mail);
    CHECK(mailboxes[1].origin_name == "Implied");
    CHECK(mailboxes[2].account == "bob");
    CHECK(mailboxes[3].attributes == std::vector<std::string>{"\\Sent", "\\HasNoChildren"});
}

TEST_CASE("summaries are kept beside the projection and do not touch its fingerprint") {
    const Catalog catalog("store a\n store b");
    const auto before = catalog.writer->fingerprint().value();
    const std::vector numbers{MessageNumber{2}, MessageNumber{1}, MessageNumber{7}};
    const std::vector<std::pair<MessageNumber, Summary>> given{
        {MessageNumber{1}, {"env\0elope", "body", "", ""}},
        {MessageNumber{1}, {"envelope", "body", "structure", "-"}}};
    REQUIRE(catalog.writer->put_summaries(given));
    const auto found = catalog.reader->summaries(numbers).value();
    REQUIRE(found.size() == 3);
    CHECK_FALSE(found[0]);
    REQUIRE(found[1]);
    CHECK(found[1]->envelope == "envelope");
    CHECK(found[1]->body_structure == "structure");
    CHECK_FALSE(found[2]);
    CHECK(catalog.writer->fingerprint().value() == before);
    CHECK(catalog.reader->fingerprint().value() == before);
    CHECK(catalog.reader->fingerprint_at().value() ==
          std::pair{LedgerPosition{.next = Sequence{2}}, before});
    const std::vector<std::pair<MessageNumber, Summary>> strange{{MessageNumber{7}, {}}};
    CHECK_FALSE(catalog.writer->put_summaries(strange));
}

TEST_CASE("readers on many threads see whole batches while the writer works") {
    Catalog catalog("account\n list INBOX\n open INBOX/7");
    std::atomic<bool> done = false;
    std::atomic<int> torn = 0;
    std::atomic<int> failed = 0;
    {
        WorkerPool readers("readers", 4);
        for (int i = 0; i < 4; ++i) {
            readers.post([&] {
                while (!done) {
                    const auto snapshot = catalog.reader->snapshot(MailboxId{2});
                    if (!snapshot) ++failed;
                    // A batch is three messages.
                    else if ((*snapshot)->entries.size() % 3 != 0)
                        ++torn;
                    else if ((*snapshot)->mailbox.messages != (*snapshot)->entries.size())
                        ++torn;
                }
            });
        }
        for (int batch = 0; batch < 60; ++batch) {
            std::string script;
            for (int i = 0; i < 3; ++i) {
                const auto name = std::to_string(batch * 3 + i + 1);
                script += "store " + name + "\nsee INBOX/7:" + name + " " + name + "\n";
            }
            catalog.apply(script);
        }
        done = true;
    }
    CHECK(torn == 0);
    CHECK(failed == 0);
    CHECK(catalog.reader->snapshot(MailboxId{2}).value()->entries.size() == 180);
}

}  // namespace mailhold::store::catalog::test

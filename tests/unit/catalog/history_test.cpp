// What became of every UID, what happened to a message, and the mailboxes of all ever seen.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "script.hpp"
#include "store/catalog/completeness.hpp"

namespace mailhold::store::catalog::test {
namespace {

std::vector<Uid> uids(std::initializer_list<std::uint32_t> numbers) {
    std::vector<Uid> uids;
    for (const auto number : numbers) uids.push_back(Uid{number});
    return uids;
}

struct Past {
    explicit Past(std::string_view script) {
        writer = CatalogWriter::open(folder.catalog()).value();
        REQUIRE(apply_all(*writer, records_of(script)));
        reader = CatalogReader::open(folder.catalog()).value();
    }
    void then(std::string_view script) {
        REQUIRE(apply_all(*writer, records_of(script, number(writer->next()))));
    }
    // "INBOX/7 archived duplicates quarantined lost [unaccounted]", with "old" where it is not the
    // mailbox of today.
    std::vector<std::string> accounts() const {
        std::vector<std::string> lines;
        for (const auto& one : reader->completeness().value().generations) {
            auto line = fmt::format("{}/{} {} {} {} {}", one.generation.mailbox,
                                    number(one.generation.uidvalidity), one.archived,
                                    one.duplicates, one.quarantined, one.lost);
            for (const auto uid : one.unaccounted) line += fmt::format(" [{}]", number(uid));
            lines.push_back(line + (one.current ? "" : " old"));
        }
        return lines;
    }
    std::vector<std::string> history(std::uint32_t message) const {
        constexpr const char* names[] = {"sighted", "flags", "vanished", "returned", "moved",
                                         "gone",    "back",  "renamed",  "labels"};
        std::vector<std::string> lines;
        for (const auto& event : reader->history(MessageNumber{message}).value()) {
            auto line = fmt::format("{} {}/{}:{}", names[static_cast<int>(event.what)],
                                    event.generation.mailbox, number(event.generation.uidvalidity),
                                    number(event.uid));
            for (const auto& flag : event.flags) line += " " + flag;
            if (event.what == Event::What::flags) line += " ->";
            for (const auto& flag : event.flags_after) line += " " + flag;
            for (const auto& label : event.labels) line += " " + label;
            if (!event.other_mailbox.empty()) line += " > " + event.other_mailbox;
            if (event.other_uid != Uid{}) line += fmt::format(":{}", number(event.other_uid));
            lines.push_back(line);
        }
        return lines;
    }

    Folder folder;
    std::unique_ptr<CatalogWriter> writer;
    std::unique_ptr<CatalogReader> reader;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("each UID of a generation counts once") {
    CHECK(account_for({}) == GenerationAccount{});
    const auto account = account_for({.sighted = {{Uid{1}, false},
                                                  {Uid{2}, true},
                                                  {Uid{3}, false},   // given to another message
                                                  {Uid{4}, false},   // had at last
                                                  {Uid{5}, false}},  // in quarantine since
                                      .quarantined = uids({5, 6, 7}),
                                      .ended = uids({4, 8, 9}),
                                      .awaited = uids({3, 7, 9, 10})});
    CHECK(account.archived == 2);
    CHECK(account.duplicates == 1);
    CHECK(account.quarantined == 2);
    CHECK(account.lost == 1);
    CHECK(account.unaccounted == uids({3, 7, 9, 10}));
    CHECK(account.shown() == 10);
}

TEST_CASE("completeness: what was shown is awaited until it is had, set aside or gone") {
    Past past(
        "account\n store a\n store b\n open INBOX/7\n await INBOX/7:1,2,3,4,5,6\n"
        "see INBOX/7:1 a\n see INBOX/7:2 a");
    CHECK(past.accounts() == Lines{"INBOX/7 1 1 0 0 [3] [4] [5] [6]"});
    CHECK(past.reader->totals().value().awaited == 4);
    CHECK(past.reader->balances().value().at(0).unaccounted == 4);
    CHECK(past.reader->generation_state({"alice", "INBOX", UidValidity{7}}).value().awaited ==
          uids({3, 4, 5, 6}));
    past.then("stuck INBOX/7:3 no\n vanish INBOX/7:4\n see INBOX/7:5 b");
    CHECK(past.accounts() == Lines{"INBOX/7 2 1 1 1 [6]"});
    past.then("vanish INBOX/7:3\n see INBOX/7:4 b");  // it was there after all
    CHECK(past.accounts() == Lines{"INBOX/7 2 2 0 1 [6]"});
    past.then("synced INBOX/7");
    CHECK(past.accounts() == Lines{"INBOX/7 2 2 0 2"});
    CHECK(past.reader->totals().value().awaited == 0);
}

TEST_CASE("completeness: a UID that is given to another message is awaited again") {
    Past past("store a\n store b\n see INBOX/7:1 a\n synced INBOX/7\n await INBOX/7:1");
    CHECK(past.accounts() == Lines{"INBOX/7 0 0 0 0 [1]"});
    past.then("see INBOX/7:1 b");
    CHECK(past.accounts() == Lines{"INBOX/7 1 0 0 0"});
    past.then("await INBOX/7:1\n see INBOX/7:1 b");  // or it was the one known, after all
    CHECK(past.accounts() == Lines{"INBOX/7 1 0 0 0"});
}

TEST_CASE("completeness: what an older generation or a mailbox that went still awaited is lost") {
    Past past(
        "store a\n see INBOX/7:1 a\n await INBOX/7:2\n open INBOX/8\n see INBOX/8:1 a\n"
        "exclude Junk rule");
    CHECK(past.accounts() == Lines{"INBOX/7 1 0 0 0 [2] old", "INBOX/8 0 1 0 0"});
    past.then("synced INBOX/8");
    CHECK(past.accounts() == Lines{"INBOX/7 1 0 0 1 old", "INBOX/8 0 1 0 0"});
    past.then("await INBOX/8:9\n gone INBOX");
    CHECK(past.accounts() == Lines{"INBOX/7 1 0 0 1 old", "INBOX/8 0 1 0 1 old"});
    CHECK(past.reader->completeness().value().excluded ==
          std::vector<Excluded>{{"alice", "Junk", "rule"}});
}

TEST_CASE("the last comparison of an account is told, and those of its mailboxes are not") {
    Past past("account");
    CHECK_FALSE(past.reader->balances().value().at(0).reconciled);
    const Reconciled whole{.generation = {"alice", "", UidValidity{}},
                           .began = UtcMicros(std::chrono::seconds(5)),
                           .ended = UtcMicros(std::chrono::seconds(6)),
                           .mailboxes = 3,
                           .shown = 9,
                           .missing = 2,
                           .replaced = 1,
                           .gone = 4,
                           .repaired = 7,
                           .unaccounted = 0,
                           .problem = ""};
    auto one = whole;
    one.generation.mailbox = "INBOX";
    one.shown = 1;
    const Committed records[] = {{past.writer->next(), {}, Fact{whole}},
                                 {Sequence{number(past.writer->next()) + 1}, {}, Fact{one}}};
    REQUIRE(apply_all(*past.writer, records));
    CHECK(past.reader->balances().value().at(0).reconciled == whole);
}

TEST_CASE("a message's history tells where it stood and what happened there") {
    Past past(R"(account
                 list INBOX
                 list Work
                 store a
                 store b
                 see INBOX/7:1 a \Seen
                 see INBOX/7:2 b
                 flags INBOX/7:1 \Seen x
                 flags INBOX/7:1
                 vanish INBOX/7:1
                 see Work/3:5 a
                 moved a INBOX/7:1 Work/3:5
                 renamed Work Play
                 gone Work
                 see INBOX/7:1 a
                 list Work)");
    CHECK(past.history(1) == Lines{"sighted INBOX/7:1 \\Seen", "flags INBOX/7:1 \\Seen -> \\Seen x",
                                   "flags INBOX/7:1 \\Seen x ->", "vanished INBOX/7:1",
                                   "sighted Work/3:5", "moved INBOX/7:1 > Work:5",
                                   "renamed Work/0:0 > Play", "gone Work/0:0", "returned INBOX/7:1",
                                   "back Work/0:0"});
    CHECK(past.reader->history(MessageNumber{1}).value().at(3).time ==
          UtcMicros(std::chrono::seconds(1'000'009)));
    CHECK(past.history(2) == Lines{"sighted INBOX/7:2"});
    past.then("open INBOX/8\n see INBOX/8:9 a\n synced INBOX/8");
    CHECK(past.history(2) == Lines{"sighted INBOX/7:2", "vanished INBOX/7:2"});
    CHECK(past.history(1).back() == "sighted INBOX/8:9");
}

TEST_CASE("labels: what Gmail told of a message, in the course of time") {
    Past past(R"(store a
                 store b
                 see All/7:1 a
                 gmail All/7:1 77 \Inbox x
                 see All/7:2 b
                 gmail All/7:2 78 none
                 gmail All/7:1 77 \Inbox x
                 gmail All/7:1 77 x
                 see INBOX/3:5 a
                 gmail INBOX/3:5 77
                 gmail INBOX/3:9 79 y)");
    CHECK(past.history(1) == Lines{"sighted All/7:1", "labels All/7:1 \\Inbox x",
                                   "labels All/7:1 x", "sighted INBOX/3:5"});
    CHECK(past.history(2) == Lines{"sighted All/7:2", "labels All/7:2"});
    const auto state = past.reader->generation_state({"alice", "All", UidValidity{7}}).value();
    CHECK(state.label_sets.at(state.present.at(0).labels) == Lines{"x"});
    CHECK(state.label_sets.at(state.present.at(1).labels).empty());
    const auto inbox = past.reader->generation_state({"alice", "INBOX", UidValidity{3}}).value();
    CHECK(inbox.present.at(0).labels == 0);

    const std::uint64_t ids[] = {77, 78, 79, 80};
    const auto known = past.reader->gmail_messages("alice", ids).value();
    REQUIRE(known.size() == 2);
    CHECK(known.at(77).number == MessageNumber{1});
    CHECK(past.reader->knows_gmail("alice").value());
    CHECK_FALSE(past.reader->knows_gmail("bob").value());
    CHECK(past.reader->gmail_messages("bob", ids).value().empty());
    // The UID is given to another message, under the same id: it tells nothing any more.
    past.then("see All/7:1 b\n gmail All/7:1 77 x");
    CHECK_FALSE(past.reader->gmail_messages("alice", ids).value().contains(77));
    CHECK(past.history(2).back() == "labels All/7:1 x");
    CHECK_FALSE(past.writer->is_news(fact_of("gmail All/7:1 77 x")).value());
    CHECK_FALSE(past.writer->is_news(fact_of("gmail All/7:1 77")).value());
    CHECK(past.writer->is_news(fact_of("gmail All/7:1 77 none")).value());
}

TEST_CASE("moves: what vanished from one mailbox and was sighted in another since, each once") {
    Past past(R"(store a
                 store b
                 see INBOX/7:1 a
                 see INBOX/7:2 b
                 see INBOX/7:3 a
                 see Old/1:1 b
                 vanish INBOX/7:1,2,3
                 see Work/3:5 a
                 see Work/3:6 a
                 see INBOX/7:4 b)");
    const auto found = past.reader->moves("alice", Sequence{6}).value();
    REQUIRE(found.size() == 2);
    CHECK(found[0] == std::get<Moved>(fact_of("moved a INBOX/7:1 Work/3:5")));
    CHECK(found[1] == std::get<Moved>(fact_of("moved a INBOX/7:3 Work/3:6")));
    CHECK(past.reader->moves("alice", Sequence{7}).value().empty());
    CHECK(past.reader->moves("bob", Sequence{0}).value().empty());
}

TEST_CASE("renames: what went is what came, where the same messages stand under the same UIDs") {
    Past past(R"(list Work
                 list Other
                 list Empty
                 store a
                 store b
                 see Work/7:1 a
                 see Work/7:2 b
                 see Other/7:1 a
                 open Empty/7
                 gone Work
                 gone Empty
                 list Play
                 list Less
                 see Less/7:1 b
                 see Play/7:2 b
                 see Play/7:3 a)");
    const auto found = past.reader->renames("alice", Sequence{9}).value();
    REQUIRE(found.size() == 1);
    CHECK(found[0] == Renamed{"alice", "Work", "Play"});
    CHECK(past.reader->renames("alice", Sequence{10}).value().empty());
}

TEST_CASE("a mailbox of all ever seen loses nothing, and its UIDs are those of the mirrored one") {
    Past past(R"(list INBOX
                 store a
                 store b
                 store c
                 see INBOX/7:1 a
                 see INBOX/7:2 b \Seen
                 vanish INBOX/7:1
                 flags INBOX/7:2 x
                 see INBOX/7:3 c)");
    CHECK(shown(*past.reader) == "All mail 1:a() 2:b(x) 3:c()\nINBOX 2:b(x) 3:c()\n");
    CHECK(ever_seen(*past.reader) == "INBOX 1:a() 2:b(x) 3:c()\n");
    past.then("open INBOX/8\n see INBOX/8:11 c y\n synced INBOX/8\n see INBOX/8:12 a");
    CHECK(shown(*past.reader) == "All mail 1:a() 2:b(x) 3:c(y)\nINBOX 3:c(y) 4:a()\n");
    CHECK(ever_seen(*past.reader) == "INBOX 1:a() 2:b(x) 3:c(y) 4:a()\n");
    past.then("gone INBOX");
    CHECK(ever_seen(*past.reader) == "INBOX 1:a() 2:b(x) 3:c(y) 4:a()\n");
    const auto mailboxes = past.reader->mailboxes().value();
    CHECK(mailboxes[1].uidvalidity == mailboxes[2].uidvalidity);
    CHECK(mailboxes[2].id == ever_seen_of(mailboxes[1].id));
}

}  // namespace mailhold::store::catalog::test

#include "imap/server/mailbox/view.hpp"

#include <catch2/catch.hpp>

using namespace mailhold;
using namespace mailhold::imap;
using namespace mailhold::imap::server;

namespace {

// "3 5s 9": UIDs, "s" where \Seen.
store::MailboxSnapshot mailbox(
    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& uids_and_flags) {
    store::MailboxSnapshot snapshot;
    for (const auto& [uid, flags] : uids_and_flags) {
        store::Entry entry;
        entry.uid = Uid{uid};
        entry.flags = FlagSetId{flags};
        snapshot.entries.push_back(entry);
    }
    snapshot.flag_sets = {
        {FlagSetId{0}, {}}, {FlagSetId{1}, {"\\Seen"}}, {FlagSetId{2}, {"\\Seen", "work"}}};
    return snapshot;
}

using Uids = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

}  // namespace

TEST_CASE("the difference of two snapshots as a client must be told") {
    struct Row {
        Uids before, after;
        Difference expected;
    };
    const std::vector<Row> rows = {
        {{}, {}, {}},
        {{{1, 0}}, {{1, 0}}, {}},
        {{}, {{1, 0}, {2, 0}}, {{}, 2, {}}},
        {{{1, 0}}, {{1, 1}}, {{}, 0, {1}}},
        {{{1, 0}, {2, 0}, {3, 0}}, {{2, 0}}, {{3, 1}, 0, {}}},
        {{{1, 0}, {2, 0}, {3, 0}}, {{3, 1}, {4, 0}}, {{2, 1}, 1, {1}}},
        {{{1, 0}, {2, 0}}, {}, {{2, 1}, 0, {}}},
        {{{1, 0}, {2, 0}}, {{7, 0}, {8, 0}}, {{2, 1}, 2, {}}},
        // UID 2 comes back between two others: what follows is told anew, at the end.
        {{{1, 0}, {3, 0}}, {{1, 0}, {2, 0}, {3, 0}}, {{2}, 2, {}}},
    };
    for (const Row& row : rows)
        CHECK(difference(mailbox(row.before), mailbox(row.after)) == row.expected);
}

TEST_CASE("updates as responses, and expunges only where they are allowed") {
    const auto before = mailbox({{1, 0}, {2, 0}, {3, 0}});
    CHECK(
        updates_text(before, mailbox({{1, 1}, {2, 0}, {3, 0}, {4, 0}}), Updates::without_expunge) ==
        "* 4 EXISTS\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n");
    const auto after = mailbox({{1, 0}, {3, 1}, {9, 0}});
    CHECK(updates_text(before, after, Updates::without_expunge) == std::nullopt);
    CHECK(updates_text(before, after, Updates::all) ==
          "* 2 EXPUNGE\r\n* 3 EXISTS\r\n* 2 FETCH (UID 3 FLAGS (\\Seen))\r\n");
    CHECK(updates_text(before, before, Updates::without_expunge) == "");
}

TEST_CASE("a keyword that is new in the mailbox is announced before it is used") {
    auto before = mailbox({{1, 0}});
    before.flag_sets = {{FlagSetId{0}, {}}};
    CHECK(updates_text(before, mailbox({{1, 2}}), Updates::all) ==
          "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work)\r\n* 1 FETCH (UID 1 FLAGS "
          "(\\Seen work))\r\n");
}

TEST_CASE("sequence sets are resolved against what is there") {
    using Set = wire::SequenceSet;
    const std::uint32_t star = wire::star;
    CHECK(resolve({{1, star}}, 5) == Set{{1, 5}});
    CHECK(resolve({{star, star}}, 5) == Set{{5, 5}});
    CHECK(resolve({{9, star}}, 5) == Set{{5, 9}});
    CHECK(resolve({{star, 2}}, 5) == Set{{2, 5}});
    CHECK(resolve({{4, 6}, {1, 2}, {2, 4}}, 9) == Set{{1, 6}});

    const auto three = mailbox({{10, 0}, {20, 0}, {30, 0}});
    using Places = std::vector<std::uint32_t>;
    const auto by_uid = [&](Set set) { return places(set, wire::NumberKind::uid, three); };
    const auto by_sequence = [&](Set set) {
        return places(set, wire::NumberKind::sequence, three);
    };
    CHECK(by_uid({{10, 20}}) == Places{0, 1});
    CHECK(by_uid({{11, 19}}).empty());
    CHECK(by_uid({{25, star}}) == Places{2});
    CHECK(by_uid({{99, star}}) ==
          Places{2});  // RFC 3501 6.4.8: the last, whatever comes before "*"
    CHECK(by_uid({{1, 4294967294}}) == Places{0, 1, 2});
    CHECK(by_sequence({{2, 3}, {1, 1}, {3, star}}) == Places{0, 1, 2});
    CHECK(by_sequence({{2, 9}}) == Places{1, 2});
    CHECK(places({{1, star}}, wire::NumberKind::uid, mailbox({})).empty());
    CHECK(places({{1, star}}, wire::NumberKind::sequence, mailbox({})).empty());

    CHECK(names_too_much({{1, 4}}, 3));
    CHECK_FALSE(names_too_much({{1, 3}, {9, star}, {star, star}}, 3));
}

#include "imap/server/search/keys.hpp"

#include <catch2/catch.hpp>

using namespace mailhold;
using namespace mailhold::imap;
using namespace mailhold::imap::server;
using namespace std::chrono_literals;

namespace {

store::MailboxSnapshot three_messages() {
    store::MailboxSnapshot mailbox;
    for (const std::uint32_t uid : {10u, 20u, 30u}) {
        store::Entry entry;
        entry.uid = Uid{uid};
        entry.internal_date.utc = UtcSeconds{uid * 10s};
        mailbox.entries.push_back(entry);
    }
    return mailbox;
}

std::string query_of(const std::string& keys, const std::string& charset = "") {
    const auto command = wire::parse_command(
        "a SEARCH " + (charset.empty() ? "" : "CHARSET " + charset + " ") + keys);
    if (!command) FAIL(keys << ": " << command.error().text);
    const auto mailbox = three_messages();
    const std::vector<Uid> saved{Uid{10}, Uid{30}};
    const auto query = make_query(std::get<wire::Search>(command->body),
                                  {.mailbox = mailbox, .now = UtcSeconds{1'000s}, .saved = &saved});
    return query ? indexer::query::to_text(**query) : query.error().text;
}

std::string canonical(const std::string& keys) {
    return query_of(keys);
}

}  // namespace

TEST_CASE("every search key has its query") {
    // Each pair must mean the same.
    const std::vector<std::pair<std::string, std::string>> same = {
        {"NEW", "NOT ALL"},
        {"RECENT", "NOT ALL"},
        {"OLD", "ALL"},
        {"UNSEEN", "NOT SEEN"},
        {"UNANSWERED", "NOT ANSWERED"},
        {"UNDELETED", "NOT DELETED"},
        {"UNDRAFT", "NOT DRAFT"},
        {"UNFLAGGED", "NOT FLAGGED"},
        {"UNKEYWORD work", "NOT KEYWORD work"},
        {"*", "3"},
        {"7:*", "3:7"},
        {"UID *", "UID 30"},
        {"UID 99:*", "UID 30:99"},
        {"(SEEN FLAGGED)", "SEEN FLAGGED"},
        {"$", "UID 10,30"},
        {"UID $", "UID 10,30"},
        {"OLDER 700", "UID 10,20,30"},
        {"OLDER 800", "UID 10,20"},  // of exactly this age, too (RFC 5032 3)
        {"OLDER 801", "UID 10"},
        {"YOUNGER 800", "UID 20,30"},
        {"YOUNGER 799", "UID 30"},
        {"UIDAFTER 10", "UID 11:30"},
        {"UIDAFTER 30", "NOT ALL"},
        {"UIDAFTER 4294967295", "NOT ALL"},
        {"UIDBEFORE 21", "UID 1:20"},
        {"UIDBEFORE 99", "UID 1:30"},
        {"UIDBEFORE 1", "NOT ALL"},
        {"SAVEDATESUPPORTED", "ALL"},
        {"EMAILID none-of-ours", "NOT ALL"},
        {"X-GM-RAW \"from:carol -subject:draft is:seen\"", "FROM carol NOT SUBJECT draft SEEN"},
    };
    for (const auto& [one, other] : same) {
        INFO(one);
        CHECK(canonical(one) == canonical(other));
    }
    // And these all mean something different.
    std::vector<std::string> distinct;
    for (const std::string keys : {"ALL",
                                   "NOT ALL",
                                   "ANSWERED",
                                   "BCC x",
                                   "BEFORE 1-Feb-2020",
                                   "BODY x",
                                   "CC x",
                                   "DELETED",
                                   "DRAFT",
                                   "FLAGGED",
                                   "FROM x",
                                   "HEADER X-A x",
                                   "HEADER X-B x",
                                   "KEYWORD x",
                                   "LARGER 5",
                                   "ON 1-Feb-2020",
                                   "OR SEEN DRAFT",
                                   "SEEN",
                                   "SENTBEFORE 1-Feb-2020",
                                   "SENTON 1-Feb-2020",
                                   "SENTSINCE 1-Feb-2020",
                                   "SINCE 1-Feb-2020",
                                   "SMALLER 5",
                                   "SUBJECT x",
                                   "TEXT x",
                                   "TO x",
                                   "UID 10",
                                   "1",
                                   "SEEN DRAFT",
                                   "NOT SEEN"}) {
        distinct.push_back(canonical(keys));
    }
    std::ranges::sort(distinct);
    CHECK(std::ranges::adjacent_find(distinct) == distinct.end());
}

TEST_CASE("keys whose UIDs are looked up: equal ones share them, and a search takes few") {
    const auto mailbox = three_messages();
    const std::vector<Uid> saved{Uid{10}, Uid{30}};
    const auto query_for = [&](const std::string& keys) {
        const auto command = wire::parse_command("a SEARCH " + keys);
        return make_query(std::get<wire::Search>(command->body),
                          {.mailbox = mailbox, .now = UtcSeconds{1'000s}, .saved = &saved});
    };
    const auto query = query_for("$ OLDER 700 UID $ OLDER 700 OLDER 800");
    REQUIRE(query);
    const auto all = std::get<indexer::query::And>((*query)->node).all;
    REQUIRE(all.size() == 5);
    CHECK(all[0] != all[1]);
    CHECK(all[1] == all[3]);
    CHECK(all[3] != all[4]);
    for (const std::string key : {"$", "NOT $", "OR $ SEEN", "OLDER 700", "MODSEQ 1"}) {
        std::string keys = key;
        for (int i = 1; i < 16; ++i) keys += " " + key;
        CHECK(query_for(keys));
        const auto refused = query_for(keys + " " + key);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Errc::limit);
    }
}

TEST_CASE("search strings are read in their charset") {
    const std::string expected =
        canonical("BODY {3+}\r\n\xe2\x82\xac");  // the euro sign; no charset named: UTF-8
    CHECK(expected.find("\xe2\x82\xac") != std::string::npos);
    CHECK(query_of("BODY {3+}\r\n\xe2\x82\xac", "UTF-8") == expected);
    CHECK(query_of("BODY {1+}\r\n\xa4", "ISO-8859-15") == expected);
    CHECK(query_of("BODY {1+}\r\n\x80", "windows-1252") == expected);
    CHECK(query_of("ALL", "x-unheard-of") == "charset X-UNHEARD-OF");
}

TEST_CASE("a search that is repeated later means what it meant at first") {
    const auto mailbox = three_messages();
    const std::vector<Uid> saved{Uid{20}};
    const auto command = wire::parse_command("a SEARCH OR 2:* NOT ($ UID 5:* SEEN)");
    REQUIRE(command);
    const auto& key = std::get<wire::Search>(command->body).key;
    CHECK(names_numbers(key));
    auto search = std::get<wire::Search>(command->body);
    search.key = fixed(key, {.mailbox = mailbox, .now = {}, .saved = &saved});
    CHECK(!names_numbers(search.key));
    const auto written = wire::write_command({"a", search}, wire::LiteralForm::synchronising);
    CHECK(written.front() == "a SEARCH OR UID 20,30 NOT (UID 20 UID 5:* SEEN)\r\n");
}

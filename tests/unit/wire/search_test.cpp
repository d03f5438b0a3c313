// Search keys as text and as values, and their limits.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {
namespace {

using Kind = SearchKey::Kind;

std::string keys(std::string_view text) {
    const auto written = canonical("SEARCH " + std::string(text));
    return written.starts_with("SEARCH ") ? written.substr(std::string_view("SEARCH ").size())
                                          : written;
}

SearchKey only_key(std::string_view text) {
    const auto command = read_command("A1 SEARCH " + std::string(text) + "\r\n");
    REQUIRE(command);
    const auto& key = std::get<Search>(command->body).key;
    CHECK(key.kind == Kind::and_);
    REQUIRE(key.children.size() == 1);
    return key.children.front();
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) result += text;
    return result;
}

}  // namespace

TEST_CASE("every search key") {
    for (const auto* text : {"ALL",
                             "ANSWERED",
                             "BCC x",
                             "BEFORE 1-Feb-1994",
                             "BODY x",
                             "CC x",
                             "DELETED",
                             "DRAFT",
                             "FLAGGED",
                             "FROM x",
                             "HEADER a b",
                             "KEYWORD $Junk",
                             "LARGER 5",
                             "NEW",
                             "NOT SEEN",
                             "OLD",
                             "ON 1-Feb-1994",
                             "OR SEEN DRAFT",
                             "RECENT",
                             "SEEN",
                             "SENTBEFORE 1-Feb-1994",
                             "SENTON 1-Feb-1994",
                             "SENTSINCE 1-Feb-1994",
                             "SINCE 1-Feb-1994",
                             "SMALLER 18446744073709551615",
                             "SUBJECT x",
                             "TEXT x",
                             "TO x",
                             "UID 1:*",
                             "UNANSWERED",
                             "UNDELETED",
                             "UNDRAFT",
                             "UNFLAGGED",
                             "UNKEYWORD work",
                             "UNSEEN",
                             "1:5,7,*",
                             "(SEEN)",
                             "(SEEN (DRAFT 1))",
                             "HEADER Message-ID <a@b>",
                             "SUBJECT \"\"",
                             "OLDER 86400",
                             "YOUNGER 1",
                             "SAVEDBEFORE 1-Feb-2019",
                             "SAVEDON 1-Feb-2019",
                             "SAVEDSINCE 1-Feb-2019",
                             "SAVEDATESUPPORTED",
                             "EMAILID M6d99ac3275bb4e",
                             "THREADID T64b478a75b7ea9",
                             "FUZZY BODY x",
                             "FUZZY (BODY x NOT SUBJECT y)",
                             "X-GM-RAW \"has:attachment in:unread\"",
                             "UIDAFTER 4294967295",
                             "NOT UIDBEFORE 1",
                             "$",
                             "UID $",
                             "NOT $"})
        CHECK(keys(text) == text);
}

TEST_CASE("search keys in other words") {
    const std::pair<std::string, std::string> table[] = {
        {"flagged since 1-feb-1994 not from \"Smith\"", "FLAGGED SINCE 1-Feb-1994 NOT FROM Smith"},
        {"SINCE 01-FEB-1994", "SINCE 1-Feb-1994"},
        {"SINCE \"01-Feb-1994\"", "SINCE 1-Feb-1994"},
        {"NOT (NOT SEEN) UID 9:3", "NOT (NOT SEEN) UID 3:9"},
        {"OR OR 1 2 OR 3 4", "OR OR 1 2 OR 3 4"},
        {"or (seen unseen) not not all", "OR (SEEN UNSEEN) NOT NOT ALL"},
        {"SUBJECT {5+}\r\na b c", "SUBJECT \"a b c\""},
        {"HEADER {2+}\r\nTo {1+}\r\nx 1", "HEADER To x 1"},
        {"TEXT nil", "TEXT \"nil\""},
    };
    for (const auto& [text, expected] : table) CHECK(keys(text) == expected);
}

TEST_CASE("values of search keys") {
    CHECK(only_key("SENTON 29-Feb-2024").day ==
          std::chrono::sys_days(std::chrono::year(2024) / 2 / 29));
    CHECK(only_key("LARGER 4294967296").size == 4'294'967'296);
    CHECK(only_key("HEADER X-Y \"a\\\"b\"").header_name == "X-Y");
    CHECK(only_key("HEADER X-Y \"a\\\"b\"").text == "a\"b");
    CHECK(only_key("KEYWORD Work").text == "Work");
    const auto either = only_key("OR NOT 1 (2 3)");
    CHECK(either.kind == Kind::or_);
    REQUIRE(either.children.size() == 2);
    CHECK(either.children[0].kind == Kind::not_);
    CHECK(either.children[0].children[0].numbers == SequenceSet{{1, 1}});
    CHECK(either.children[1].kind == Kind::and_);
    CHECK(either.children[1].children.size() == 2);
}

TEST_CASE("options and charset of SEARCH") {
    const auto command = read_command(
        "A1 UID SEARCH return (save Foo) charset \"iso-8859-1\" BODY \"Gr\xfc\xdf\"\r\n");
    REQUIRE(command);
    const auto& search = std::get<Search>(command->body);
    CHECK(search.kind == NumberKind::uid);
    CHECK(search.extended);
    CHECK(search.returns == std::vector<std::string>{"SAVE", "FOO"});
    CHECK(search.charset == "ISO-8859-1");
    CHECK(search.key.children[0].text == "Gr\xfc\xdf");
    CHECK(std::get<Search>(read_command("A1 SEARCH 1\r\n")->body).charset == "");
}

TEST_CASE("nesting and number of search keys have limits") {
    const auto result = [](std::string_view keys) {
        const auto command = parse_command("A1 SEARCH " + std::string(keys));
        return command ? "ok"
                       : command.error().text.substr(0, command.error().text.find(" at column"));
    };
    const std::string too_deep = "search keys nested more than 200 deep";
    CHECK(result(repeated("NOT ", 200) + "SEEN") == "ok");
    CHECK(result(repeated("NOT ", 201) + "SEEN") == too_deep);
    CHECK(result(repeated("(", 200) + "1" + repeated(")", 200)) == "ok");
    CHECK(result(repeated("(", 201) + "1" + repeated(")", 201)) == too_deep);
    CHECK(result(repeated("OR 1 ", 200) + "2") == "ok");
    CHECK(result(repeated("OR 1 ", 201) + "2") == too_deep);
    CHECK(result(repeated("(", 1'000'000)) == too_deep);
    CHECK(result(repeated("OR ", 1'000'000)) == too_deep);
    CHECK(result(repeated("NOT (", 100'000)) == too_deep);
    CHECK(result("1" + repeated(" 1", 9'999)) == "ok");
    CHECK(result("1" + repeated(" 1", 10'000)) == "more than 10000 search keys");
    CHECK(result("1" + repeated(",1", 65'535)) == "ok");
    CHECK(result("1" + repeated(",1", 65'536)) == "more than 65536 ranges in a set");
}

}  // namespace mailhold::imap::wire

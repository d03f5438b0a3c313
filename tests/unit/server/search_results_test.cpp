#include "imap/server/search/results.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::imap;
using namespace mailhold::imap::server;

namespace {

ReturnOptions options(const std::string& names) {
    const auto command = wire::parse_command("a SEARCH RETURN (" + names + ") ALL");
    REQUIRE(command);
    const auto read = read_options(std::get<wire::Search>(command->body));
    if (!read) FAIL(read.error());
    return *read;
}

std::string answer(const std::string& names, std::vector<std::uint32_t> numbers,
                   Form form = Form::search) {
    return extended_response("a", options(names),
                             {form, wire::NumberKind::sequence, std::move(numbers), {}});
}

}  // namespace

TEST_CASE("search results in each form") {
    CHECK(plain_response({}) == "* SEARCH\r\n");
    CHECK(plain_response({Form::search, {}, {2, 3, 9}, {}}) == "* SEARCH 2 3 9\r\n");
    CHECK(plain_response({Form::sort, {}, {9, 2, 3}, {}}) == "* SORT 9 2 3\r\n");
    CHECK(answer("", {2, 3, 9}) == "* ESEARCH (TAG \"a\") ALL 2:3,9\r\n");
    CHECK(answer("MIN MAX COUNT ALL", {2, 3, 9}) ==
          "* ESEARCH (TAG \"a\") MIN 2 MAX 9 ALL 2:3,9 COUNT 3\r\n");
    CHECK(answer("MIN MAX COUNT ALL", {}) == "* ESEARCH (TAG \"a\") COUNT 0\r\n");
    CHECK(answer("", {}) == "* ESEARCH (TAG \"a\")\r\n");
    CHECK(answer("SAVE", {1, 2}) == "");
    CHECK(answer("SAVE COUNT", {1, 2}) == "* ESEARCH (TAG \"a\") COUNT 2\r\n");
    CHECK(answer("CONTEXT", {1, 2}) == "* ESEARCH (TAG \"a\") ALL 1:2\r\n");
    CHECK(extended_response("a", options("MAX"), {Form::search, wire::NumberKind::uid, {7}, {}},
                            " MAILBOX x UIDVALIDITY 3") ==
          "* ESEARCH (TAG \"a\" MAILBOX x UIDVALIDITY 3) UID MAX 7\r\n");
}

TEST_CASE("sorted results keep their order, without ranges") {
    CHECK(answer("MIN MAX ALL COUNT", {5, 3, 4, 1}, Form::sort) ==
          "* ESEARCH (TAG \"a\") MIN 5 MAX 1 ALL 5,3,4,1 COUNT 4\r\n");
}

TEST_CASE("PARTIAL cuts from either end") {
    const std::vector<std::uint32_t> ten = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const std::pair<std::string, std::string> table[] = {
        {"1:3", "1:3"},    {"3:1", "1:3"},     {"8:20", "8:10"},
        {"11:20", "NIL"},  {"-1:-3", "8:10"},  {"-3:-1", "8:10"},
        {"-9:-20", "1:2"}, {"-11:-20", "NIL"}, {"10:10", "10"},
    };
    for (const auto& [range, part] : table) {
        INFO(range);
        const auto text = answer("PARTIAL " + range, ten);
        CHECK(text.substr(text.find_last_of(' ') + 1) == part + ")\r\n");
    }
    CHECK(answer("COUNT PARTIAL 1:2", {4, 5, 6}) ==
          "* ESEARCH (TAG \"a\") COUNT 3 PARTIAL (1:2 4:5)\r\n");
    CHECK(answer("PARTIAL 1:2", {}) == "* ESEARCH (TAG \"a\") PARTIAL (1:2 NIL)\r\n");
    const auto both = wire::parse_command("a SEARCH RETURN (ALL PARTIAL 1:2) ALL");
    CHECK(!read_options(std::get<wire::Search>(both->body)));
}

TEST_CASE("SAVE keeps what is shown, or everything") {
    // RFC 5182 2.1 and RFC 9394 3.3.
    using Kept = std::vector<std::size_t>;
    CHECK(saved_places(options("SAVE"), 4) == Kept{0, 1, 2, 3});
    CHECK(saved_places(options("SAVE MIN"), 4) == Kept{0});
    CHECK(saved_places(options("SAVE MAX"), 4) == Kept{3});
    CHECK(saved_places(options("SAVE MIN MAX"), 4) == Kept{0, 3});
    CHECK(saved_places(options("SAVE MIN MAX COUNT"), 4) == Kept{0, 1, 2, 3});
    CHECK(saved_places(options("SAVE PARTIAL 2:3"), 4) == Kept{1, 2});
    CHECK(saved_places(options("SAVE PARTIAL 2:3 MAX"), 4) == Kept{1, 2, 3});
    CHECK(saved_places(options("SAVE MIN"), 0) == Kept{});
}

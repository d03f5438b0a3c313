// The human query language: text to canonical text, and where an error is.
#include "indexer/query/human.hpp"

#include <catch2/catch.hpp>

using namespace mailhold;
using namespace mailhold::indexer::query;

TEST_CASE("the human language gives the query it says") {
    const std::pair<std::string, std::string> table[] = {
        {"invoice", R"((or (text "invoice") (filename "invoice")))"},
        {"\"two words\"", R"((or (text "two words") (filename "two words")))"},
        {"from:alice", R"((from "alice"))"},
        {"FROM:\"a b\" cc:x", R"((and (from "a b") (cc "x")))"},
        {"to:a@b.example bcc:x", R"((and (to "a@b.example") (bcc "x")))"},
        {"subject:x OR body:y", R"((or (subject "x") (body "y")))"},
        {"subject:x body:y OR text:z", R"((or (and (subject "x") (body "y")) (text "z")))"},
        {"subject:x (body:y OR text:z)", R"((and (subject "x") (or (body "y") (text "z"))))"},
        {"-subject:x", R"((not (subject "x")))"},
        {"--subject:x", R"((not (not (subject "x"))))"},
        {"-(subject:x OR cc:y)", R"((not (or (subject "x") (cc "y"))))"},
        {"subject:a-b", R"((subject "a-b"))"},
        {"filename:.pdf has:attachment", R"((and (filename ".pdf") attachment))"},
        {"attachment:failed -attachment:Indexed",
         "(and (attachment failed) (not (attachment indexed)))"},
        {"header:List-Id=foo", R"((header "List-Id" "foo"))"},
        {"header:List-Id=\"foo (bar)\"", "(header \"List-Id\" \"foo (bar)\")"},
        {"header:X-Spam", R"((header "X-Spam" ""))"},
        {"header:X=a=b", R"((header "X" "a=b"))"},
        {"before:2024-01-31", "(internal before 2024-01-31)"},
        {"before:2024", "(internal before 2024-01-01)"},
        {"after:2024", "(internal since 2025-01-01)"},
        {"after:2024-02-28", "(internal since 2024-02-29)"},
        {"on:2024-02-29", "(internal on 2024-02-29)"},
        {"on:2024-12", "(and (internal since 2024-12-01) (internal before 2025-01-01))"},
        {"larger:10M smaller:3", "(and (larger 10485760) (smaller 3))"},
        {"larger:2k", "(larger 2048)"},
        {"is:unread is:flagged", R"((and (not (flag \Seen)) (flag \Flagged)))"},
        {"is:seen is:answered is:unseen",
         R"((and (flag \Seen) (flag \Answered) (not (flag \Seen))))"},
        {"subject:\xc3\xa9t\xc3\xa9", "(subject \"\xc3\xa9t\xc3\xa9\")"},
        {"ORDER", R"((or (text "ORDER") (filename "ORDER")))"},
        {"10:30", R"((or (text "10:30") (filename "10:30")))"},
        {"\"re: x\"", R"((or (text "re: x") (filename "re: x")))"},
    };
    for (const auto& [text, canonical] : table) {
        const auto query = parse_human(text);
        REQUIRE(query);
        CHECK(to_text(*query->query) == canonical);
        CHECK_FALSE(query->mailbox);
    }
}

TEST_CASE("in: names the mailbox of the whole query") {
    const auto named = parse_human("in:alice/INBOX subject:x");
    REQUIRE(named);
    CHECK(named->mailbox == "alice/INBOX");
    CHECK(to_text(*named->query) == R"((subject "x"))");
    const auto alone = parse_human("in:\"My mail\"");
    REQUIRE(alone);
    CHECK(alone->mailbox == "My mail");
    CHECK(to_text(*alone->query) == "all");
}

TEST_CASE("an error says where, and what was expected") {
    const std::pair<std::string, std::string> table[] = {
        {"", "character 1: expected a word"},
        {"   ", "character 4: expected a word"},
        {"a OR", "character 5: expected a word or a key"},
        {"OR a", "character 1: expected a word"},
        {"()", "character 2: expected a word"},
        {"(a", "character 1: this \"(\" is never closed"},
        {"a)", "character 2: a \")\" that was never opened"},
        {"a \"b", "character 3: this quote is never closed"},
        {"\xc3\xa9 \"b", "character 3: this quote is never closed"},
        {"form:alice", "character 1: no key \"form:\""},
        {"x before:yesterday", "character 10: expected a date as before:2024-01-31"},
        {"on:2023-02-29", "character 4: expected a date"},
        {"larger:", "character 8: expected a size"},
        {"larger:99999999999999999999", "character 8: expected a size"},
        {"larger:9999999999999G", "character 8: expected a size"},
        {"is:blue", "character 4: expected one of is:seen"},
        {"has:fleas", "character 5: expected has:attachment"},
        {"from:", "character 6: expected a text"},
        {"header:=x", "character 8: expected a field's name"},
        {"a -in:x", "character 4: in: stands for the whole query"},
        {"in:x in:y", "character 6: in: is given twice"},
        {"in:", "character 4: expected a mailbox's name"},
    };
    for (const auto& [text, message] : table) {
        const auto query = parse_human(text);
        REQUIRE_FALSE(query);
        CHECK(query.error().code == Errc::invalid);
        CHECK_THAT(query.error().text, Catch::Contains(message));
    }
}

TEST_CASE("any text gives a query or an error, however deep or cut") {
    CHECK_FALSE(parse_human(std::string(50'000, '(')));
    CHECK_FALSE(parse_human(std::string(50'000, '-') + "x"));
    CHECK_FALSE(parse_human(std::string(human_length_limit + 1, 'x')));
    CHECK(parse_human(std::string(human_nesting_limit - 1, '(') + "x" +
                      std::string(human_nesting_limit - 1, ')')));
    const std::string whole =
        "a OR -(from:\"b c\" header:X=\"y\") before:2024-01-31 larger:3M is:seen in:z/\"q\" -";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const auto query = parse_human(whole.substr(0, size));
        CHECK((query || query.error().code == Errc::invalid));
    }
}

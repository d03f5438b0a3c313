// How folded text is cut, as text tables: words plain, dense runs in <>, "^" and "$" where a run
// touches an end.
#include "indexer/engine/tokens.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mailhold::indexer::engine;

namespace {

std::string cut(std::string_view text) {
    std::string out;
    for (const auto& run : runs(text)) {
        if (!out.empty()) out += ' ';
        if (run.at_begin) out += '^';
        out +=
            run.kind == RunKind::dense ? '<' + std::string(run.text) + '>' : std::string(run.text);
        if (run.at_end) out += '$';
    }
    return out;
}

}  // namespace

TEST_CASE("runs are the longest stretches of one class") {
    const std::pair<std::string, std::string> table[] = {
        {"", ""},
        {" .,-", ""},
        {"HELLO", "^HELLO$"},
        {" HELLO", "HELLO$"},
        {"HELLO ", "^HELLO"},
        {"A@B.C", "^A B C$"},
        {"CAFE\xcc\x81 X", "^CAFE\xcc\x81 X$"},        // combining acute stays with its word
        {"\xe2\x80\x9cQUOTED\xe2\x80\x9d", "QUOTED"},  // typographic quotes
        {"\xe6\xbc\xa2\xe5\xad\x97KANA", "^<\xe6\xbc\xa2\xe5\xad\x97> KANA$"},
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab",
         "^\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab$"},    // Hangul jamo are words
        {"\xf0\x9f\x8e\x89!", "^<\xf0\x9f\x8e\x89>"},  // a pictograph
        {"\xef\xbf\xbd", ""},                          // U+FFFD
        {"A\xff"
         "B\xe6\xbc",
         "^A B"},  // octets that are no UTF-8
    };
    for (const auto& [text, expected] : table) CHECK(cut(text) == expected);
}

TEST_CASE("dense runs are indexed as overlapping pairs") {
    using Views = std::vector<std::string_view>;
    CHECK(pairs("\xe6\xbc\xa2") == Views{"\xe6\xbc\xa2"});
    CHECK(pairs("\xe6\xbc\xa2\xe5\xad\x97\xe3\x81\x8b") ==
          Views{"\xe6\xbc\xa2\xe5\xad\x97", "\xe5\xad\x97\xe3\x81\x8b"});
}

TEST_CASE("machine made words are the long ones and the long mixtures") {
    CHECK_FALSE(is_machine_made("INVOICE"));
    CHECK_FALSE(is_machine_made("DONAUDAMPFSCHIFFFAHRTSGESELLSCHAFT"));
    CHECK_FALSE(is_machine_made("2024"));
    CHECK_FALSE(is_machine_made("1234567890123456789"));
    CHECK_FALSE(is_machine_made("X86"));
    CHECK(is_machine_made("DEADBEEF00112233"));
    CHECK(is_machine_made(std::string(longest_word + 1, 'A')));
    CHECK_FALSE(is_machine_made(std::string(longest_word, 'A')));
}

#include "indexer/query/snippet.hpp"

#include <catch2/catch.hpp>

#include "indexer/query/human.hpp"

using namespace mailhold::indexer::query;

namespace {

// The snippet with its hits in brackets.
std::string marked(std::string_view text, const std::string& query, std::size_t most = 200) {
    std::string out;
    for (const auto& piece : snippet(text, needles_of(*parse_human(query)->query), most))
        out += piece.hit ? "[" + piece.text + "]" : piece.text;
    return out;
}

}  // namespace

TEST_CASE("snippets mark each hit as it is written") {
    CHECK(marked("", "x") == "");
    CHECK(marked("no hit here", "zebra") == "no hit here");
    CHECK(marked("An Invoice, and an INVOICE.", "invoice") == "An [Invoice], and an [INVOICE].");
    CHECK(marked("one two three", "\"one two\" three") == "[one two] [three]");
    CHECK(marked("one two three", "one -two three") == "[one] two [three]");
    CHECK(marked("aaaa", "aa") == "[aa][aa]");
    CHECK(marked("abcd", "abc OR bcd") == "[abc][d]");
    CHECK(marked("viele Gr\xc3\xbc\xc3\x9f"
                 "e",
                 "GR\xc3\x9c") ==
          "viele [Gr\xc3\xbc]\xc3\x9f"
          "e");
}

TEST_CASE("snippets are cut around the first hit") {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "filler ";
    text += "the needle and the rest ";
    for (int i = 0; i < 100; ++i) text += "of it ";
    const auto cut = marked(text, "needle", 60);
    CHECK(cut.starts_with("filler filler the [needle] and the rest of it"));
    CHECK(cut.size() <= 62);
    CHECK(marked(text, "absent", 13) == "filler filler");
    const std::string wide = "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac";
    CHECK(marked(wide, "\xe8\xaa\x9e", 3) == "\xe6\x9c\xac[\xe8\xaa\x9e]\xe6\x97\xa5");
}

TEST_CASE("needles come from what must be there") {
    using Needles = std::vector<std::string>;
    CHECK(needles_of(*parse_human("a -b (c OR from:d) larger:1K a")->query) ==
          Needles{"A", "C", "D"});
    CHECK(needles_of(*parse_human("is:seen")->query) == Needles{});
}

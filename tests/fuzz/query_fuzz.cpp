// Any text as a query of the human language: an error that says where, or a tree whose canonical text a simpler tree
// still has, and that matches or not without ever failing.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "indexer/query/fuzzy.hpp"
#include "indexer/query/human.hpp"
#include "indexer/query/matcher.hpp"
#include "indexer/query/snippet.hpp"
#include "indexer/text/fold.hpp"
#include "indexer/text/readable.hpp"

using namespace mailhold;
using namespace mailhold::indexer;

namespace {

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

text::SearchText letter() {
    text::SearchText made;
    made.fields = {{"subject", "HELLO WORLD"}};
    made.body = "A B C";
    return made;
}

bool matches(const query::QueryPtr& tree) {
    static const store::FlagSet flags{"\\Seen"};
    static const text::SearchText text = letter();
    store::Entry entry;
    entry.uid = Uid{7};
    entry.size = 900;
    const query::Subject subject{&entry, &flags, 1,
                                 1,      Uid{7}, [] -> const text::SearchText& { return text; }};
    return query::Matcher(tree).matches(subject);
}

// The same octets as a text that is searched for itself: nothing of it is lost in pieces, and its
// fuzzy form never fails.
void check_snippet(std::string_view octets, const query::Query& tree) {
    const std::string text = text::to_utf8(octets, "UTF-8");
    std::string joined;
    for (const auto& piece : query::snippet(text, query::needles_of(tree), text.size()))
        joined += piece.text;
    require(text.find(joined) != std::string::npos, "a snippet is a stretch of its text");
    require(text::shortened(text, 10).size() <= text.size(), "shortened is no longer");
}

void check_fuzzy(std::string_view octets, const query::QueryPtr& tree) {
    text::SearchText text;
    text.body = text::fold(octets);
    const auto score = query::relevance(*query::fuzzy(tree), text);
    require(score >= 1 && score <= 100, "relevance is from 1 to 100");
    matches(query::fuzzy(tree));
    matches(query::fuzzy_key({query::TextScope::body, {}, text::to_utf8(octets, "UTF-8")}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const auto parsed = query::parse_human(octets);
    if (!parsed) {
        require(!parsed.error().text.empty(), "an error has words");
        return 0;
    }
    const auto simpler = query::simplify(parsed->query);
    require(query::to_text(*query::simplify(simpler)) == query::to_text(*simpler),
            "simplifying twice changes nothing");
    require(matches(parsed->query) == matches(simpler), "a simpler tree means the same");
    check_snippet(octets, *parsed->query);
    check_fuzzy(octets, parsed->query);
    return 0;
}

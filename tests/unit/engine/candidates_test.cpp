// Random texts of several scripts, random needles cut out of them: the index may suspect too much,
// never too little, and what it calls certain is.
#include <catch2/catch.hpp>

#include <random>
#include <thread>

#include "indexer/engine/index.hpp"
#include "indexer/engine/slab.hpp"
#include "indexer/engine/tokens.hpp"
#include "indexer/query/matcher.hpp"
#include "indexer/text/fold.hpp"
#include "tests/unit/engine/temporary_folder.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::engine;
using query::TextKey;
using query::TextScope;

namespace {

class Inventor {
  public:
    explicit Inventor(unsigned seed) : random_(seed) {
        for (int i = 0; i < 400; ++i) words_.push_back(word());
    }

    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::string text(std::size_t words) {
        static constexpr const char* between[] = {
            " ", " ", " ", ", ", ".", "-", "@", " \xe2\x80\x94 ", "/", "", "_", "\n", "="};
        std::string out;
        for (std::size_t i = 0; i < words; ++i) {
            out += below(6) == 0 ? word() : words_[below(words_.size())];
            out += between[below(std::size(between))];
        }
        return text::fold(out);
    }

    // A piece of the text, at code points.
    std::string needle(const std::string& text) {
        const auto points = code_points(text);
        if (points.empty()) return "";
        const auto begin = below(points.size());
        const auto size = std::min(points.size() - begin, 1 + below(below(4) == 0 ? 60 : 9));
        std::string out;
        for (std::size_t i = 0; i < size; ++i) out += points[begin + i];
        if (below(10) == 0) out += word();  // mostly not in any text
        return out;
    }

  private:
    std::string letters(const std::vector<std::string>& alphabet, std::size_t most) {
        std::string out;
        for (std::size_t i = 1 + below(most); i > 0; --i) out += alphabet[below(alphabet.size())];
        return out;
    }
    std::string word() {
        static const std::vector<std::string> latin{
            "a", "b", "c", "d", "e", "n", "r", "s", "t", "\xc3\xa9", "\xc3\xbc", "\xc3\x9f", "x"};
        static const std::vector<std::string> cyrillic{"\xd0\xb0", "\xd0\xb1", "\xd0\xb8\xcc\x86",
                                                       "\xd0\xb9", "\xd1\x8f", "\xd0\xb5"};
        static const std::vector<std::string> han{"\xe6\xbc\xa2", "\xe5\xad\x97", "\xe3\x81\x8c",
                                                  "\xe3\x81\x8b", "\xe4\xb8\x96", "\xe7\x95\x8c"};
        static const std::vector<std::string> hangul{"\xed\x95\x9c", "\xea\xb5\xad", "\xec\x96\xb4",
                                                     "\xea\xb0\x80"};
        static const std::vector<std::string> thai{"\xe0\xb8\x81", "\xe0\xb8\xb2", "\xe0\xb8\xa3",
                                                   "\xe0\xb9\x88"};
        static const std::vector<std::string> hexadecimal{"0", "1", "7", "9", "a", "b", "e", "f"};
        static const std::vector<std::string> odd{"\xf0\x9f\x8e\x89",
                                                  "\xe2\x82\xac",
                                                  "\xc2\xb5",
                                                  "\xef\xac\x81",
                                                  "\xe2\x84\x83",
                                                  "#",
                                                  "\xff"};
        switch (below(12)) {
            case 0:
                return letters(cyrillic, 8);
            case 1:
                return letters(han, 6);
            case 2:
                return letters(hangul, 5);
            case 3:
                return letters(thai, 9);
            case 4:
                return letters(hexadecimal, 60);
            case 5:
                return letters(odd, 3);
            case 6:
                return letters(latin, below(20) == 0 ? 300 : 70);
            case 7:
                return letters(han, 3) + letters(latin, 3);
            default:
                return letters(latin, 10);
        }
    }

    std::mt19937 random_;
    std::vector<std::string> words_;
};

text::SearchText invent(Inventor& inventor) {
    text::SearchText text;
    for (const auto* name : {"subject", "from", "to", "cc", "list-id", "x-trace", "references",
                             "received", "received"}) {
        if (inventor.below(4) == 0) continue;
        text.fields.push_back({name, inventor.text(1 + inventor.below(8))});
        text.header += text::fold(name) + ": " + text.fields.back().value + " ";
    }
    if (inventor.below(3) == 0) text.mime_headers = inventor.text(6);
    text.body = inventor.text(inventor.below(60));
    if (inventor.below(3) == 0) text.filenames = inventor.text(1) + "\n" + inventor.text(1);
    return text;
}

const std::string& source(const text::SearchText& text, TextScope scope, std::size_t pick) {
    if (scope == TextScope::body) return text.body;
    if (scope == TextScope::filename) return text.filenames;
    if (scope == TextScope::text && pick % 2 == 0) return pick % 4 == 0 ? text.body : text.header;
    return text.fields.empty() ? text.header : text.fields[pick % text.fields.size()].value;
}

// Random needles, each from some message or like one, against an index of invented messages.
void compare(std::uint32_t messages, std::uint32_t shards, std::size_t needles_a_scope) {
    const test::TemporaryFolder folder;
    Inventor inventor(20240131);
    std::vector<text::SearchText> texts;
    auto writer = IndexWriter::open(folder.path(), shards);
    REQUIRE(writer);
    for (std::uint32_t n = 1; n <= messages; ++n) {
        texts.push_back(invent(inventor));
        REQUIRE((*writer)->add(MessageNumber{n}, texts.back()));
        if (n % 100 != 0) continue;
        for (std::uint32_t shard = 0; shard < shards; ++shard)
            REQUIRE((*writer)->commit(shard, MessageNumber{n}));
    }
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    for (std::uint32_t n = 1; n <= messages; ++n)
        CHECK((*reader)->check(MessageNumber{n}, texts[n - 1]));
    auto another = (*reader)->another();
    REQUIRE(another);
    const auto at_once = [&](std::size_t count, const IndexReader::Job& job) {
        const std::jthread beside([&] { job(0, **another); });
        for (std::size_t i = 1; i < count; ++i) job(i, **reader);
    };

    for (const auto scope :
         {TextScope::body, TextScope::text, TextScope::subject, TextScope::from, TextScope::to,
          TextScope::cc, TextScope::bcc, TextScope::header, TextScope::filename}) {
        std::size_t true_matches = 0;
        std::size_t suspects = 0;
        std::size_t certain = 0;
        for (std::size_t i = 0; i < needles_a_scope; ++i) {
            auto needle = inventor.needle(
                source(texts[inventor.below(messages)], scope, inventor.below(100)));
            static constexpr const char* names[] = {"Received", "References", "List-Id"};
            const TextKey key{scope, names[inventor.below(3)], needle};
            const auto candidates = (*reader)->candidates(key, {}, at_once);
            REQUIRE(candidates);
            const auto folded = text::fold(needle);
            for (std::uint32_t n = 1; n <= messages; ++n) {
                const bool matches = query::text_matches(key, folded, texts[n - 1]);
                const bool suspected = candidates->holds(MessageNumber{n});
                const bool sure = candidates->surely_holds(MessageNumber{n});
                true_matches += matches ? 1 : 0;
                suspects += suspected ? 1 : 0;
                certain += sure ? 1 : 0;
                if ((matches && !suspected) || (sure && !matches)) {
                    FAIL("scope " << static_cast<int>(scope) << ", needle '" << needle
                                  << "', message " << n
                                  << (sure ? ": wrongly certain" : ": missed"));
                }
            }
        }
        INFO("scope " << static_cast<int>(scope) << ": " << true_matches << " matches, " << suspects
                      << " suspects, " << certain << " certain");
        CHECK(suspects - true_matches < needles_a_scope * messages * 35 / 100);
        CHECK(certain <= true_matches);
    }
}

}  // namespace

TEST_CASE("candidates hold every message that matches") {
    compare(300, 2, 400);
}

TEST_CASE("they do where filters have become slabs") {
    compare(2 * slab_messages + 252, 2, 100);
}

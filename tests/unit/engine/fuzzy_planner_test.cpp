// Fuzzy needles made of the words of random mail in several languages, and of real mail: what the
// index says of them is compared with the matcher, message by message.
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <random>

#include "indexer/engine/index.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/query/fuzzy.hpp"
#include "indexer/text/fold.hpp"
#include "indexer/text/words.hpp"
#include "tests/unit/engine/temporary_folder.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::engine;
using query::Matching;
using query::TextKey;
using query::TextScope;

namespace {

constexpr const char* sentences[] = {
    "The committees were running through the figures of last year while she reported that the "
    "companies had been invoicing their customers twice; universities are dying, others die.",
    "Die H\xc3\xa4user wurden gestern verkauft, und die Rechnungen sind noch nicht bezahlt worden. "
    "Wir haben die Vertr\xc3\xa4ge gepr\xc3\xbc"
    "ft; \xc3\x84pfel und Apfel auf der Stra\xc3\x9f"
    "e.",
    "Les factures n'ont pas encore \xc3\xa9t\xc3\xa9 pay\xc3\xa9"
    "es et nous attendons une r\xc3\xa9ponse du comit\xc3\xa9 de l'universit\xc3\xa9.",
    "\xd0\x92\xd1\x87\xd0\xb5\xd1\x80\xd0\xb0 \xd0\xbc\xd1\x8b \xd0\xbf\xd0\xbe\xd0\xbb\xd1\x83"
    "\xd1\x87\xd0\xb8\xd0\xbb\xd0\xb8 \xd0\xbd\xd0\xbe\xd0\xb2\xd1\x8b\xd0\xb5 \xd1\x81\xd1\x87"
    "\xd0\xb5\xd1\x82\xd0\xb0 \xd0\xb8 \xd0\xb6\xd0\xb4\xd0\xb5\xd0\xbc \xd0\xbe\xd1\x82\xd0\xb2"
    "\xd0\xb5\xd1\x82\xd0\xb0 \xd0\xba\xd0\xbe\xd0\xbc\xd0\xb8\xd1\x82\xd0\xb5\xd1\x82\xd0\xb0",
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe6\x96\x87\xe6\x9b\xb8 ABC\xe5\x85\xac\xe5"
    "\x8f\xb8\xe3\x81\xae\xe8\xab\x8b\xe6\xb1\x82\xe6\x9b\xb8",
    "id 4f1e2d3c4b5a69788796a5b4c3d2e1f0 runs1234567890abcdef mp3s",
    "\xd9\x83\xd9\x84\xd9\x85\xd8\xa9\xd8\x8c \xd9\x83\xd9\x84\xd9\x85\xd8\xa7\xd8\xaa\xd8\x8c"};

class Inventor {
  public:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    bool one_in(std::size_t n) { return below(n) == 0; }

    std::string words(std::size_t most, std::size_t sentence) {
        const auto folded = text::fold(sentences[sentence]);
        const auto all = text::runs(folded);
        std::string out;
        for (auto i = below(most) + 1, at = below(all.size()); i > 0; --i, ++at) {
            out += form(all[at % all.size()].text);
            out += one_in(9) ? "" : one_in(5) ? ", " : " ";
        }
        return out;
    }
    // Of a folded word; mostly itself.
    std::string form(std::string_view word) {
        static constexpr const char* ends[] = {"S", "ED", "ING", "EN", "ER", "IES", "E", "LY"};
        auto points = text::code_points(word);
        std::string out;
        for (auto n = one_in(3) ? points.size() - below(std::min<std::size_t>(3, points.size()))
                                : points.size();
             n > 0; --n, points.erase(points.begin()))
            out += points.front();
        return one_in(3) ? out + ends[below(std::size(ends))] : out;
    }
    text::SearchText message() {
        text::SearchText text;
        const auto sentence = below(std::size(sentences));
        for (const auto* name : {"subject", "from", "list-id", "x-trace", "references"}) {
            if (one_in(4)) continue;
            text.fields.push_back({name, words(4, below(std::size(sentences)))});
            text.header += text::fold(name) + ": " + text.fields.back().value + " ";
        }
        if (one_in(3)) text.mime_headers = words(3, sentence);
        text.body = (one_in(5) ? "" : text::fold(sentences[sentence]) + " ") + words(20, sentence);
        if (one_in(4)) text.filenames = words(2, sentence) + "\n";
        if (one_in(4)) text.attachments = words(6, sentence) + "\n";
        return text;
    }
    std::string needle(const text::SearchText& of) {
        std::vector<std::string_view> places{of.body,      of.body,        of.header,
                                             of.filenames, of.attachments, of.mime_headers};
        for (const auto& field : of.fields) places.emplace_back(field.value);
        const auto all = text::runs(places[below(places.size())]);
        if (all.empty()) return "nothing";
        std::string out;
        for (std::size_t at = below(all.size()), n = one_in(4) ? 1 + below(3) : 1;
             n > 0 && at < all.size(); --n, ++at)
            out += form(all[at].text) + " ";
        return out;
    }

  private:
    std::mt19937 random_{20240207};
};

constexpr TextScope scopes[] = {TextScope::body,     TextScope::text,       TextScope::subject,
                                TextScope::from,     TextScope::header,     TextScope::header,
                                TextScope::filename, TextScope::attachment, TextScope::cc};
constexpr const char* names[] = {"List-Id", "X-Trace", "References", "Message-ID", "no name"};

struct Sums {
    std::size_t matches = 0, suspects = 0, certain = 0;
};

Sums compare(const std::vector<text::SearchText>& texts, Inventor& inventor, std::size_t needles) {
    const test::TemporaryFolder folder;
    auto writer = IndexWriter::open(folder.path());
    REQUIRE(writer);
    const auto count = static_cast<std::uint32_t>(texts.size());
    for (std::uint32_t n = 1; n <= count; ++n)
        REQUIRE((*writer)->add(MessageNumber{n}, texts[n - 1]));
    for (const std::uint32_t shard : {0U, 1U})
        REQUIRE((*writer)->commit(shard, MessageNumber{count}));
    auto reader = IndexReader::open(folder.path());
    REQUIRE(reader);
    std::vector<std::unique_ptr<query::FuzzyText>> matchers;
    for (const auto& text : texts) matchers.push_back(std::make_unique<query::FuzzyText>(text));

    Sums sums;
    for (std::size_t i = 0; i < needles; ++i) {
        const auto needle = inventor.needle(texts[inventor.below(count)]);
        const TextKey key{scopes[i % std::size(scopes)], names[inventor.below(std::size(names))],
                          needle, Matching::fuzzy};
        const auto candidates = (*reader)->candidates(key);
        REQUIRE(candidates);
        for (std::uint32_t n = 1; n <= count; ++n) {
            const bool matches = matchers[n - 1]->hits(key, text::fold(needle)) > 0;
            const bool suspected = candidates->holds(MessageNumber{n});
            const bool sure = candidates->surely_holds(MessageNumber{n});
            sums.matches += matches ? 1 : 0;
            sums.suspects += suspected ? 1 : 0;
            sums.certain += sure ? 1 : 0;
            if ((matches && !suspected) || (sure && !matches))
                FAIL("scope " << static_cast<int>(key.scope) << " " << key.header_name
                              << ", needle '" << needle << "', message " << n
                              << (sure ? ": wrongly certain" : ": missed"));
        }
    }
    return sums;
}

}  // namespace

TEST_CASE("candidates of fuzzy keys hold every message that matches") {
    Inventor inventor;
    std::vector<text::SearchText> texts;
    for (int i = 0; i < 200; ++i) texts.push_back(inventor.message());
    const auto sums = compare(texts, inventor, 3'000);
    CHECK(sums.matches > 3'000);
    CHECK(sums.certain > sums.matches / 2);
    CHECK(sums.suspects < 4 * sums.matches);
}

TEST_CASE("candidates of fuzzy keys hold every real message that matches") {
    Inventor inventor;
    std::vector<text::SearchText> texts;
    for (const auto& file : std::filesystem::recursive_directory_iterator(MAILHOLD_TEST_MAIL)) {
        if (file.path().extension() != ".eml") continue;
        std::ifstream stream(file.path(), std::ios::binary);
        const std::string octets((std::istreambuf_iterator<char>(stream)), {});
        texts.push_back(text::make_search_text(octets, mime::parse(octets)));
    }
    REQUIRE(texts.size() > 500);
    const auto sums = compare(texts, inventor, 60);
    CHECK(sums.certain > sums.matches / 2);
}

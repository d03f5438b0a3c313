#include "indexer/text/stem.hpp"

#include <catch2/catch.hpp>

#include "indexer/mime/parse.hpp"
#include "indexer/text/fold.hpp"
#include "indexer/text/readable.hpp"
#include "indexer/text/words.hpp"

namespace mailhold::indexer::text {
namespace {

Language language(std::string_view code) {
    for (std::size_t i = 0; i < language_count; ++i) {
        if (code_of(static_cast<Language>(i)) == code) return static_cast<Language>(i);
    }
    FAIL(code);
    return {};
}

}  // namespace

TEST_CASE("words are written small and composed") {
    const auto folded = fold(
        "Gr\xc3\xbc\xc3\x9f"
        "e aus K\xc3\xb6ln");
    const auto words = runs(folded);
    REQUIRE(words.size() == 3);
    CHECK(written_word(words[0].text) ==
          "gr\xc3\xbc\xc3\x9f"
          "e");
    CHECK(written_word(words[2].text) == "k\xc3\xb6ln");
}

TEST_CASE("every language has a stemmer, which keeps the first octet of folded words") {
    for (std::size_t i = 0; i < language_count; ++i) {
        const auto each = static_cast<Language>(i);
        INFO(code_of(each));
        const Stemmer stemmer(each);
        CHECK(!stemmer.stem("X").empty());
        for (const std::string_view word :
             {"\xc3\xa4rzte", "houses", "\xc3\xa9t\xc3\xa9s",
              "\xce\xac\xce\xbb\xce\xbb\xce\xbf\xce\xb9", "\xd1\x91\xd0\xbb\xd0\xba\xd0\xb8",
              "evlerinde", "yhti\xc3\xb6iden"}) {
            const auto folded = fold(word);
            CHECK(fold(stemmer.stem(folded)).front() == folded.front());
        }
    }
    CHECK(Stemmer(language("en")).stem("RUNNING") == Stemmer(language("en")).stem("RUNS"));
    CHECK(Stemmer(language("de")).stem(fold("H\xc3\xa4user")) ==
          Stemmer(language("de")).stem(fold("Haus")));
    CHECK(Stemmer(language("fr")).stem(fold("chanterons")) ==
          Stemmer(language("fr")).stem(fold("chanter")));
}

TEST_CASE("languages are told from the text, and English where there is too little") {
    const auto of = [](std::string_view text) { return code_of(language_of(fold(text))); };
    CHECK(of("") == "en");
    CHECK(of("xyzzy") == "en");
    CHECK(of("The committee has looked at the figures of the last year and wants to know more") ==
          "en");
    CHECK(of("Die Rechnungen sind noch nicht bezahlt worden, und wir warten auf eine Antwort") ==
          "de");
    CHECK(of("Les factures n'ont pas encore \xc3\xa9t\xc3\xa9 pay\xc3\xa9"
             "es et nous attendons une r\xc3\xa9ponse") == "fr");
}

TEST_CASE("readable text is the plain text, or what HTML shows") {
    const auto readable = [](std::string_view mail, std::size_t most = most_readable) {
        return readable_text(mail, mime::parse(mail), most);
    };
    CHECK(readable("Subject: x\n\n  a\r\n\t b \xc2\xa0 c\n") == "a b c");
    CHECK(readable("Content-Type: text/html\n\n<p>a</p><p>b</p>") == "a b");
    CHECK(
        readable("Subject: x\nContent-Type: text/plain; charset=utf-8\n\n\xc3\xa4\xc3\xa4\xc3\xa4",
                 3) == "\xc3\xa4\xc3\xa4");
    CHECK(shortened("one two three", 7) == "one two");
    CHECK(shortened("one two three", 9) == "one two");
    CHECK(shortened("one two", 20) == "one two");
    CHECK(shortened("\xc3\xa4\xc3\xa4\xc3\xa4", 2) == "\xc3\xa4\xc3\xa4");
    CHECK(shortened(std::string(30, 'x'), 25) == std::string(25, 'x'));
}

}  // namespace mailhold::indexer::text

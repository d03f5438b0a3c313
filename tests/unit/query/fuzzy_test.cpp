#include "indexer/query/fuzzy.hpp"

#include <catch2/catch.hpp>

#include "indexer/mime/parse.hpp"
#include "indexer/query/human.hpp"
#include "indexer/query/matcher.hpp"
#include "indexer/text/fold.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::query;

namespace {

text::SearchText text_of(const std::string& mail) {
    return text::make_search_text(mail, mime::parse(mail));
}

constexpr const char* english =
    "Subject: Annual reports\nFrom: Carol Runner <carol@example.org>\n\n"
    "The committees were running through the figures of last year while she reported that "
    "the companies had been invoicing their customers twice. Universities are connected. "
    "Those who were dying had 12 mp3s.\n";
constexpr const char* german =
    "Subject: =?utf-8?q?Rechnungspr=C3=BCfung?=\nContent-Type: text/plain; charset=utf-8\n\n"
    "Die H\xc3\xa4user wurden gestern verkauft, und die Rechnungen sind noch nicht bezahlt worden. "
    "Wir haben die Vertr\xc3\xa4ge gepr\xc3\xbc"
    "ft und warten auf eine Antwort der Anw\xc3\xa4lte. Ein Apfel liegt auf der Stra\xc3\x9f"
    "e.\n";
constexpr const char* machine =
    "Message-ID: <runner@example.org>\nFrom: Carol\nX-Note: reporting\n\nNothing.\n";

bool matches(const std::string& mail, TextScope scope, const std::string& needle) {
    const auto query = fuzzy_key({scope, {}, needle});
    const auto text = text_of(mail);
    const store::Entry entry;
    const store::FlagSet flags;
    return Matcher(query).matches(
        {&entry, &flags, 1, 1, Uid{1}, [&]() -> const text::SearchText& { return text; }});
}

}  // namespace

TEST_CASE("a fuzzy key finds each form of a word, in the message's language") {
    struct Row {
        const char* mail;
        TextScope scope;
        std::string needle;
        bool found;
    };
    const Row table[] = {
        {english, TextScope::body, "run", true},
        {english, TextScope::body, "committee", true},
        {english, TextScope::body, "invoices", true},
        {english, TextScope::body, "report", true},
        {english, TextScope::body, "invoice customer", true},  // both words, anywhere
        {english, TextScope::body, "customer invoice", true},
        {english, TextScope::body, "invoice banana", false},
        {english, TextScope::body, "\"invoiced their customer\"", true},  // a phrase: in a row
        {english, TextScope::body, "\"customer invoice\"", false},
        {english, TextScope::body, "invo", false},  // a part of a word is none of its forms
        {english, TextScope::body, "die", true},
        {english, TextScope::body, "mp3", false},  // words with digits have no other forms
        {english, TextScope::subject, "report", true},
        {english, TextScope::subject, "invoice", false},
        {english, TextScope::from, "carol", true},
        {english, TextScope::text, "reporting", true},
        {english, TextScope::text, "subject:report -body:banana", true},
        {english, TextScope::text, "subject:invoice", false},
        {english, TextScope::text, "(banana OR \"annual report\")", true},
        {german, TextScope::body, "Haus", true},
        {german, TextScope::body, "rechnung", true},
        {german, TextScope::body, "VERTRAG", true},
        {german, TextScope::body, "bezahlt", true},
        {german, TextScope::subject,
         "Rechnungspr\xc3\xbc"
         "fungen",
         true},
        {german, TextScope::body, "\xc3\x84pfel", true},
        {german, TextScope::body, "Strasse", true},
        {english, TextScope::subject, "", true},             // the field exists
        {machine, TextScope::text, "\"from carol\"", true},  // as it is, whoever wrote it
        {machine, TextScope::text, "runner", true},
        {machine, TextScope::text, "runners", false},
        {machine, TextScope::text, "report", true},
    };
    for (const auto& row : table) {
        INFO(row.needle);
        CHECK(matches(row.mail, row.scope, row.needle) == row.found);
    }
}

TEST_CASE("scripts without blanks are looked for as they are") {
    const std::string mail =
        "Subject: x\nContent-Type: text/plain; charset=utf-8\n\n"
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe6\x96\x87\xe6\x9b\xb8\n";
    CHECK(matches(mail, TextScope::body, "\xe6\x9c\xac\xe8\xaa\x9e"));
    CHECK(!matches(mail, TextScope::body, "\xe8\xaa\x9e\xe6\x9c\xac"));
}

TEST_CASE("fuzzy keys have a canonical text") {
    CHECK(to_text(*fuzzy_key({TextScope::body, {}, "Annual \"big report\" x"})) ==
          "(and (fuzzy-body \"ANNUAL\") (fuzzy-body \"BIG REPORT\") (fuzzy-body \"X\"))");
    CHECK(to_text(*fuzzy_key({TextScope::from, {}, "..."})) == "(from \"...\")");
    CHECK(to_text(*fuzzy(parse_human("from:carol larger:1K")->query)) ==
          "(and (fuzzy-from \"carol\") (larger 1024))");
}

TEST_CASE("relevance grows with the hits, and with where they are") {
    const auto score = [](const std::string& query, const std::string& mail) {
        return int{relevance(*fuzzy(parse_human(query)->query), text_of(mail))};
    };
    const std::string filler = "and some more words that nobody looks for ";
    const std::string once = "Subject: x\n\none report\n";
    const std::string twice = "Subject: x\n\none report, two reports\n";
    const std::string subject = "Subject: report\n\nnothing\n";
    std::string lengthy = once;
    for (int i = 0; i < 200; ++i) lengthy += filler;
    CHECK(score("body:report", once) > 0);
    CHECK(score("body:report", once) < score("body:report", twice));
    CHECK(score("body:report", lengthy) < score("body:report", once));
    CHECK(score("report", once) < score("report", subject));
    CHECK(score("larger:1K", once) == 100);
    std::string many = "Subject: report\n\n";
    for (int i = 0; i < 10'000; ++i) many += "report ";
    CHECK(score("report", many) <= 100);
}

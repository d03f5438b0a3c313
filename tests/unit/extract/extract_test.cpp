// Every format, and hostile files, in this process: what the readers do, whatever guards them.
#include <catch2/catch.hpp>

#include "indexer/mime/charset.hpp"
#include "tests/unit/extract/samples.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::extract;
using test::holds;
using test::joined;
using test::sample;
using text::ExtractStatus;

namespace {

text::Extraction read(const std::string& name, const Limits& limits = {}) {
    return extract::extract(sample(name), limits);
}

}  // namespace

TEST_CASE("each format gives its text") {
    const std::string names[] = {
        "good.pdf", "embedded.pdf", "good.docx", "good.xlsx",   "good.pptx",  "good.odt",
        "good.ods", "good.odp",     "good.rtf",  "good.html",   "good.txt",   "good.ics",
        "good.eml", "good.zip",     "good.tar",  "good.tar.gz", "good.txt.gz"};
    for (const auto& name : names) {
        const auto extraction = read(name);
        INFO(name << ": " << extraction.reason);
        CHECK(extraction.status == ExtractStatus::indexed);
        CHECK(holds(extraction, "harbour master " + name));
        CHECK(extraction.maker == maker_of({}));
    }
}

TEST_CASE("what stands beside a document's text is found too") {
    const std::pair<std::string, std::string> table[] = {
        {"good.pdf", "second page"},
        {"good.pdf", "chart table"},
        {"good.pdf", "navigable"},
        {"embedded.pdf", "outside"},
        {"embedded.pdf", "inside.txt"},
        {"good.docx", "one word in two runs"},
        {"good.docx", "the new wording"},
        {"good.docx", "struck"},
        {"good.docx", "a footnote"},
        {"good.docx", "https://quay.example/berth?a=1&b=2"},
        {"good.docx", "pilotage"},
        {"good.xlsx", "harbour master good.xlsx\t1234.5"},
        {"good.xlsx", "inline words"},
        {"good.xlsx", "Tonnage"},
        {"good.pptx", "a speaker note"},
        {"good.odt", "two  blanks here"},
        {"good.odt", "https://quay.example/"},
        {"good.odt", "a running head"},
        {"good.odt", "soundings"},
        {"good.ods", "Tides"},
        {"good.html", "https://quay.example/"},
        {"good.ics", "harbour master good.ics, berth two"},
        {"good.eml", "letter from the quay"},
        {"good.eml", "harbour master inner.rtf"},
        {"good.zip", "harbour master good.zip docx"},
        {"good.zip", "a/good.docx"},
        {"good.zip", "within a zip"},
        {"good.zip", "harbour master inner.rtf"},
        {"shallow.zip", "harbour master at the bottom"},
    };
    for (const auto& [name, words] : table) {
        INFO(name);
        CHECK(holds(read(name), words));
    }
}

TEST_CASE("what cannot be read as a whole says why") {
    const std::tuple<std::string, ExtractStatus, std::string> table[] = {
        {"locked.pdf", ExtractStatus::encrypted, "encrypted"},
        {"locked.docx", ExtractStatus::encrypted, "encrypted"},
        {"locked.odt", ExtractStatus::encrypted, "encrypted"},
        {"locked.zip", ExtractStatus::encrypted, "secret.txt: encrypted"},
        {"old.doc", ExtractStatus::unsupported, "old office"},
        {"scan.pdf", ExtractStatus::unsupported, "no text on its pages"},
        {"picture.png", ExtractStatus::unsupported, "no text"},
        {"deep.zip", ExtractStatus::truncated, "nested more than 6 deep"},
        {"bomb.zip", ExtractStatus::truncated, "of text"},
        {"entities.docx", ExtractStatus::failed, "damaged"},
        {"deep.docx", ExtractStatus::failed, "damaged"},
        {"deep.rtf", ExtractStatus::truncated, "nested more than 10000 deep"},
    };
    for (const auto& [name, status, reason] : table) {
        const auto extraction = read(name);
        INFO(name << ": " << extraction.reason);
        CHECK(text::name_of(extraction.status) == text::name_of(status));
        CHECK_THAT(extraction.reason, Catch::Contains(reason));
        CHECK(extraction.maker != 0);
    }
    CHECK_THAT(joined(read("deep.rtf")), Catch::Contains("harbour master"));
    CHECK_THAT(joined(read("deep.docx")), Catch::Contains("harbour master"));
}

TEST_CASE("limits cut, and say so") {
    Limits limits;
    limits.text = 7;
    const auto cut = read("good.docx", limits);
    CHECK(cut.status == ExtractStatus::truncated);
    CHECK(joined(cut) == "harbour\n");
    limits = {};
    limits.unpacked = 1 << 20;
    CHECK_THAT(read("bomb.zip", limits).reason, Catch::Contains("when unpacked"));
    limits = {};
    limits.in_memory = 1000;
    CHECK_THAT(read("bomb.zip", limits).reason, Catch::Contains("0.zip: more than 1000 octets"));
    limits = {};
    limits.members = 2;
    CHECK_THAT(read("good.zip", limits).reason, Catch::Contains("more than 2 members"));
    limits = {};
    limits.processor = std::chrono::milliseconds(0);
    const auto late = read("good.zip", limits);
    CHECK(late.status == ExtractStatus::truncated);
    CHECK(late.maker == 0);  // another run may get further
}

TEST_CASE("text is cut between characters") {
    Limits limits;
    limits.text = 4;
    const auto cut = extract::extract({"text/plain", "a.txt", "aaa\u00e9b"}, limits);
    CHECK(joined(cut) == "aaa\n");
}

TEST_CASE("the state of an archive is the worst of its members', and the reason names it") {
    const auto extraction = read("good.zip");
    CHECK(extraction.status == ExtractStatus::indexed);
    CHECK(extraction.reason == "c.png: no text is known in this format");
}

TEST_CASE("every truncated sample is read without harm") {
    for (const std::string name : {"good.pdf", "good.docx", "good.xlsx", "good.odt", "good.rtf",
                                   "good.zip", "good.tar.gz", "good.eml", "locked.pdf"}) {
        const auto whole = sample(name);
        for (std::size_t size = 0; size < whole.content.size(); size += 37) {
            const auto extraction =
                extract::extract({whole.type, name, whole.content.substr(0, size)}, {});
            CHECK(extraction.maker != 0);
            for (const auto& piece : extraction.pieces) CHECK(mime::is_utf8(piece));
        }
    }
}

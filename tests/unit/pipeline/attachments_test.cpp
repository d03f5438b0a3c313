// Attachments from the octets to an answer, indexed or not, with a reader that gives what is there.
#include "indexer/mime/parse.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "indexer/pipeline/searcher.hpp"
#include "indexer/query/human.hpp"
#include "tests/unit/pipeline/sample_archive.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::pipeline;

namespace {

text::Extraction give(std::string_view octets, const mime::Part& part) {
    if (part.subtype == "locked") return {text::ExtractStatus::encrypted, {}, {}, 1};
    return {text::ExtractStatus::indexed, {}, {mime::decoded_content(octets, part)}, 1};
}

std::string mail(const std::string& subtype, const std::string& attachment) {
    return "Subject: letter\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
           "words of the letter\r\n--b\r\nContent-Type: application/" +
           subtype + "; name=a.bin\r\n\r\n" + attachment + "\r\n--b--\r\n";
}

Places found(const Searcher& searcher, test::SampleArchive& archive, std::string_view text) {
    const auto human = query::parse_human(text);
    REQUIRE(human);
    const auto places = searcher.search(human->query, *archive.inbox());
    REQUIRE(places);
    return *places;
}

}  // namespace

TEST_CASE("attachments are found indexed or not, as body where that is wanted") {
    test::SampleArchive archive;
    auto mails = test::sample_mails(20);  // more than are cheaper to read than to ask about
    std::erase_if(mails, [](const std::string& one) { return one.contains("arbour"); });
    const auto first = static_cast<std::uint32_t>(mails.size());
    mails.push_back(mail("x-some", "the Harbour Master's report"));
    mails.push_back(mail("locked", "nothing of this Harbour is seen"));
    mails.push_back(mail("x-some", "a second piece"));
    archive.ingest(mails);
    const Searcher searcher(*archive, {give, true});
    const Searcher strict(*archive, {give, false});
    const auto check = [&] {
        CHECK(found(searcher, archive, "body:\"harbour master\"") == Places{first});
        CHECK(found(searcher, archive, "text:arbour -subject:other") == Places{first});
        CHECK(found(strict, archive, "body:harbour").empty());
        CHECK(found(strict, archive, "body:\"of the letter\"") ==
              Places{first, first + 1, first + 2});
        CHECK(found(searcher, archive, "attachment:encrypted") == Places{first + 1});
        CHECK(found(searcher, archive, "-attachment:indexed has:attachment filename:a.bin") ==
              Places{first + 1});
    };
    check();
    auto pipeline = Pipeline::start(*archive, {.extractor = give});
    REQUIRE(pipeline);
    REQUIRE((*pipeline)->catch_up());
    check();
    CHECK(verify_index(*archive, give)->empty());
}

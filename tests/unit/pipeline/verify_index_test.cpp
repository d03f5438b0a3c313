// verify_index finds what differs between index and archive; discard_index leaves none.
#include "indexer/engine/index.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "indexer/pipeline/prepare.hpp"
#include "tests/unit/pipeline/sample_archive.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::pipeline;

TEST_CASE("verify_index is silent about a good index and names what is wrong") {
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(60));
    CHECK(verify_index(*archive)->empty());  // no index is no difference
    {
        auto pipeline = Pipeline::start(*archive);
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
    }
    store::Progress last;
    const auto good =
        verify_index(*archive, {}, [&](store::Progress progress) { last = progress; });
    REQUIRE(good);
    CHECK(good->empty());
    CHECK(last.done == last.total);

    REQUIRE(discard_index(*archive));
    auto writer = engine::IndexWriter::open(archive.index_folder(), 1);
    REQUIRE(writer);
    for (std::uint32_t n = 1; n <= 60; ++n) {
        auto text = search_text(*archive, MessageNumber{n}, {});
        REQUIRE(text);
        if (n == 7) text->body = "SOMETHING ELSE";
        REQUIRE((*writer)->add(MessageNumber{n}, *text));
    }
    const std::string right = to_hex(*archive->lineage(MessageNumber{60}));
    REQUIRE((*writer)->commit(0, MessageNumber{60}, right));
    const auto bad = verify_index(*archive);
    REQUIRE(bad);
    REQUIRE(bad->size() == 1);
    CHECK_THAT(bad->front().where, Catch::Contains("message 7"));
    REQUIRE((*writer)->commit(0, MessageNumber{60}, "another lineage"));
    CHECK(verify_index(*archive)->size() == 2);
}

TEST_CASE("an index of another archive is made anew") {
    test::SampleArchive one;
    test::SampleArchive other;
    one.ingest({test::simple_mail(1), test::simple_mail(2)});
    other.ingest({test::simple_mail(3), test::simple_mail(2)});
    REQUIRE((*Pipeline::start(*one))->catch_up());
    std::filesystem::copy(one.index_folder(), other.index_folder(),
                          std::filesystem::copy_options::recursive);
    CHECK(verify_index(*other)->front().where == "index");
    REQUIRE((*Pipeline::start(*other))->catch_up());
    CHECK(verify_index(*other)->empty());
}

TEST_CASE("verify_index finds a summary that is not what the octets give, indexed or not") {
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(10));
    {
        auto pipeline = Pipeline::start(*archive);
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
    }
    const MessageNumber third{3};
    auto summary = archive->summaries({&third, 1})->front().value();
    summary.envelope[1] ^= 1;
    const std::vector<std::pair<MessageNumber, store::Summary>> altered{{third, summary}};
    REQUIRE(archive->put_summaries(altered));
    for (int round = 0; round < 2; ++round) {
        const auto found = verify_index(*archive);
        REQUIRE(found);
        REQUIRE(found->size() == 1);
        CHECK(found->front().where == "catalog, message 3");
        REQUIRE(discard_index(*archive));
    }
}

TEST_CASE("verify_index compares attachments only where their readers were the same") {
    test::SampleArchive archive;
    archive.ingest({"Content-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n"});
    const auto reader = [](std::string text, std::uint32_t maker) {
        return [text, maker](std::string_view, const mime::Part&) -> text::Extraction {
            return {text::ExtractStatus::indexed, {}, {text}, maker};
        };
    };
    {
        auto pipeline = Pipeline::start(*archive, {.extractor = reader("one", 5)});
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
    }
    CHECK(verify_index(*archive, reader("one", 5))->empty());
    CHECK(verify_index(*archive, reader("other", 5))->size() == 1);
    CHECK(verify_index(*archive, reader("other", 6))->empty());  // a newer version, other limits
    CHECK(verify_index(*archive, reader("other", 0))->empty());  // chance
    CHECK(verify_index(*archive)->empty());
}

TEST_CASE("discard_index leaves none, and the next pipeline makes it anew") {
    test::SampleArchive archive;
    archive.ingest(test::sample_mails(20));
    for (int round = 0; round < 2; ++round) {
        auto pipeline = Pipeline::start(*archive);
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
        pipeline->reset();
        REQUIRE(discard_index(*archive));
        CHECK(engine::IndexReader::open(archive.index_folder()).error().code == Errc::not_found);
    }
    REQUIRE(discard_index(*archive));  // also where there is none
}

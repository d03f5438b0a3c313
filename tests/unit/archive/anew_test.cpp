// The catalog made anew: when it must be, that it comes out the same, and what a failure leaves.
#include <fstream>

#include "store/base/fail_point.hpp"
#include "store/catalog/catalog.hpp"
#include "store/ledger/fact_codec.hpp"
#include "store/replay.hpp"
#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

TEST_CASE("summaries are kept until the catalog is made anew") {
    const TestFolder folder;
    {
        const auto archive = take(Archive::open(folder.path()));
        ok(archive->ingest({arrival(inbox, 1, mail(1))}));
        const std::vector<std::pair<MessageNumber, Summary>> summaries{
            {MessageNumber{1}, {"envelope", "body", "structure", "-"}}};
        ok(archive->put_summaries(summaries));
        const std::vector numbers{MessageNumber{1}};
        const auto found = take(archive->summaries(numbers));
        REQUIRE(found.at(0));
        CHECK(found[0]->envelope == "envelope");
    }
    ok(rebuild_catalog(folder.path()));
    const std::vector numbers{MessageNumber{1}};
    CHECK_FALSE(take(take(ArchiveReader::open(folder.path()))->summaries(numbers)).at(0));
}

TEST_CASE("the catalog made anew is the one there was") {
    const QuietLog quiet;
    const TestFolder folder;
    std::string before;
    {
        const auto archive = take(Archive::open(folder.path(), {.segment_limit = 3000}));
        for (std::uint32_t uid = 1; uid < 100; uid += 3) {
            ok(archive->ingest({arrival(inbox, uid, mail(uid)),
                                arrival(inbox, uid + 1, mail(uid + 1), {"\\Seen"})},
                               {FlagsSeen{inbox, Uid{uid}, {"\\Flagged"}, ModSeq{0}}}));
        }
        ok(archive->ingest({}, {Vanished{inbox, {Uid{4}, Uid{5}}}}));
        before = dump(*archive);
    }
    SECTION("by rebuild") {
        std::uint64_t done = 0;
        ok(rebuild_catalog(folder.path(), [&](Progress progress) { done = progress.done; }));
        CHECK(done > 0);
    }
    SECTION("because it is missing") {
        ok(catalog::CatalogWriter::discard(catalog_path(folder.path())));
    }
    SECTION("because it is damaged") {
        std::ofstream(catalog_path(folder.path())) << std::string(10'000, 'x');
    }
    CHECK(dump(*take(Archive::open(folder.path()))) == before);
    verified(folder.path());
}

TEST_CASE("a rebuild that fails leaves the catalog that was there") {
    const QuietLog quiet;
    const TestFolder folder;
    std::string before;
    const std::vector<std::pair<MessageNumber, Summary>> summaries{
        {MessageNumber{1}, {"envelope", "body", "structure", "-"}}};
    {
        const auto archive = take(Archive::open(folder.path()));
        ok(archive->ingest({arrival(inbox, 1, mail(1))}));
        ok(archive->put_summaries(summaries));
        before = dump(*archive);
    }
    for (const auto* point :
         {"catalog.apply", "catalog.commit", "catalog.before_rename", "file.rename", "file.sync"}) {
        CAPTURE(point);
        ok(fail_point::arm(std::string(point) + ":1:error"));
        CHECK_FALSE(rebuild_catalog(folder.path()));
        ok(fail_point::arm(""));
        const auto archive = take(ArchiveReader::open(folder.path()));
        CHECK(dump(*archive) == before);
        const std::vector numbers{MessageNumber{1}};
        CHECK(take(archive->summaries(numbers)).at(0));
    }
    ok(rebuild_catalog(folder.path()));
    CHECK(dump(*take(ArchiveReader::open(folder.path()))) == before);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "catalog.sqlite.new"));
}

TEST_CASE("a sighting of bytes that no record holds is quarantined and reported, and no more") {
    const QuietLog quiet;
    const TestFolder folder;
    {
        const auto archive = take(Archive::open(folder.path()));
        ok(archive->ingest({arrival(inbox, 1, mail(1))}));
    }
    {
        auto ledger = take(ledger::LedgerWriter::open(
            {.folder = ledger_folder(folder.path()), .keys_folder = keys_folder(folder.path())}));
        auto unknown = arrival(inbox, 2, "").sighting;
        unknown.digest = sha256("never stored");
        const auto body = take(ledger::encode_body(Fact(unknown)));
        const std::vector<ledger::Draft> drafts{{body.kind, body.body, nullptr}};
        REQUIRE(ledger.append(drafts, ledger::noon));
    }
    const auto check = [&] {
        const auto archive = take(Archive::open(folder.path()));
        CHECK(take(archive->totals()).quarantined == 1);
        CHECK(take(archive->totals()).sightings == 1);
        CHECK(take(archive->generation_state(inbox)).quarantined == std::vector{Uid{2}});
        const auto found = take(verify(folder.path()));
        REQUIRE(found.problems.size() == 1);
        CHECK(found.problems[0].where == "record 2");
        CHECK_THAT(found.problems[0].what, Catch::Contains("no record before it holds"));
    };
    check();
    ok(rebuild_catalog(folder.path()));
    check();
    const auto archive = take(Archive::open(folder.path()));
    ok(archive->ingest({arrival(inbox, 2, mail(2))}));
    CHECK(take(archive->totals()).quarantined == 0);
}

TEST_CASE("a ledger that ends before what was committed is refused, and nothing of it is cut") {
    const QuietLog quiet;
    const TestFolder folder;
    std::string before;
    {
        const auto archive = take(Archive::open(folder.path()));
        ok(archive->ingest({arrival(inbox, 1, mail(1))}));
        before = dump(*archive);
    }
    ok(catalog::CatalogWriter::discard(catalog_path(folder.path())));
    {
        const auto catalog = take(catalog::CatalogWriter::open(catalog_path(folder.path())));
        std::vector<catalog::Committed> more;
        for (std::uint64_t i = 0; i < 1000; ++i)
            more.push_back({Sequence{i}, ledger::noon, catalog::Unknown{}});
        const auto here = take(ledger::position_at(ledger_folder(folder.path()), Sequence{1}));
        REQUIRE(catalog->apply(more, {.archive = here.archive, .next = Sequence{1000}}));
    }
    const auto refused = Archive::open(folder.path());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::corrupt);
    CHECK_THAT(refused.error().text, Catch::Contains("mailhold rebuild"));
    ok(rebuild_catalog(folder.path()));
    CHECK(dump(*take(Archive::open(folder.path()))) == before);
}

TEST_CASE("a catalog that was made from other records is not believed, however many it holds") {
    const QuietLog quiet;
    const TestFolder folder;
    const auto fill = [](const std::filesystem::path& data, std::uint32_t from, std::uint32_t to) {
        const auto archive = take(Archive::open(data));
        for (auto uid = from; uid < to; ++uid)
            ok(archive->ingest({arrival(inbox, uid, mail(uid))}));
        return dump(*archive);
    };
    const auto replace_catalog = [&](const std::filesystem::path& other) {
        ok(catalog::CatalogWriter::discard(catalog_path(folder.path())));
        std::filesystem::copy_file(catalog_path(other), catalog_path(folder.path()));
    };
    const TestFolder other;
    std::string before;
    bool restored = false;
    SECTION("another archive's, as many") {
        before = fill(folder.path(), 1, 4);
        fill(other.path(), 11, 14);
    }
    SECTION("another archive's, with fewer") {
        before = fill(folder.path(), 1, 4);
        fill(other.path(), 11, 13);
    }
    SECTION("another archive's, with more") {
        before = fill(folder.path(), 1, 4);
        fill(other.path(), 11, 19);
    }
    SECTION("this archive's, as a restored copy of it went on") {
        restored = true;
        fill(folder.path(), 1, 3);
        std::filesystem::copy(folder.path(), other.path(),
                              std::filesystem::copy_options::recursive);
        before = fill(folder.path(), 3, 6);
        fill(other.path(), 13, 15);
    }
    replace_catalog(other.path());
    CHECK(ArchiveReader::open(folder.path()).has_value() == restored);
    CHECK_FALSE(take(verify(folder.path())).problems.empty());
    CHECK(dump(*take(Archive::open(folder.path()))) == before);
    verified(folder.path());
}

}  // namespace
}  // namespace mailhold::store

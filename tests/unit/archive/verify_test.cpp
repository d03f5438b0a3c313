#include <fstream>

#include "store/ledger/checkpoint.hpp"
#include "store/ledger/segment.hpp"
#include "store/replay.hpp"
#include "tests/unit/archive/support.hpp"

namespace mailhold::store {
namespace {

void overwrite(const std::filesystem::path& path, std::string_view octets) {
    std::ofstream(path, std::ios::trunc | std::ios::binary) << octets;
}

std::filesystem::path small_archive(const TestFolder& folder, std::uint64_t segment_limit) {
    const auto archive = take(Archive::open(folder.path(), {.segment_limit = segment_limit}));
    ok(archive->ingest({arrival(inbox, 1, mail(1)), arrival(inbox, 2, "short")}));
    ok(archive->ingest({arrival(inbox, 3, mail(3), {"\\Seen"})},
                       {GenerationSynced{inbox, Uid{4}, ModSeq{0}, 3}}));
    return folder.path();
}

TEST_CASE("a flipped bit anywhere in ledger, checkpoints or public key is found") {
    const TestFolder folder{Kept::in_memory};
    const auto data = small_archive(folder, 500);
    const auto clean = verified(data);
    CHECK(clean.checkpoints == 2);
    std::vector<std::filesystem::path> files{keys_folder(data) / "signing.pub"};
    for (const auto& entry : std::filesystem::directory_iterator(ledger_folder(data)))
        files.push_back(entry.path());
    REQUIRE(files.size() == 4);
    for (const auto& file : files) {
        const auto whole = take(read_file(file));
        for (std::size_t at = 0; at < whole.size(); ++at) {
            auto damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
            overwrite(file, damaged);
            const auto found = verify(data);
            CAPTURE(file, at);
            // The armour of a PEM file does not count; its key does.
            const bool harmless = file.extension() == ".pub" && found && found->key == clean.key;
            if (!harmless) CHECK((!found || !found->problems.empty()));
        }
        overwrite(file, whole);
    }
    verified(data);
}

TEST_CASE("a ledger cut off at any byte is found") {
    const TestFolder folder{Kept::in_memory};
    const auto data = small_archive(folder, 256 << 20);
    const auto file = ledger::segment_path(ledger_folder(data), 0, ledger::SegmentState::open);
    const auto whole = take(read_file(file));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        overwrite(file, whole.substr(0, size));
        CHECK_FALSE(take(verify(data)).problems.empty());
    }
}

TEST_CASE("a problem says where it is and what it is") {
    const TestFolder folder;
    const auto data = small_archive(folder, 256 << 20);
    const auto file = ledger::segment_path(ledger_folder(data), 0, ledger::SegmentState::open);
    auto octets = take(read_file(file));
    octets[octets.find("short")] = 'S';
    overwrite(file, octets);
    const auto found = take(verify(data));
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].where.starts_with("00000000000000000000.seg, record 2 at "));
    CHECK(found.problems[0].what == "the stored octets fail their checksum");
    CHECK(found.records == 7);
}

TEST_CASE("a catalog that is not what the ledger says is found") {
    const TestFolder folder;
    const auto data = small_archive(folder, 256 << 20);
    const auto what = [&] {
        const auto found = take(verify(data));
        REQUIRE_FALSE(found.problems.empty());
        CHECK(found.problems[0].where == "catalog.sqlite");
        return found.problems[0].what;
    };
    SECTION("missing") {
        ok(catalog::CatalogWriter::discard(catalog_path(data)));
        CHECK(what().find("mailhold rebuild") != std::string::npos);
    }
    SECTION("empty") {
        ok(catalog::CatalogWriter::discard(catalog_path(data)));
        take(catalog::CatalogWriter::open(catalog_path(data)));
        CHECK(what().find("it holds 0 records") != std::string::npos);
    }
    SECTION("of other records") {
        ok(catalog::CatalogWriter::discard(catalog_path(data)));
        const auto catalog = take(catalog::CatalogWriter::open(catalog_path(data)));
        std::vector<catalog::Committed> foreign;
        for (std::uint64_t i = 0; i < 7; ++i)
            foreign.push_back({Sequence{i}, ledger::noon, catalog::Unknown{}});
        REQUIRE(catalog->apply(foreign, {.next = Sequence{7}}));
        CHECK(what().find("not what the ledger says") != std::string::npos);
    }
}

TEST_CASE("a rewritten history is found though all its checksums are right") {
    const TestFolder folder;
    const auto data = small_archive(folder, 256 << 20);
    const TestFolder forged;
    {
        const auto archive = take(Archive::open(forged.path()));
        ok(archive->ingest({arrival(inbox, 1, mail(1)), arrival(inbox, 2, "forged")}));
        ok(archive->ingest({arrival(inbox, 3, mail(3), {"\\Seen"})},
                           {GenerationSynced{inbox, Uid{4}, ModSeq{0}, 3}}));
    }
    const auto segment = [](const std::filesystem::path& in) {
        return ledger::segment_path(ledger_folder(in), 0, ledger::SegmentState::open);
    };
    std::filesystem::copy_file(segment(forged.path()), segment(data),
                               std::filesystem::copy_options::overwrite_existing);
    bool root = false;
    for (const auto& problem : take(verify(data)).problems)
        root |= problem.what == "the records are not those it was signed for";
    CHECK(root);
    // With its own checkpoints it is consistent, but signed by nobody we know.
    std::filesystem::copy_file(ledger::checkpoints_path(ledger_folder(forged.path())),
                               ledger::checkpoints_path(ledger_folder(data)),
                               std::filesystem::copy_options::overwrite_existing);
    bool signature = false;
    for (const auto& problem : take(verify(data)).problems)
        signature |= problem.what.find("does not verify") != std::string::npos;
    CHECK(signature);
}

TEST_CASE("a missing segment is found, and the rest is checked all the same") {
    const TestFolder folder;
    const auto data = small_archive(folder, 500);
    std::filesystem::remove(
        ledger::segment_path(ledger_folder(data), 0, ledger::SegmentState::sealed));
    const auto found = take(verify(data));
    CHECK_FALSE(found.problems.empty());
    CHECK(found.records == 3);
}

TEST_CASE("a tail that was never committed is no difference, before or after it is cut") {
    const QuietLog quiet;
    const TestFolder folder;
    const auto data = small_archive(folder, 256 << 20);
    const auto file = ledger::segment_path(ledger_folder(data), 0, ledger::SegmentState::open);
    const auto whole = take(read_file(file));
    overwrite(file, whole + whole.substr(whole.size() - 100));
    CHECK(verified(data).records == 7);
    take(Archive::open(data));
    CHECK(verified(data).records == 7);
    CHECK(take(read_file(file)) == whole);
}

TEST_CASE("verification tells how far it is") {
    const TestFolder folder;
    const auto data = small_archive(folder, 500);
    Progress last;
    REQUIRE(verify(data, [&](Progress progress) { last = progress; }));
    CHECK(last.total > 0);
    CHECK(last.done == last.total);
}

}  // namespace
}  // namespace mailhold::store

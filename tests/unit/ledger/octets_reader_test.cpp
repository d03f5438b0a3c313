#include "store/ledger/octets_reader.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/ledger/support.hpp"

namespace mailhold::store::ledger {
namespace {

namespace fs = std::filesystem;

TEST_CASE("messages are read from more segments than are kept open") {
    const TestFolder folder(Kept::in_memory);
    auto writer = take(LedgerWriter::open(options_in(folder, 1)));  // each commit its own segment
    std::vector<Place> places;
    for (int i = 0; i < 40; ++i)
        places.push_back(take(append(writer, folder, {std::to_string(i)})).front());
    CHECK(places.back().segment == 39);
    OctetsReader reader(folder.ledger(), folder.path());
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 40; ++i) {
            const auto text = std::to_string(i);
            const MessageStored expected{sha256(text), text.size()};
            CHECK(take(reader.read(places[static_cast<std::size_t>(i)], expected)).view() == text);
        }
    }
}

TEST_CASE("a segment that was damaged is read again once a backup stands in its place") {
    const TestFolder folder(Kept::in_memory);
    auto writer = take(LedgerWriter::open(options_in(folder)));
    const std::string text = "the octets of a message";
    const MessageStored expected{sha256(text), text.size()};
    const auto place = take(append(writer, folder, {text})).front();
    const auto path = segment_path(folder.ledger(), 0, SegmentState::open);
    const auto backup = folder.path() / "backup";
    fs::copy_file(path, backup);

    OctetsReader reader(folder.ledger(), folder.path());
    CHECK(take(reader.read(place, expected)).view() == text);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(fs::file_size(path)) - 3);
        file << "x";
    }
    SECTION("whether that was seen") {
        CHECK(reader.read(place, expected).error().code == Errc::corrupt);
    }
    SECTION("or not") {}
    fs::rename(backup, path);
    CHECK(take(reader.read(place, expected)).view() == text);
}

}  // namespace
}  // namespace mailhold::store::ledger

#include "store/ledger/recovery.hpp"

#include <fstream>
#include <set>

#include "tests/unit/ledger/support.hpp"

namespace mailhold::store::ledger {
namespace {

std::filesystem::path first_segment(const TestFolder& folder) {
    return segment_path(folder.ledger(), 0, SegmentState::open);
}
void overwrite(const std::filesystem::path& path, std::string_view octets) {
    std::ofstream(path, std::ios::trunc | std::ios::binary) << octets;
}

TEST_CASE("a tail torn at any byte is cut at the last whole record") {
    const QuietLog quiet;
    const TestFolder folder{Kept::in_memory};
    std::size_t before = 0;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one", "two"}));
        before = take(read_file(first_segment(folder))).size();
        REQUIRE(append(writer, folder, {"three"}));
    }
    const auto whole = take(read_file(first_segment(folder)));
    for (std::size_t size = before; size < whole.size(); ++size) {
        for (const auto& rest :
             {std::string(), std::string(whole.size() - size, '\0'), std::string(5, 'M')}) {
            overwrite(first_segment(folder), whole.substr(0, size) + rest);
            auto writer = take(LedgerWriter::open(options_in(folder)));
            CHECK(writer.next() == Sequence{2});
            REQUIRE(append(writer, folder, {"again"}));
            CHECK(messages_in(folder, writer.next()) ==
                  std::vector<std::string>{"one", "two", "again"});
        }
    }
}

TEST_CASE("what is cut at recovery is kept beside the ledger, and disturbs nobody") {
    const QuietLog quiet;
    const TestFolder folder;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one"}));
        ok(writer.checkpoint(noon));
    }
    const auto whole = take(read_file(first_segment(folder)));
    const std::string torn = "torn" + std::string(2 << 20, 't');
    overwrite(first_segment(folder), whole + torn);
    const auto checkpoints = take(read_file(checkpoints_path(folder.ledger())));
    overwrite(checkpoints_path(folder.ledger()), checkpoints + "mailhold-check");
    for (int again = 0; again < 2; ++again) {
        CHECK(take(LedgerWriter::open(options_in(folder))).next() == Sequence{1});
        CHECK(take(read_file(first_segment(folder))) == whole);
        CHECK(take(read_file(checkpoints_path(folder.ledger()))) == checkpoints);
        std::multiset<std::string> kept;
        for (const auto& entry : std::filesystem::directory_iterator(folder.ledger())) {
            if (entry.path().filename().string().starts_with("torn-"))
                kept.insert(take(read_file(entry.path())));
        }
        CHECK(kept == std::multiset<std::string>{torn, "mailhold-check"});
    }
}

TEST_CASE("a torn commit may be bad in its middle, and is cut there") {
    const QuietLog quiet;
    const TestFolder folder;
    std::vector<Place> places;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one"}));
        places = take(append(writer, folder, {"two", "three", "four"}));
    }
    auto octets = take(read_file(first_segment(folder)));
    // A page that never reached the disk reads as zeros; later pages of the same commit did.
    for (auto at = places[1].offset; at < places[2].offset; ++at) octets[at] = 0;
    overwrite(first_segment(folder), octets);
    auto writer = take(LedgerWriter::open(options_in(folder)));
    CHECK(messages_in(folder, writer.next()) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("damage before a later commit is refused at every byte, and nothing is changed") {
    const TestFolder folder;
    std::vector<Place> places;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one"}));
        places = take(append(writer, folder, {"two"}));
        REQUIRE(append(writer, folder, {"three"}));
    }
    const auto whole = take(read_file(first_segment(folder)));
    for (std::size_t at = 0; at < places[0].offset; ++at) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        overwrite(first_segment(folder), damaged);
        const auto opened = LedgerWriter::open(options_in(folder));
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == Errc::corrupt);
        CHECK(opened.error().text.find("restore") != std::string::npos);
        CHECK(take(read_file(first_segment(folder))) == damaged);
    }
}

TEST_CASE("a mail that contains a ledger is no evidence against a torn tail") {
    const QuietLog quiet;
    const TestFolder foreign;
    {
        auto writer = take(LedgerWriter::open(options_in(foreign)));
        for (int i = 0; i < 9; ++i) REQUIRE(append(writer, foreign, {std::to_string(i)}));
    }
    const TestFolder folder;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one"}));
        const Payload raw{Codec::none, Blob(take(read_file(first_segment(foreign)))),
                          0};  // as if torn: wrong CRC
        const auto body = encode_body(MessageStored{});
        const std::vector<Draft> drafts{{body.kind, body.body, &raw}};
        REQUIRE(writer.append(drafts, noon));
    }
    CHECK(take(LedgerWriter::open(options_in(folder))).next() == Sequence{1});
}

TEST_CASE("a ledger that its last checkpoint contradicts is refused") {
    const TestFolder folder;
    std::string shorter;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one"}));
        shorter = take(read_file(first_segment(folder)));
        REQUIRE(append(writer, folder, {"two"}));
        ok(writer.checkpoint(noon));
    }
    const auto whole = take(read_file(first_segment(folder)));
    const auto refusal = [&] {
        const auto opened = LedgerWriter::open(options_in(folder));
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == Errc::corrupt);
        return opened.error().text;
    };
    SECTION("cut off") {
        overwrite(first_segment(folder), shorter);
        CHECK(refusal().find("lost or removed") != std::string::npos);
    }
    SECTION("cut within a record") {
        overwrite(first_segment(folder), whole.substr(0, whole.size() - 1));
        CHECK(refusal().find("lost or removed") != std::string::npos);
        CHECK(take(read_file(first_segment(folder))).size() == whole.size() - 1);
    }
    SECTION("rewritten with valid checksums") {
        std::filesystem::remove(first_segment(folder));
        const auto checkpoints = take(read_file(checkpoints_path(folder.ledger())));
        std::filesystem::remove(checkpoints_path(folder.ledger()));
        {
            auto writer = take(LedgerWriter::open(options_in(folder)));
            REQUIRE(append(writer, folder, {"one", "forged"}));
        }
        overwrite(checkpoints_path(folder.ledger()), checkpoints);
        CHECK(refusal().find("altered") != std::string::npos);
    }
    SECTION("no checkpoints file") {
        std::filesystem::remove(checkpoints_path(folder.ledger()));
        CHECK_THAT(refusal(), Catch::Contains("checkpoints is missing") &&
                                  Catch::Contains("restore it from a backup"));
        CHECK_FALSE(std::filesystem::exists(checkpoints_path(folder.ledger())));
    }
    SECTION("no segment left") {
        std::filesystem::remove(first_segment(folder));
        CHECK(refusal().find("no segment") != std::string::npos);
        std::filesystem::remove(checkpoints_path(folder.ledger()));
        auto known = options_in(folder);
        known.committed.next = Sequence{2};
        CHECK_THAT(LedgerWriter::open(known).error().text, Catch::Contains("no segment"));
    }
    SECTION("another key") {
        std::filesystem::remove_all(folder.path() / "keys");
        CHECK(refusal().find("signing.key is missing") != std::string::npos);
        {
            auto options = options_in(folder);
            options.purpose = Purpose::read;
            auto reading = take(LedgerWriter::open(options));
            CHECK(reading.next() == Sequence{2});
            CHECK(append(reading, folder, {"three"}).error().code == Errc::denied);
            CHECK_FALSE(reading.has_unsigned());
        }
        take(SigningKey::create(folder.path() / "keys"));
        CHECK(refusal().find("not signed by") != std::string::npos);
    }
    SECTION("two open segments") {
        std::filesystem::copy(first_segment(folder),
                              segment_path(folder.ledger(), 5, SegmentState::open));
        CHECK(refusal().find("mixed") != std::string::npos);
    }
}

TEST_CASE("a sealed segment without its successor is gone on from, a torn one never") {
    const TestFolder folder;
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        REQUIRE(append(writer, folder, {"one", "two"}));
    }
    const auto sealed = segment_path(folder.ledger(), 0, SegmentState::sealed);
    std::filesystem::rename(first_segment(folder), sealed);
    {
        auto writer = take(LedgerWriter::open(options_in(folder)));
        CHECK(writer.next() == Sequence{2});
        REQUIRE(append(writer, folder, {"three"}));
        CHECK(messages_in(folder, writer.next()) ==
              std::vector<std::string>{"one", "two", "three"});
    }
    std::filesystem::remove(segment_path(folder.ledger(), 2, SegmentState::open));
    const auto whole = take(read_file(sealed));
    overwrite(sealed, whole.substr(0, whole.size() - 1));
    CHECK(LedgerWriter::open(options_in(folder)).error().text.find("sealed") != std::string::npos);
}

}  // namespace
}  // namespace mailhold::store::ledger

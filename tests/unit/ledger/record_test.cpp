#include "store/ledger/record.hpp"

#include <catch2/catch.hpp>

#include "store/base/crc32c.hpp"
#include "tests/unit/ledger/support.hpp"

namespace mailhold::store::ledger {
namespace {

RecordHeader sample() {
    return {.kind = Kind::sighting,
            .codec = Codec::zstd,
            .sequence = Sequence{0x0102030405060708},
            .time = noon,
            .body_length = 4,
            .payload_length = 77,
            .commit_index = 9,
            .payload_crc = 0xdeadbeef};
}

TEST_CASE("CRC-32C has its published check values, whole and in pieces") {
    CHECK(crc32c("") == 0);
    CHECK(crc32c("123456789") == 0xE3069283);
    CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AA);  // RFC 3720 B.4
    CHECK(crc32c(std::string(32, '\xff')) == 0x62A8AB43);
    CHECK(Crc32c().update("1234").update("").update("56789").value() == 0xE3069283);
}

TEST_CASE("a record's head comes back as it was written") {
    std::string raw;
    append_head(raw, sample(), "body", ArchiveId{1});
    REQUIRE(raw.size() == record_header_size + 4);
    auto header = take(decode_header(raw));
    CHECK(head_is_whole(raw, header, raw.substr(record_header_size), ArchiveId{1}));
    header.head_crc = 0;
    CHECK(header == sample());
}

TEST_CASE("a record of another archive is none of ours") {
    std::string raw;
    append_head(raw, sample(), "body", ArchiveId{1});
    CHECK_FALSE(head_is_whole(raw, take(decode_header(raw)), "body", ArchiveId{2}));
}

TEST_CASE("every flipped bit of a record's head is found") {
    std::string raw;
    append_head(raw, sample(), "body", ArchiveId{1});
    for (std::size_t bit = 0; bit < raw.size() * 8; ++bit) {
        auto damaged = raw;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        const auto header = decode_header(damaged);
        CHECK_FALSE((header && head_is_whole(damaged, *header, damaged.substr(record_header_size),
                                             ArchiveId{1})));
    }
}

TEST_CASE("lengths beyond the limits are refused before anything is read") {
    std::string raw;
    auto header = sample();
    header.payload_length = max_payload_length + 1;
    append_head(raw, header, "body", ArchiveId{});
    CHECK(decode_header(raw).error().code == Errc::corrupt);
    for (std::size_t size = 0; size < record_header_size; ++size)
        CHECK_FALSE(decode_header(raw.substr(0, size)));
}

TEST_CASE("the leaf says what the record says, and not how its payload is stored") {
    const auto leaf = leaf_of(sample(), "body");
    auto stored_otherwise = sample();
    stored_otherwise.codec = Codec::none;
    stored_otherwise.flags = 1;
    stored_otherwise.key_id = 3;
    stored_otherwise.payload_length = 0;
    stored_otherwise.payload_crc = 0;
    CHECK(leaf_of(stored_otherwise, "body") == leaf);
    CHECK(leaf_of(sample(), "bodY") != leaf);
    auto other = sample();
    other.kind = Kind::flags_seen;
    CHECK(leaf_of(other, "body") != leaf);
    other = sample();
    other.sequence = Sequence{5};
    CHECK(leaf_of(other, "body") != leaf);
    other = sample();
    other.time += std::chrono::microseconds(1);
    CHECK(leaf_of(other, "body") != leaf);
}

}  // namespace
}  // namespace mailhold::store::ledger

// SearchText to octets and back.
#include <catch2/catch.hpp>

#include "indexer/text/search_text.hpp"

using namespace mailhold;
using namespace mailhold::indexer::text;

namespace {

bool equal(const SearchText& a, const SearchText& b) {
    if (a.fields.size() != b.fields.size()) return false;
    for (std::size_t i = 0; i < a.fields.size(); ++i)
        if (a.fields[i].name != b.fields[i].name || a.fields[i].value != b.fields[i].value)
            return false;
    return a.header == b.header && a.mime_headers == b.mime_headers && a.body == b.body &&
           a.filenames == b.filenames && a.attachments == b.attachments && a.states == b.states &&
           a.sent == b.sent;
}

SearchText sample() {
    SearchText text;
    text.fields = {{"subject", "HELLO"}, {"x", ""}};
    text.header = "SUBJECT: HELLO X: ";
    text.mime_headers = std::string(300, 'M');
    text.body = std::string(20'000, 'B');
    text.filenames = "A.PDF\n";
    text.attachments = "ONE PIECE\nANOTHER\n";
    text.states = {{"2.1", ExtractStatus::truncated, "why", 0xffffffff}, {"3", {}, "", 0}};
    text.sent = ZonedSeconds{UtcSeconds(std::chrono::seconds(-5)), -330};
    return text;
}

}  // namespace

TEST_CASE("a SearchText survives being stored") {
    const auto back = deserialise(serialise(sample()));
    REQUIRE(back);
    CHECK(equal(*back, sample()));
    const auto empty = deserialise(serialise({}));
    REQUIRE(empty);
    CHECK(equal(*empty, {}));
}

TEST_CASE("a header that its fields tell is not stored twice, another one is kept") {
    auto told = sample();
    auto odd = told;
    odd.header += "A LINE THAT IS NO FIELD";
    CHECK(serialise(told).find("SUBJECT: ") == std::string::npos);
    const auto back = deserialise(serialise(odd));
    REQUIRE(back);
    CHECK(equal(*back, odd));
}

TEST_CASE("parts of the head that nobody asks for stay empty, and the rest is the same") {
    auto odd = sample();
    odd.header += "A LINE THAT IS NO FIELD";
    for (const auto& text : {sample(), odd}) {
        for (const HeadParts parts : {HeadParts{false, false}, {true, false}, {false, true}}) {
            const auto back = deserialise(serialise(text), parts);
            REQUIRE(back);
            auto expected = text;
            if (!parts.fields) expected.fields.clear();
            if (!parts.header) expected.header.clear();
            CHECK(equal(*back, expected));
        }
    }
}

TEST_CASE("octets that are no SearchText are refused") {
    const std::string good = serialise(sample());
    for (std::size_t length = 0; length < good.size(); ++length)
        REQUIRE_FALSE(deserialise(std::string_view(good).substr(0, length)));
    CHECK_FALSE(deserialise(good + "x"));
    std::string other_version = good;
    other_version[0] = 99;
    CHECK_FALSE(deserialise(other_version));
    CHECK_FALSE(deserialise("\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    CHECK_FALSE(deserialise(std::string("\x03") + std::string(40, '\xff')));
    for (std::size_t at = 0; at < 400; ++at) {
        std::string flipped = good;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x80);
        CHECK_NOTHROW(deserialise(flipped));
    }
}

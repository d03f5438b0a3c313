// Frames go there and back; damaged ones are refused.
#include "indexer/extract/frame.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::indexer;
using namespace mailhold::indexer::extract;

TEST_CASE("frames go there and back, and no truncated one is taken") {
    Limits limits;
    limits.text = 12345;
    limits.processor = std::chrono::milliseconds(7);
    const auto request = encode(Document{"a/b", "name", std::string("\0x", 2)}, limits);
    const auto back = decode_request(request);
    REQUIRE(back);
    CHECK(back->limits == limits);
    CHECK(back->document.name == "name");
    CHECK(back->document.content == std::string("\0x", 2));

    const Response response{{text::ExtractStatus::truncated, "why", {"a", "b"}, 9}, true};
    const auto answer = decode_response(encode(response));
    REQUIRE(answer);
    CHECK(answer->extraction.status == text::ExtractStatus::truncated);
    CHECK(answer->extraction.reason == "why");
    CHECK(answer->extraction.pieces == std::vector<std::string>{"a", "b"});
    CHECK(answer->extraction.maker == 9);
    CHECK(answer->last);

    const auto whole = encode(response);
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(decode_response(whole.substr(0, size)));
    CHECK_FALSE(decode_response("\x09"));  // no such status
    for (std::size_t size = 0; size < request.size(); ++size)
        CHECK_FALSE(decode_request(request.substr(0, size)));
    const auto header = length_octets(0x0102030405);
    CHECK(length_in({header.data(), header.size()}) == 0x0102030405);
}

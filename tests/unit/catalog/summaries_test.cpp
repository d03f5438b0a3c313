// Summaries, packed.
#include "store/catalog/summaries.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::store;
using namespace mailhold::store::catalog;

namespace {

using namespace std::string_literals;

const Summary usual{
    R"(("Mon, 5 May 2025 09:01:02 +0200" "minutes" (("Ann" NIL "ann" "example.org")) NIL NIL NIL NIL NIL NIL "<1@example.org>"))",
    R"(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 12 1))",
    R"(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 12 1 NIL NIL NIL NIL))", "-"};

}  // namespace

TEST_CASE("a summary comes back as it was, whatever is in it") {
    SummaryPacker packer;
    for (const auto& summary :
         {usual, Summary{}, Summary{"\0\n"s, "", "\xff"s, std::string(100'000, 'x')},
          Summary{std::string(127, 'a'), std::string(128, 'b'), std::string(16'384, 'c'), ""}}) {
        CHECK(unpack_summary(packer.pack(summary)) == summary);
    }
}

TEST_CASE("a usual summary takes two fifths of its octets, though it is packed alone") {
    const auto size = usual.envelope.size() + usual.body.size() + usual.body_structure.size();
    CHECK(SummaryPacker().pack(usual).size() < size * 2 / 5);
}

TEST_CASE("a damaged summary is none") {
    const auto packed = SummaryPacker().pack(usual);
    for (std::size_t i = 0; i < packed.size(); ++i) {
        CHECK_FALSE(unpack_summary(packed.substr(0, i)));
        auto damaged = packed;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        const auto read = unpack_summary(damaged);
        CHECK((!read || *read == usual));
    }
}

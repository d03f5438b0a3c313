#include "api/config/duration.hpp"

#include <catch2/catch.hpp>

namespace mailhold::config {

TEST_CASE("a length of time has a unit, or is never") {
    using std::chrono::seconds;
    for (const auto& [text, expected] :
         {std::pair{"90s", 90}, {"30m", 1'800}, {"12h", 43'200}, {"1d", 86'400}, {"never", 0}})
        CHECK(parse_duration(text) == seconds(expected));
    for (const auto* wrong :
         {"", "1", "d", "0s", "-1d", "1 d", "1w", "1dd", "4000d", "99999999999999999999s"})
        CHECK_FALSE(parse_duration(wrong));
}

}  // namespace mailhold::config

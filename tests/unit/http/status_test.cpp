// The status as JSON, there and back.
#include "api/http/status.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/http/sample.hpp"

namespace mailhold::http {

TEST_CASE("a status survives the way through JSON") {
    CHECK(status_from_json(to_json(sample_overview())) == sample_overview());
    CHECK(status_from_json(to_json({})) == Overview{});
}

TEST_CASE("the JSON of a status has the names that its readers rely on") {
    auto json = to_json(sample_overview());
    for (std::string piece :
         {R"("messages":100)", R"("octets":5000000000)", R"("index_lag":10)",
          R"("name":"alice \"the\" first")", R"("last_archived":"2023-11-14T22:13:20.123456Z")",
          R"("unaccounted":12)", R"("last_success":null)"})
        CHECK_THAT(json, Catch::Contains(piece));
}

TEST_CASE("fields that are absent or of another kind keep their defaults") {
    auto status = status_from_json(
        R"({"messages": "many", "octets": -1, "accounts": [7, {"name": 3}], "new": {}})");
    REQUIRE(status);
    CHECK(status->messages == 0);
    CHECK(status->octets == 0);
    CHECK(status->accounts.size() == 2);
    CHECK_FALSE(status_from_json("[]"));
    CHECK_FALSE(status_from_json("{"));
    CHECK_FALSE(status_from_json(""));
}

}  // namespace mailhold::http

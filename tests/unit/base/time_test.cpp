#include "store/base/time.hpp"

#include <catch2/catch.hpp>

namespace mailhold {

TEST_CASE("times are written as RFC 3339 in UTC with microseconds") {
    const auto at = [](std::int64_t micros) {
        return UtcMicros(std::chrono::microseconds(micros));
    };
    CHECK(to_rfc3339(at(0)) == "1970-01-01T00:00:00.000000Z");
    CHECK(to_rfc3339(at(-1)) == "1969-12-31T23:59:59.999999Z");
    CHECK(to_rfc3339(at(1'767'323'045'000'006)) == "2026-01-02T03:04:05.000006Z");
    CHECK(to_rfc3339(at(951'782'400'000'000)) == "2000-02-29T00:00:00.000000Z");
}

TEST_CASE("the clock runs") {
    const auto first = utc_now();
    CHECK(first > UtcMicros(std::chrono::seconds(1'700'000'000)));
    CHECK(utc_now() >= first);
}

}  // namespace mailhold

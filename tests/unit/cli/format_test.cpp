// Numbers, times and foreign text, as tables.
#include "api/cli/format.hpp"

#include <catch2/catch.hpp>

namespace mailhold::cli {

TEST_CASE("counts are grouped by thousands") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(1'234'567) == "1,234,567");
    CHECK(grouped(~std::uint64_t{0}) == "18,446,744,073,709,551,615");
}

TEST_CASE("octets are told in the unit that fits") {
    CHECK(octets_text(0) == "0 B");
    CHECK(octets_text(999) == "999 B");
    CHECK(octets_text(1000) == "1.0 kB");
    CHECK(octets_text(999'949) == "999.9 kB");
    CHECK(octets_text(999'960) == "1.0 MB");
    CHECK(octets_text(3'400'000'000) == "3.4 GB");
    CHECK(octets_text(~std::uint64_t{0}) == "18.4 EB");
}

TEST_CASE("durations are told in two units at most") {
    using std::chrono::seconds;
    CHECK(duration_text(seconds(7)) == "7 s");
    CHECK(duration_text(seconds(187)) == "3 min 07 s");
    CHECK(duration_text(seconds(7500)) == "2 h 05 min");
    CHECK(duration_text(seconds(4 * 86400 + 3 * 3600)) == "4 days 3 h");
}

TEST_CASE("a date keeps its writer's zone") {
    UtcSeconds time{std::chrono::seconds(1'704'164'640)};
    CHECK(time_text(time) == "2024-01-02 03:04 UTC");
    CHECK(date_text({time, 60}) == "2024-01-02 04:04 +0100");
    CHECK(date_text({time, -210}) == "2024-01-01 23:34 -0330");
    CHECK(date_text({UtcSeconds(std::chrono::seconds(-1)), 0}) == "1969-12-31 23:59 +0000");
}

TEST_CASE("foreign text cannot command the terminal") {
    struct Row {
        std::string text, kept, joined;
    };
    auto row = GENERATE(values<Row>({
        {"plain", "plain", "plain"},
        {"caf\xC3\xA9 \xF0\x9F\x98\x80", "caf\xC3\xA9 \xF0\x9F\x98\x80",
         "caf\xC3\xA9 \xF0\x9F\x98\x80"},
        {"a\r\nb\tc", "a\nb\tc", "a b c"},
        {"\x1B[2J", "\xEF\xBF\xBD[2J", "\xEF\xBF\xBD[2J"},
        {"\xC2\x9B"
         "2J",
         "\xEF\xBF\xBD"
         "2J",
         "\xEF\xBF\xBD"
         "2J"},
        {"a\rb\x7F",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD"},
        {"\xE9t\xE9", "\xEF\xBF\xBDt\xEF\xBF\xBD", "\xEF\xBF\xBDt\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC3", "\xEF\xBF\xBD", "\xEF\xBF\xBD"},
    }));
    CHECK(printable(row.text, Lines::keep) == row.kept);
    CHECK(printable(row.text, Lines::join) == row.joined);
}

TEST_CASE("long text is cut between characters") {
    CHECK(shortened("abc", 3) == "abc");
    CHECK(shortened("abcd", 3) == "ab…");
    CHECK(shortened("äöüß", 3) == "äö…");
    CHECK(shortened("äöü", 3) == "äöü");
    CHECK(shortened("", 0).empty());
}

}  // namespace mailhold::cli

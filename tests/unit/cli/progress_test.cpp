// What progress looks like at a given moment.
#include "api/cli/progress.hpp"

#include <catch2/catch.hpp>

namespace mailhold::cli {

using std::chrono::milliseconds;

TEST_CASE("progress tells done, total, octets, rate and what is left") {
    Step step{"mirroring", 1500, 5000, 30'000'000, "messages"};
    CHECK(progress_text(step, milliseconds(3000)) ==
          "mirroring: 1,500/5,000 messages, 30.0 MB, 500/s, 7 s left");
    CHECK(progress_text({"indexing", 0, 10, 0, "messages"}, milliseconds(0)) ==
          "indexing: 0/10 messages");
    CHECK(progress_text({"exporting", 7, 0, 0, "messages"}, milliseconds(500)) ==
          "exporting: 7 messages, 14/s");
    CHECK(progress_text({"checking", 1'500'000, 3'000'000, 0, "octets"}, milliseconds(1000)) ==
          "checking: 1.5 MB of 3.0 MB, 1.5 MB/s, 1 s left");
    CHECK(progress_text({"indexing", 10, 10, 0, "messages"}, milliseconds(2000)) ==
          "indexing: 10/10 messages, 5/s");
}

TEST_CASE("the bar fills, and never wraps the line") {
    Step step{"mirroring", 50, 100, 0, "messages"};
    CHECK(progress_bar(step, milliseconds(0), 200) ==
          "mirroring [###############...............] 50/100 messages");
    for (std::size_t width = 1; width < 120; ++width) {
        Step any{"mirroring", 123'456, 200'000, 9'000'000'000, "messages"};
        CHECK(progress_bar(any, milliseconds(60'000), width).size() <=
              width + 2);  // "…" is three octets, one column
    }
    CHECK(progress_bar({"mirroring", 200, 100, 0, "messages"}, milliseconds(0), 200)
              .starts_with("mirroring [####"));
}

TEST_CASE("progress is one JSON object a line") {
    CHECK(
        progress_json({"mirroring", 1, 2, 3, "messages"}, milliseconds(1500)) ==
        R"({"event":"progress","doing":"mirroring","unit":"messages","done":1,"total":2,"octets":3,"seconds":1.5})");
}

}  // namespace mailhold::cli

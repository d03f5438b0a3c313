// Sessions over one archive, played from scripts, against a model of what must stay true (tests/model). Longer
// runs: fuzz_session.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "store/base/file.hpp"
#include "tests/model/author.hpp"
#include "tests/model/play.hpp"

using namespace mailhold::model;

TEST_CASE("the scripts that once broke a session play well") {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(MAILHOLD_SCRIPTS))
        files.push_back(file.path());
    std::ranges::sort(files);
    REQUIRE(!files.empty());
    for (const auto& file : files) {
        INFO(file);
        CHECK_NOTHROW(play(mailhold::read_file(file).value()));
    }
}

TEST_CASE("whatever several clients do at once, what each is told fits together") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        const auto script = Author(seed).script(100);
        INFO(script);
        CHECK_NOTHROW(play(script));
    }
}

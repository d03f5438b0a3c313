// The scan against the plain one.
#include "indexer/engine/scan.hpp"

#include <catch2/catch.hpp>

#include <random>

using mailhold::indexer::engine::OctetFinder;

TEST_CASE("octets are found wherever they stand") {
    std::mt19937 random(5);
    const auto letters = [&](std::size_t count, char last) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i)
            out += static_cast<char>('a' + random() % static_cast<unsigned>(last - 'a' + 1));
        return out;
    };
    for (int round = 0; round < 400; ++round) {
        const char last = round % 2 == 0 ? 'b' : 'h';
        const auto flat = letters(random() % 600, last);
        const auto part = letters(1 + random() % 7, last);
        const OctetFinder finder(part);
        for (std::size_t from = 0; from <= flat.size(); ++from)
            REQUIRE(finder.find(flat, from) == flat.find(part, from));
    }
}

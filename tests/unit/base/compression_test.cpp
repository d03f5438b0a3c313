// Texts and their dictionaries.
#include "store/base/compression.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <vector>

using namespace mailhold;

namespace {

std::string text(int number) {
    return fmt::format("FROM: PERSON{} <{}@EXAMPLE.ORG> SUBJECT: MINUTES OF MEETING {} BODY {}",
                       number % 17, number % 13, number, number * 7919);
}

}  // namespace

TEST_CASE("a dictionary makes texts alike smaller, and they come back") {
    std::vector<std::string> samples;
    for (int i = 0; i < 2000; ++i) samples.push_back(text(i));
    const auto dictionary = make_dictionary(samples, 16384);
    REQUIRE_FALSE(dictionary.empty());
    Compressor compressor(5);
    const auto plain = compressor.compress(text(5000));
    compressor.use(dictionary);
    const auto frame = compressor.compress(text(5000));
    CHECK(frame.size() < plain.size() * 3 / 4);

    Dictionaries dictionaries;
    REQUIRE(dictionaries.add(dictionary) != 0);
    Decompressor decompressor;
    CHECK(decompressor.decompress(frame, dictionaries) == text(5000));
    CHECK(decompressor.decompress(plain, dictionaries) == text(5000));
    CHECK_FALSE(decompressor.decompress(frame));  // its dictionary is missing
    for (std::size_t i = 0; i < frame.size(); ++i) {
        auto damaged = frame;
        damaged[i] = static_cast<char>(damaged[i] ^ 4);
        const auto read = decompressor.decompress(damaged, dictionaries);
        CHECK((!read || *read == text(5000)));
    }
    compressor.use({});
    CHECK(compressor.compress(text(5000)) == plain);
}

TEST_CASE("octets that are no dictionary are refused") {
    Dictionaries dictionaries;
    CHECK(dictionaries.add("no dictionary") == 0);
    CHECK(dictionaries.add("") == 0);
}

#include "indexer/engine/signature.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using namespace mailhold::indexer::engine;

namespace {

bool may_hold(std::string_view signature, std::string_view needle) {
    SignatureProbe probe;
    probe.need_text(needle);
    return probe.may_be_in(signature);
}

std::string random_text(std::mt19937& random, std::size_t size) {
    std::string out;
    while (out.size() < size) out += static_cast<char>('A' + random() % 26);
    return out;
}

}  // namespace

TEST_CASE("a signature never denies what was added") {
    std::mt19937 random(1);
    for (const auto size : std::vector<std::size_t>{0, 1, 2, 3, 4, 100, 5000, 200'000}) {
        const auto text = random_text(random, size);
        SignatureBuilder builder;
        builder.add_text(text);
        builder.add_name("x-name");
        const auto signature = builder.finish();
        CHECK(signature.size() <= signature_limit);
        for (int i = 0; i < 200; ++i) {
            const auto begin = random() % (size + 1);
            CHECK(may_hold(signature, text.substr(begin, random() % 20)));
        }
        if (size > 65540) CHECK(may_hold(signature, text.substr(65530, 12)));
        SignatureProbe name;
        name.need_name("x-name");
        CHECK(name.may_be_in(signature));
    }
}

TEST_CASE("a signature denies most of what was not added") {
    std::mt19937 random(2);
    SignatureBuilder builder;
    builder.add_text(random_text(random, 1500));
    const auto signature = builder.finish();
    int wrong = 0;
    for (int i = 0; i < 1000; ++i) wrong += may_hold(signature, random_text(random, 7)) ? 1 : 0;
    CHECK(wrong < 20);
    CHECK(signature.size() < 600);
}

TEST_CASE("an empty signature holds nothing that can be asked for") {
    CHECK(SignatureBuilder().finish().empty());
    CHECK_FALSE(may_hold("", "ABC"));
    CHECK(may_hold("", "AB"));
}

#include "imap/server/output.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using mailhold::Blob;
using mailhold::imap::server::Output;

namespace {

std::string drain(Output& output, std::size_t slice) {
    std::string all;
    while (!output.empty()) {
        std::size_t size = 0;
        for (const auto piece : output.front(slice)) {
            all += piece;
            size += piece.size();
        }
        REQUIRE(size > 0);
        REQUIRE(size <= slice);
        output.drop(size);
    }
    return all;
}

}  // namespace

TEST_CASE("output comes out in order, whatever the size of the slices") {
    const Blob message(std::string("0123456789"));
    for (const std::size_t slice : {1u, 2u, 3u, 7u, 100u}) {
        Output output;
        output.add("a");
        output.add("b");
        output.add(message, message.view().substr(2, 5));
        output.add(message, "");
        output.add("c");
        output.add(message, message.view());
        CHECK(output.size() == 18);
        CHECK(drain(output, slice) == "ab23456c0123456789");
    }
}

TEST_CASE("output keeps a message alive and does not copy it") {
    Output output;
    {
        const Blob message(std::string(1000, 'x'));
        output.add(message, message.view());
        CHECK(output.front(10).front().data() == message.view().data());
    }
    CHECK(drain(output, 64) == std::string(1000, 'x'));
}

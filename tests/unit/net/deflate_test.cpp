// Compression of a line: octets survive any split, and what a hostile peer sends is bounded.
#include "imap/net/deflate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "tests/unit/net/loopback.hpp"

using namespace mailhold;
using namespace mailhold::imap::net;
using test::converse;
using namespace std::chrono_literals;

namespace {

std::string all_of(Inflater& inflater, std::size_t most) {
    std::string all;
    while (true) {
        auto piece = inflater.inflate(most);
        REQUIRE(piece);
        REQUIRE(piece->size() <= most);
        if (piece->empty()) return all;
        all += *piece;
    }
}

std::string mixed_octets(std::size_t size) {
    std::mt19937 random(7);
    std::string octets;
    while (octets.size() < size) {
        octets += "* 1 FETCH (FLAGS (\\Seen) BODY[] {";
        octets += std::to_string(random());
        for (int i = 0; i < 40; ++i) octets += static_cast<char>(random());
    }
    return octets;
}

}  // namespace

TEST_CASE("what is deflated comes out again, whatever the pieces and however little at a time") {
    const auto octets = mixed_octets(100'000);
    const auto what = GENERATE(Sends::commands, Sends::mail);
    const std::size_t step = GENERATE(as<std::size_t>{}, 1, 7, 4096, 1'000'000);
    const std::size_t most = GENERATE(as<std::size_t>{}, 1, 1000, 65536);
    if (step == 1 && most == 1) return;  // slow, and shows nothing more
    Deflater deflater(what);
    Inflater inflater;
    std::string back;
    for (std::size_t at = 0; at < octets.size(); at += 30'000) {
        const auto part = std::string_view(octets).substr(at, 30'000);
        const auto deflated = deflater.deflate({part.substr(0, 10), {}, part.substr(10)});
        for (std::size_t i = 0; i < deflated.size(); i += step) {
            inflater.feed(std::string_view(deflated).substr(i, step));
            back += all_of(inflater, most);
        }
        // Flushed: all that was said so far can be read.
        REQUIRE(back.size() == std::min(at + 30'000, octets.size()));
    }
    CHECK(back == octets);
    CHECK_FALSE(inflater.ended());
}

TEST_CASE("what is no DEFLATE is an error and stays one") {
    Inflater inflater;
    inflater.feed("* OK this is not compressed at all\r\n");
    CHECK(inflater.inflate(1000).error().code == Errc::protocol);
    CHECK_FALSE(inflater.inflate(1000));
}

TEST_CASE("damaged or cut DEFLATE never gives more than was asked for") {
    Deflater deflater(Sends::mail);
    const auto whole = mixed_octets(20'000);
    const auto deflated = deflater.deflate({whole});
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round) {
        auto damaged = deflated.substr(0, random() % deflated.size() + 1);
        damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
        Inflater inflater;
        inflater.feed(damaged);
        for (int reads = 0; reads < 2000; ++reads) {
            const auto piece = inflater.inflate(64);
            if (!piece || piece->empty()) break;
            REQUIRE(piece->size() <= 64);
        }
    }
}

TEST_CASE("an inflated bomb comes a piece at a time") {
    Deflater deflater(Sends::mail);
    const std::string zeros(1 << 20, '\0');
    std::string bomb;
    for (int i = 0; i < 64; ++i) bomb += deflater.deflate({zeros});
    REQUIRE(bomb.size() < 100'000);
    std::size_t pieces = 0, octets = 0, largest = 0;
    converse(
        [&](Stream stream) -> awaitable<void> {
            std::vector<std::string_view> all{bomb};
            (void)co_await stream.write(all, in(20s));
            (void)co_await stream.read_some(in(20s));
        },
        [&](Stream stream) -> awaitable<void> {
            stream.start_compression(Sends::commands, "");
            while (octets < 64 * zeros.size()) {
                auto read = co_await stream.read_some(in(20s));
                if (!read || read->empty()) break;
                largest = std::max(largest, read->size());
                octets += read->size();
                ++pieces;
            }
        });
    CHECK(octets == 64 * zeros.size());
    CHECK(largest <= 64 << 10);
    CHECK(pieces >= 1024);
}

TEST_CASE("a compressed stream carries octets both ways, after what was read before it") {
    const auto large = mixed_octets(3'000'000);
    std::string heard_by_server, heard_by_client;
    converse(
        [&](Stream stream) -> awaitable<void> {
            auto first = co_await stream.read_some(in(20s));
            if (!first) co_return;
            stream.start_compression(Sends::mail, std::string_view(*first).substr(3));
            while (heard_by_server.size() < 10) {
                auto read = co_await stream.read_some(in(20s));
                if (!read || read->empty()) co_return;
                heard_by_server += *read;
            }
            std::vector<std::string_view> pieces{"one ", "two ", large};
            (void)co_await stream.write(pieces, in(20s));
        },
        [&](Stream stream) -> awaitable<void> {
            Deflater early(Sends::commands);
            const auto plain_then_deflated = "GO!" + early.deflate({"hello"});
            std::vector<std::string_view> pieces{plain_then_deflated};
            (void)co_await stream.write(pieces, in(20s));
            const auto rest = early.deflate({"there"});
            pieces.assign(1, rest);
            (void)co_await stream.write(pieces, in(20s));
            stream.start_compression(Sends::commands, "");
            while (true) {
                auto read = co_await stream.read_some(in(20s));
                if (!read || read->empty()) break;
                heard_by_client += *read;
            }
        });
    CHECK(heard_by_server == "hellothere");
    CHECK(heard_by_client == "one two " + large);
}

// A compressed line (RFC 4978) from a peer that sends what it likes: any octets inflate or fail, never to more at once
// than was asked for, and to the same octets however they were cut; what we deflate comes back.
#include <string>
#include <string_view>
#include <vector>

#include "imap/net/deflate.hpp"

namespace {

using namespace mailhold;
using namespace mailhold::imap::net;

constexpr std::size_t inflated_most = 256 << 10;  // of one input: a bomb is not followed to its end

struct Inflated {
    std::string octets;
    bool damaged = false;
    bool ended = false;
    bool operator==(const Inflated&) const = default;
};

Inflated inflate(std::string_view octets, std::size_t step, std::size_t most) {
    Inflater inflater;
    Inflated result;
    for (; !octets.empty(); octets.remove_prefix(std::min(step, octets.size()))) {
        inflater.feed(octets.substr(0, step));
        while (result.octets.size() < inflated_most) {
            const auto piece = inflater.inflate(most);
            result.damaged = !piece;
            if (!piece) return result;
            MAILHOLD_ASSERT(piece->size() <= most);
            if (piece->empty()) break;
            result.octets += *piece;
        }
        if (result.octets.size() >= inflated_most) break;
    }
    result.ended = inflater.ended();
    return result;
}

void check_any(std::string_view octets) {
    const auto whole = inflate(octets, octets.size(), 64 << 10);
    if (whole.octets.size() >= inflated_most) return;
    const auto pieces = inflate(octets, 7, 1000);
    MAILHOLD_ASSERT(whole.damaged == pieces.damaged && whole.ended == pieces.ended);
    // Where the stream is damaged, what came out before may end at another place.
    MAILHOLD_ASSERT(whole.damaged || whole == pieces);
}

void check_ours(std::string_view octets) {
    for (const auto what : {Sends::commands, Sends::mail}) {
        Deflater deflater(what);
        const auto half = octets.size() / 2;
        std::string line = deflater.deflate({octets.substr(0, half), {}});
        line += deflater.deflate({octets.substr(half)});
        const auto back = inflate(line, 7, 1000);
        MAILHOLD_ASSERT(!back.damaged && !back.ended && back.octets == octets);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    check_any(octets);
    check_ours(octets);
    return 0;
}

// A block of places at a time, in loops that compilers turn into vector instructions: where the three
// rarest octets of the part fit, the rest is compared.
#include "indexer/engine/scan.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace mailhold::indexer::engine {
namespace {

constexpr std::size_t block = 64;
constexpr std::string_view frequent = "ETAOINSRHLDCUMPFGYBWVK\n";  // in tokens, most frequent first

std::size_t rank(char octet) {
    return std::min(frequent.find(octet), frequent.size());
}

}  // namespace

OctetFinder::OctetFinder(std::string part) : part_(std::move(part)) {
    std::vector<std::size_t> places(part_.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::ranges::sort(places, std::ranges::greater(),
                      [this](std::size_t place) { return rank(part_[place]); });
    places.resize(rarest_.size(), places.front());
    std::ranges::copy(places, rarest_.begin());
}

std::size_t OctetFinder::find(std::string_view flat, std::size_t from) const {
    const auto [a, b, c] = rarest_;
    const std::array octets{part_[a], part_[b], part_[c]};
    for (; from + part_.size() - 1 + block <= flat.size(); from += block) {
        const char* const at = flat.data() + from;
        std::array<std::uint8_t, block> fits;
        std::uint8_t any = 0;
        for (std::size_t i = 0; i < block; ++i) {
            const std::uint8_t fit_a{at[a + i] == octets[0]};
            const std::uint8_t fit_b{at[b + i] == octets[1]};
            const std::uint8_t fit_c{at[c + i] == octets[2]};
            fits[i] = fit_a & fit_b & fit_c;
            any |= fits[i];
        }
        for (std::size_t i = 0; any != 0 && i < block; i += sizeof(std::uint64_t)) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, &fits[i], sizeof eight);
            for (; eight != 0; eight &= eight - 1) {
                const auto place = i + static_cast<std::size_t>(std::countr_zero(eight)) / 8;
                if (std::memcmp(at + place, part_.data(), part_.size()) == 0) return from + place;
            }
        }
    }
    return flat.find(part_, from);
}

}  // namespace mailhold::indexer::engine

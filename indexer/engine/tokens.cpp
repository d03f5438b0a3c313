#include "indexer/engine/tokens.hpp"

#include <algorithm>

namespace mailhold::indexer::engine {
namespace {

bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

std::vector<std::string_view> pairs(std::string_view dense_run) {
    const auto points = code_points(dense_run);
    if (points.size() < 2) return points;
    std::vector<std::string_view> out;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        const auto size = points[i].size() + points[i + 1].size();
        out.emplace_back(points[i].data(), size);
    }
    return out;
}

bool is_machine_made(std::string_view word) {
    if (word.size() > longest_word) return true;
    return word.size() > longest_mixed_word && std::ranges::any_of(word, is_digit) &&
           std::ranges::any_of(word, is_letter);
}

}  // namespace mailhold::indexer::engine

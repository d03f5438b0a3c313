// ASCII letters without regard to case: flags, header names and the words of the query language
// (never message text).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace mailhold::indexer::query {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace mailhold::indexer::query

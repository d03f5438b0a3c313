// ASCII letters without locale, as the protocol compares its own words.
#pragma once

#include <algorithm>
#include <string_view>

namespace mailhold::imap::server {

constexpr char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
}

}  // namespace mailhold::imap::server

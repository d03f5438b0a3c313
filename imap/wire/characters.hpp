// The character classes of the grammar (RFC 3501 section 9), and comparison without regard to ASCII
// case.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace mailhold::imap::wire {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_eight_bit(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// ATOM-CHAR: 7 bit, without atom-specials.
constexpr bool is_atom_char(char c) {
    return !is_control(c) && !is_eight_bit(c) &&
           std::string_view(" (){%*\"\\]").find(c) == std::string_view::npos;
}
constexpr bool is_astring_char(char c) {
    return is_atom_char(c) || c == ']';
}
constexpr bool is_list_char(char c) {
    return is_astring_char(c) || c == '%' || c == '*';
}
constexpr bool is_tag_char(char c) {
    return is_astring_char(c) && c != '+';
}
// base64 (RFC 3501 section 9), its padding included
constexpr bool is_base64_char(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' ||
           c == '/' || c == '=';
}

constexpr char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

inline std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) { return upper(c); });
    return result;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
}

}  // namespace mailhold::imap::wire

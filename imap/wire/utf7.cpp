// Modified UTF-7 by its definition: printable ASCII is itself, "&" is "&-", all else is UTF-16 in a
// base64 of its own between "&" and "-". Decoding is canonical because what it yields must encode
// to the same name again.
#include "imap/wire/utf7.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace mailhold::imap::wire {
namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

bool is_printable(char32_t point) {
    return point >= 0x20 && point <= 0x7e;
}

// The code point at the front of `text` and its length in octets; length 0 where it is not UTF-8
// (RFC 3629).
struct Point {
    char32_t value = 0;
    std::size_t length = 0;
};
Point first_point(std::string_view text) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = octet(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
    char32_t value = lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((octet(i) & 0xc0) != 0x80) return {};
        value = value << 6 | (octet(i) & 0x3fU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return {};
    return {value, length};
}

void append_utf8(std::string& text, char32_t point) {
    const auto put = [&](char32_t octet) {
        text += static_cast<char>(static_cast<unsigned char>(octet));
    };
    const auto follow = [&](unsigned shift) { put(0x80 | (point >> shift & 0x3f)); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
        put(0xc0 | point >> 6);
    } else if (point < 0x10000) {
        put(0xe0 | point >> 12);
        follow(6);
    } else {
        put(0xf0 | point >> 18);
        follow(12);
        follow(6);
    }
    put(0x80 | (point & 0x3f));
}

// Collects bits and gives them out in groups: 16 to 6 when encoding, 6 to 16 when decoding.
class Bits {
  public:
    void put(std::uint32_t value, unsigned width) {
        bits_ = bits_ << width | value;
        count_ += width;
    }
    bool holds(unsigned width) const { return count_ >= width; }
    std::uint32_t get(unsigned width) {
        count_ -= width;
        const auto value = bits_ >> count_;
        bits_ &= (std::uint32_t{1} << count_) - 1;
        return value;
    }
    unsigned count() const { return count_; }

  private:
    std::uint32_t bits_ = 0;  // never more than 21 of them
    unsigned count_ = 0;
};

void append_base64(std::string& name, Bits& bits) {
    while (bits.holds(6)) name += base64_digits[bits.get(6)];
}

// The run between "&" and "-" as UTF-8; nullopt on a foreign digit or a lone surrogate.
std::optional<std::string> decode_run(std::string_view run) {
    std::string text;
    Bits bits;
    char32_t high = 0;  // a surrogate that waits for its other half
    for (const char c : run) {
        const auto digit = base64_digits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits.put(static_cast<std::uint32_t>(digit), 6);
        if (!bits.holds(16)) continue;
        const char32_t unit = bits.get(16);
        if ((high != 0) != (unit >= 0xdc00 && unit <= 0xdfff)) return std::nullopt;
        if (unit >= 0xd800 && unit <= 0xdbff) {
            high = unit;
            continue;
        }
        append_utf8(text, high == 0 ? unit : 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
        high = 0;
    }
    if (high != 0) return std::nullopt;
    return text;
}

}  // namespace

std::string repaired(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        auto length = first_point(text).length;
        if (length == 0) {
            result +=
                fmt::format("{}{:02X}", replacement, static_cast<unsigned char>(text.front()));
            length = 1;
        } else {
            result += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return result;
}

std::string to_modified_utf7(std::string_view utf8) {
    const auto text = repaired(utf8);
    std::string name;
    Bits bits;
    bool shifted = false;
    const auto close = [&] {
        if (!shifted) return;
        if (bits.count() > 0) bits.put(0, 6 - bits.count());
        append_base64(name, bits);
        name += '-';
        shifted = false;
    };
    for (std::string_view rest = text; !rest.empty();) {
        const auto [point, length] = first_point(rest);
        rest.remove_prefix(length);
        if (is_printable(point)) {
            close();
            name += static_cast<char>(point);
            if (point == '&') name += '-';
            continue;
        }
        if (!shifted) name += '&';
        shifted = true;
        if (point >= 0x10000) {
            bits.put(static_cast<std::uint32_t>(0xd800 + ((point - 0x10000) >> 10)), 16);
            append_base64(name, bits);
            bits.put(static_cast<std::uint32_t>(0xdc00 + ((point - 0x10000) & 0x3ff)), 16);
        } else {
            bits.put(static_cast<std::uint32_t>(point), 16);
        }
        append_base64(name, bits);
    }
    close();
    return name;
}

std::optional<std::string> from_modified_utf7(std::string_view name) {
    std::string text;
    for (auto rest = name; !rest.empty();) {
        if (rest.front() != '&') {
            text += rest.front();
            rest.remove_prefix(1);
            continue;
        }
        const auto end = rest.find('-');
        if (end == std::string_view::npos) return std::nullopt;
        const auto run = decode_run(rest.substr(1, end - 1));
        if (!run) return std::nullopt;
        text += end == 1 ? "&" : *run;
        rest.remove_prefix(end + 1);
    }
    if (to_modified_utf7(text) != name) return std::nullopt;
    return text;
}

bool is_utf8(std::string_view octets) {
    return repaired(octets) == octets;
}

std::string decode_mailbox_name(std::string_view name) {
    if (auto text = from_modified_utf7(name)) return *std::move(text);
    return repaired(name);
}

}  // namespace mailhold::imap::wire

// Code point classes as one table of ranges. The text is folded (NFKD, upper case), so presentation
// forms, full-width letters and composed Hangul do not occur: Hangul comes as jamo and is a word
// script.
#include "indexer/text/words.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace mailhold::indexer::text {
namespace {

enum class Class { separator, word, dense };

struct Range {
    char32_t first, last;
    Class kind;
};

// Ascending. What is beyond ASCII and not listed is a word character.
constexpr Range ranges[] = {
    {0x0080, 0x00a9, Class::separator},
    {0x00ab, 0x00b4, Class::separator},
    {0x00b6, 0x00b9, Class::separator},
    {0x00bb, 0x00bf, Class::separator},
    {0x00d7, 0x00d7, Class::separator},
    {0x00f7, 0x00f7, Class::separator},
    // Punctuation of Armenian, Arabic, Indic and other scripts.
    {0x055a, 0x055f, Class::separator},
    {0x0589, 0x058a, Class::separator},
    {0x0600, 0x060f, Class::separator},
    {0x061b, 0x061f, Class::separator},
    {0x066a, 0x066d, Class::separator},
    {0x06d4, 0x06d4, Class::separator},
    {0x0700, 0x070d, Class::separator},
    {0x0964, 0x0965, Class::separator},
    {0x0970, 0x0970, Class::separator},
    {0x0e00, 0x0fff, Class::dense},  // Thai, Lao, Tibetan
    {0x1000, 0x109f, Class::dense},  // Myanmar
    {0x1361, 0x1368, Class::separator},
    {0x1680, 0x1680, Class::separator},
    {0x1780, 0x17ff, Class::dense},  // Khmer
    {0x1800, 0x180a, Class::separator},
    {0x1950, 0x1aaf, Class::dense},      // Tai scripts
    {0x2000, 0x206f, Class::separator},  // general punctuation
    {0x20a0, 0x20cf, Class::separator},  // currencies
    {0x2190, 0x25ff, Class::separator},  // arrows, mathematics, boxes
    {0x2600, 0x27bf, Class::dense},      // pictographs
    {0x27c0, 0x2bff, Class::separator},
    {0x2e00, 0x2e7f, Class::separator},
    {0x2e80, 0x2fff, Class::dense},  // radicals
    {0x3000, 0x3004, Class::separator},
    {0x3005, 0x3007, Class::dense},
    {0x3008, 0x3020, Class::separator},
    {0x3021, 0x3029, Class::dense},
    {0x302a, 0x3030, Class::separator},
    {0x3031, 0x312f, Class::dense},  // kana, bopomofo
    {0x3190, 0x4dbf, Class::dense},
    {0x4dc0, 0x4dff, Class::separator},
    {0x4e00, 0xa4cf, Class::dense},  // Han, Yi
    {0xd800, 0xdfff, Class::separator},
    {0xe000, 0xfaff, Class::dense},  // private use, compatibility Han
    {0xfe00, 0xfe1f, Class::separator},
    {0xfe30, 0xfe6f, Class::separator},
    {0xfff0, 0xffff, Class::separator},
    {0x1f000, 0x1faff, Class::dense},  // pictographs
    {0x20000, 0x3ffff, Class::dense},  // Han
    {0xe0000, 0x10ffff, Class::dense},
};

bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

Class class_of(char32_t c) {
    if (c < 0x80) {
        const auto octet = static_cast<unsigned char>(c);
        return is_digit(octet) || is_letter(octet) ? Class::word : Class::separator;
    }
    const auto* after = std::ranges::upper_bound(ranges, c, {}, &Range::first);
    if (after == std::begin(ranges) || c > std::prev(after)->last) return Class::word;
    return std::prev(after)->kind;
}

struct CodePoint {
    char32_t value;
    std::size_t size;
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char first = octet(0);
    if (first < 0x80) return {first, 1};
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
    if (size == 0 || at + size > text.size()) return {0xfffd, 1};
    char32_t value = first & (0xffU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((octet(i) & 0xc0) != 0x80) return {0xfffd, 1};
        value = value << 6 | (octet(i) & 0x3fU);
    }
    return {value, size};
}

}  // namespace

std::vector<Run> runs(std::string_view folded) {
    std::vector<Run> out;
    Class open = Class::separator;
    std::size_t begin = 0;
    const auto close = [&](std::size_t end) {
        if (open == Class::separator) return;
        const auto kind = open == Class::word ? RunKind::word : RunKind::dense;
        out.push_back({kind, folded.substr(begin, end - begin), begin == 0, end == folded.size()});
    };
    for (std::size_t at = 0; at < folded.size();) {
        const auto [value, size] = code_point_at(folded, at);
        if (const Class kind = class_of(value); kind != open) {
            close(at);
            open = kind;
            begin = at;
        }
        at += size;
    }
    close(folded.size());
    return out;
}

std::vector<std::string_view> code_points(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto size = code_point_at(text, at).size;
        out.push_back(text.substr(at, size));
        at += size;
    }
    return out;
}

bool is_machine_field(std::string_view name) {
    static constexpr std::array<std::string_view, 12> names{"dkim-signature", "domainkey-signature",
                                                            "message-id",     "references",
                                                            "in-reply-to",    "face",
                                                            "x-face",         "autocrypt",
                                                            "user-agent-id",  "thread-index",
                                                            "openpgp",        "x-spam-signature"};
    static constexpr std::array<std::string_view, 6> prefixes{
        "arc-", "x-gm-", "x-google-", "x-ms-", "x-microsoft-", "x-forefront-"};
    return std::ranges::find(names, name) != names.end() ||
           std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); });
}

std::string written_word(std::string_view folded_word) {
    std::string out;
    if (std::ranges::all_of(folded_word, [](unsigned char c) { return c < 0x80; })) {
        for (const char c : folded_word)
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return out;
    }
    UErrorCode status = U_ZERO_ERROR;
    const auto* composer = icu::Normalizer2::getNFCInstance(status);
    auto text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(folded_word.data(), static_cast<std::int32_t>(folded_word.size())));
    text.toLower(icu::Locale::getRoot());
    if (U_SUCCESS(status)) text = composer->normalize(text, status);
    text.toUTF8String(out);
    return out;
}

}  // namespace mailhold::indexer::text

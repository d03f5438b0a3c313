#include "indexer/text/words.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace mailhold::indexer::text {
namespace {

bool is_ascii(char octet) {
    return (octet & 0x80) == 0;
}

struct Character {
    std::size_t length = 0;
    bool in_word = false;
};

Character character_at(std::string_view text, std::size_t at) {
    const char octet = text[at];
    if (is_ascii(octet)) {
        const bool letter = (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z');
        return {1, letter || (octet >= '0' && octet <= '9')};
    }
    const auto* octets = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int32_t>(std::min<std::size_t>(text.size() - at, 8));
    std::int32_t length = 0;
    UChar32 code = 0;
    U8_NEXT(octets + at, length, size, code);
    const bool word = code >= 0 && (u_isalnum(code) || (U_GET_GC_MASK(code) & U_GC_M_MASK));
    return {static_cast<std::size_t>(length), word};
}

}  // namespace

std::string_view next_word(std::string_view folded, std::size_t from) {
    std::size_t begin = std::min(from, folded.size());
    while (begin < folded.size()) {
        const auto first = character_at(folded, begin);
        if (first.in_word) break;
        begin += first.length;
    }
    std::size_t end = begin;
    while (end < folded.size()) {
        const auto next = character_at(folded, end);
        if (!next.in_word) break;
        end += next.length;
    }
    return folded.substr(begin, end - begin);
}

std::vector<std::string_view> words_of(std::string_view folded) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0;;) {
        const auto word = next_word(folded, at);
        if (word.empty()) return words;
        words.push_back(word);
        at = static_cast<std::size_t>(word.data() - folded.data()) + word.size();
    }
}

bool is_parted(std::string_view folded_word) {
    if (std::ranges::all_of(folded_word, is_ascii)) return true;
    const auto text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(folded_word.data(), static_cast<std::int32_t>(folded_word.size())));
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        UErrorCode status = U_ZERO_ERROR;
        switch (uscript_getScript(text.char32At(i), &status)) {
            case USCRIPT_HAN:
            case USCRIPT_HIRAGANA:
            case USCRIPT_KATAKANA:
            case USCRIPT_THAI:
            case USCRIPT_LAO:
            case USCRIPT_KHMER:
            case USCRIPT_MYANMAR:
                return false;
            default:
                break;
        }
    }
    return true;
}

std::string written_word(std::string_view folded_word) {
    std::string out;
    if (std::ranges::all_of(folded_word, is_ascii)) {
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

#include "indexer/text/composed.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

namespace mailhold::indexer::text {

std::string composed(std::string_view utf8) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* composer = icu::Normalizer2::getNFCInstance(status);
    auto text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
    if (U_SUCCESS(status)) text = composer->normalize(text, status);
    std::string out;
    text.toUTF8String(out);
    return out;
}

}  // namespace mailhold::indexer::text

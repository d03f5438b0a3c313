#include "indexer/text/composed.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

namespace mailhold::indexer::text {

namespace {

using Instance = const icu::Normalizer2* (*)(UErrorCode&);

std::string normalized(std::string_view utf8, Instance instance) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* normalizer = instance(status);
    auto text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
    if (U_SUCCESS(status)) text = normalizer->normalize(text, status);
    std::string out;
    text.toUTF8String(out);
    return out;
}

}  // namespace

std::string composed(std::string_view utf8) {
    return normalized(utf8, icu::Normalizer2::getNFCInstance);
}

std::string decomposed(std::string_view utf8) {
    return normalized(utf8, icu::Normalizer2::getNFDInstance);
}

}  // namespace mailhold::indexer::text

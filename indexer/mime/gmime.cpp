// The wall around GMime; see gmime.hpp.
#include "indexer/mime/gmime.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "indexer/mime/charset.hpp"
#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

struct GFree {
    void operator()(char* text) const { g_free(text); }
};
struct GObjectUnref {
    void operator()(void* object) const { g_object_unref(object); }
};
struct DateUnref {
    void operator()(GDateTime* date) const { g_date_time_unref(date); }
};
using TextPtr = std::unique_ptr<char, GFree>;
using ParametersPtr = std::unique_ptr<GMimeParamList, GObjectUnref>;
using DatePtr = std::unique_ptr<GDateTime, DateUnref>;

// Longer values are not cut into parameters: GMime looks through all it has for each new one.
constexpr std::size_t parameters_limit = 64 * 1024;

// C strings end at a NUL.
std::string without_nul(std::string text) {
    std::ranges::replace(text, '\0', ' ');
    return text;
}

// uuencode: what stands between the "begin" line and "end".
std::string_view after_begin_line(std::string_view octets) {
    for (std::size_t at = 0; at < octets.size(); at += line_length(octets, at))
        if (octets.substr(at).starts_with("begin "))
            return octets.substr(at + line_length(octets, at));
    return octets;
}

}  // namespace

void start_gmime() {
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

std::string decode_words(std::string_view unfolded) {
    std::string text = without_nul(guess_utf8(unfolded));
    if (!text.contains("=?")) return text;
    start_gmime();
    const TextPtr decoded(g_mime_utils_header_decode_text(nullptr, text.c_str()));
    return decoded ? without_nul(mend_utf8(decoded.get())) : text;
}

Parameters decode_parameters(std::string_view unfolded) {
    Parameters result;
    const auto semicolon = unfolded.find(';');
    if (semicolon == std::string_view::npos || unfolded.size() > parameters_limit) return result;
    start_gmime();
    const std::string text = without_nul(guess_utf8(unfolded.substr(semicolon + 1)));
    const ParametersPtr list(g_mime_param_list_parse(nullptr, text.c_str()));
    if (!list) return result;
    for (int i = 0; i < g_mime_param_list_length(list.get()); ++i) {
        GMimeParam* parameter = g_mime_param_list_get_parameter_at(list.get(), i);
        const char* value = g_mime_param_get_value(parameter);
        result.emplace_back(lower(g_mime_param_get_name(parameter)), mend_utf8(value ? value : ""));
    }
    return result;
}

std::optional<ZonedSeconds> decode_date(std::string_view unfolded) {
    start_gmime();
    const DatePtr date(g_mime_utils_header_decode_date(without_nul(std::string(unfolded)).c_str()));
    if (!date) return std::nullopt;
    ZonedSeconds result;
    result.utc = UtcSeconds(std::chrono::seconds(g_date_time_to_unix(date.get())));
    const auto minutes = g_date_time_get_utc_offset(date.get()) / (G_TIME_SPAN_SECOND * 60);
    result.offset_minutes = static_cast<std::int16_t>(minutes);
    return result;
}

std::string decode_transfer(std::string_view octets, std::string_view encoding) {
    auto kind = g_mime_content_encoding_from_string(std::string(encoding).c_str());
    if (same_name(encoding, "uue") || same_name(encoding, "x-uue"))
        kind = GMIME_CONTENT_ENCODING_UUENCODE;
    if (kind != GMIME_CONTENT_ENCODING_BASE64 && kind != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
        kind != GMIME_CONTENT_ENCODING_UUENCODE)
        return std::string(octets);

    GMimeEncoding decoder;
    g_mime_encoding_init_decode(&decoder, kind);
    if (kind == GMIME_CONTENT_ENCODING_UUENCODE) {
        octets = after_begin_line(octets);
        decoder.state |= GMIME_UUDECODE_STATE_BEGIN;
    }
    std::string result(g_mime_encoding_outlen(&decoder, octets.size()), '\0');
    result.resize(g_mime_encoding_flush(&decoder, octets.data(), octets.size(), result.data()));
    return result;
}

}  // namespace mailhold::indexer::mime

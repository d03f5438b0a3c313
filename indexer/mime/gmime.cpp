// The wall around GMime; see gmime.hpp.
#include "indexer/mime/gmime.hpp"

#include <gmime/gmime.h>

#include <memory>
#include <mutex>

#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

struct DateUnref {
    void operator()(GDateTime* date) const { g_date_time_unref(date); }
};
using DatePtr = std::unique_ptr<GDateTime, DateUnref>;

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

std::optional<ZonedSeconds> decode_date(std::string_view unfolded) {
    start_gmime();
    const DatePtr date(g_mime_utils_header_decode_date(std::string(unfolded).c_str()));
    if (!date) return std::nullopt;
    ZonedSeconds result;
    result.utc = UtcSeconds(std::chrono::seconds(g_date_time_to_unix(date.get())));
    const auto minutes = g_date_time_get_utc_offset(date.get()) / (G_TIME_SPAN_SECOND * 60);
    result.offset_minutes = static_cast<std::int16_t>(minutes);
    return result;
}

namespace {

GMimeContentEncoding kind_of(std::string_view encoding) {
    if (same_name(encoding, "uue") || same_name(encoding, "x-uue"))
        return GMIME_CONTENT_ENCODING_UUENCODE;
    return g_mime_content_encoding_from_string(std::string(encoding).c_str());
}

}  // namespace

bool can_undo(std::string_view encoding) {
    const auto kind = kind_of(encoding);
    return kind == GMIME_CONTENT_ENCODING_BASE64 ||
           kind == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
           kind == GMIME_CONTENT_ENCODING_UUENCODE;
}

std::string decode_transfer(std::string_view octets, std::string_view encoding) {
    if (!can_undo(encoding)) return std::string(octets);
    const auto kind = kind_of(encoding);
    GMimeEncoding decoder;
    g_mime_encoding_init_decode(&decoder, kind);
    if (kind == GMIME_CONTENT_ENCODING_UUENCODE) {
        octets = after_begin_line(octets);
        decoder.state |= GMIME_UUDECODE_STATE_BEGIN;
    }
    // The last base64 digits count without their padding too; where it was sent, more is ignored.
    const std::string_view padding = kind == GMIME_CONTENT_ENCODING_BASE64 ? "==" : "";
    std::string result(g_mime_encoding_outlen(&decoder, octets.size() + padding.size()), '\0');
    std::size_t size = g_mime_encoding_step(&decoder, octets.data(), octets.size(), result.data());
    size += g_mime_encoding_flush(&decoder, padding.data(), padding.size(), result.data() + size);
    result.resize(size);
    return result;
}

}  // namespace mailhold::indexer::mime

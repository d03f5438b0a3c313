// Charsets by iconv; the names that mail uses for them come from GMime's table.
#include "indexer/mime/charset.hpp"

#include <gmime/gmime.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "indexer/mime/gmime.hpp"
#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";
constexpr std::size_t charset_name_limit = 64;

// Names that mean more in mail than they say: the sender's program had the superset.
constexpr std::array<std::pair<std::string_view, const char*>, 5> supersets = {{
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"ks_c_5601-1987", "CP949"},
    {"euc-kr", "CP949"},
    {"iso-8859-8-i", "ISO-8859-8"},
}};

bool means_utf8(std::string_view charset) {
    for (const std::string_view name : {"utf-8", "utf8", "us-ascii", "ascii", "unicode-1-1-utf-8"})
        if (same_name(charset, name)) return true;
    return false;
}

class Converter {
  public:
    explicit Converter(std::string_view charset) {
        // A slash would be a suffix of iconv's own ("//IGNORE") or a path.
        const bool plain = std::ranges::all_of(
            charset, [](char octet) { return octet > ' ' && octet < '\x7f' && octet != '/'; });
        if (charset.empty() || charset.size() > charset_name_limit || !plain) return;
        for (const auto& [name, wider] : supersets)
            if (same_name(charset, name)) handle_ = iconv_open("UTF-8", wider);
        if (ok()) return;
        start_gmime();
        handle_ = iconv_open("UTF-8", g_mime_charset_iconv_name(std::string(charset).c_str()));
    }
    ~Converter() {
        if (ok()) iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    bool ok() const { return handle_ != failed(); }

    std::string convert(std::string_view octets) {
        std::string result;
        result.reserve(octets.size() + octets.size() / 4);
        std::array<char, 8192> buffer;
        char* in = const_cast<char*>(octets.data());  // iconv's signature; it does not write there
        std::size_t left = octets.size();
        for (bool flushed = false; !flushed;) {
            char* out = buffer.data();
            std::size_t room = buffer.size();
            flushed = left == 0;
            const std::size_t rc = iconv(handle_, flushed ? nullptr : &in, &left, &out, &room);
            const int error = rc == static_cast<std::size_t>(-1) ? errno : 0;
            result.append(buffer.data(), buffer.size() - room);
            if (error == EILSEQ || error == EINVAL) {  // an octet that fits nowhere, or a cut end
                result += replacement;
                in += left > 0 ? 1 : 0;
                left -= left > 0 ? 1 : 0;
            }
        }
        return result;
    }

  private:
    static iconv_t failed() { return reinterpret_cast<iconv_t>(-1); }
    iconv_t handle_ = failed();
};

// Length of the well-formed sequence at the start of `text`, or 0 with `bad` the length of the
// ill-formed subpart.
struct Sequence {
    std::size_t good = 0, bad = 0;
};

Sequence sequence_at(std::string_view text) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = octet(0);
    if (lead < 0x80) return {1, 0};
    const std::size_t length = lead < 0xc2   ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0) return {0, 1};
    for (std::size_t i = 1; i < length; ++i) {
        if (i >= text.size()) return {0, i};
        unsigned char low = 0x80, high = 0xbf;
        if (i == 1 && lead == 0xe0) low = 0xa0;
        if (i == 1 && lead == 0xed) high = 0x9f;
        if (i == 1 && lead == 0xf0) low = 0x90;
        if (i == 1 && lead == 0xf4) high = 0x8f;
        if (octet(i) < low || octet(i) > high) return {0, i};
    }
    return {length, 0};
}

}  // namespace

bool charset_known(std::string_view charset) {
    return means_utf8(charset) || Converter(charset).ok();
}

std::string to_utf8(std::string_view octets, std::string_view charset) {
    if (means_utf8(charset)) return mend_utf8(octets);
    Converter converter(charset);
    return converter.ok() ? converter.convert(octets) : mend_utf8(octets);
}

bool is_utf8(std::string_view octets) {
    while (!octets.empty()) {
        const Sequence next = sequence_at(octets);
        if (next.good == 0) return false;
        octets.remove_prefix(next.good);
    }
    return true;
}

std::string mend_utf8(std::string_view octets) {
    std::string result;
    result.reserve(octets.size());
    std::size_t good_begin = 0;
    for (std::size_t at = 0; at < octets.size();) {
        const Sequence next = sequence_at(octets.substr(at));
        if (next.good == 0) {
            result += octets.substr(good_begin, at - good_begin);
            result += replacement;
            good_begin = at + next.bad;
        }
        at += next.good + next.bad;
    }
    return result += octets.substr(good_begin);
}

std::string guess_utf8(std::string_view octets, std::string_view likely) {
    if (is_utf8(octets)) return std::string(octets);
    const bool useful = !means_utf8(likely) && charset_known(likely);
    return to_utf8(octets, useful ? likely : "windows-1252");
}

}  // namespace mailhold::indexer::mime

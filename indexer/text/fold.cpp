// Folding by ICU, with a short way for ASCII; the charsets are the MIME reader's. See fold.hpp.
#include "indexer/text/fold.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <array>

#include "indexer/mime/charset.hpp"

namespace mailhold::indexer::text {
namespace {

// Longer runs beyond ASCII are folded in pieces: ICU's lengths have 32 bits.
constexpr std::size_t chunk_limit = 1 << 28;

// Octet for octet: what ASCII folds to, white space as a blank; eighth-bit octets as they are.
constexpr std::array<char, 256> ascii_fold = [] {
    std::array<char, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        auto octet = static_cast<char>(i);
        if (i >= 'a' && i <= 'z') octet = static_cast<char>(i - 'a' + 'A');
        if ((i >= '\t' && i <= '\r') || (i >= 0x1c && i <= 0x1f)) octet = ' ';
        table[i] = octet;
    }
    return table;
}();

bool is_ascii(char octet) {
    return static_cast<signed char>(octet) >= 0;
}

// RFC 5051 2: titlecase (simple, one to one), then full decomposition. White space is recognised
// before that.
class Folder {
  public:
    explicit Folder(std::size_t expected) { out_.reserve(expected); }
    std::string take() { return std::move(out_); }

    void ascii(std::string_view run) {
        const std::size_t before = out_.size();
        out_.resize_and_overwrite(before + run.size(), [&](char* text, std::size_t) {
            char* end = text + before;
            bool skip_blank = after_blank_;  // a local lives in a register
            for (const char octet : run) {
                const char folded = ascii_fold[static_cast<unsigned char>(octet)];
                *end = folded;
                end += folded == ' ' && skip_blank ? 0 : 1;
                skip_blank = folded == ' ';
            }
            after_blank_ = skip_blank;
            return static_cast<std::size_t>(end - text);
        });
    }

    void other(std::string_view run) {
        icu::UnicodeString titled;
        const auto length = static_cast<std::int32_t>(run.size());
        for (std::int32_t at = 0; at < length;) {
            UChar32 c = 0;
            U8_NEXT_OR_FFFD(run.data(), at, length, c);
            const bool blank = u_isUWhiteSpace(c);
            if (!blank)
                titled.append(u_totitle(c));
            else if (!after_blank_)
                titled.append(' ');
            after_blank_ = blank;
        }
        UErrorCode status = U_ZERO_ERROR;
        nfkd_->normalize(titled, status).toUTF8String(out_);
    }

  private:
    static const icu::Normalizer2* nfkd() {
        UErrorCode status = U_ZERO_ERROR;
        return icu::Normalizer2::getNFKDInstance(status);
    }
    const icu::Normalizer2* nfkd_ = nfkd();
    std::string out_;
    bool after_blank_ = false;
};

// Where the run of eighth-bit octets at `from` ends, at a character if it is cut.
std::size_t other_end(std::string_view text, std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && !is_ascii(text[end])) {
        const bool lead = (static_cast<unsigned char>(text[end]) & 0xc0) == 0xc0;
        if (lead && end - from >= chunk_limit) break;
        ++end;
    }
    return end;
}

}  // namespace

std::string fold(std::string_view utf8) {
    Folder folder(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        std::size_t end = at;
        while (end < utf8.size() && is_ascii(utf8[end])) ++end;
        folder.ascii(utf8.substr(at, end - at));
        at = other_end(utf8, end);
        folder.other(utf8.substr(end, at - end));
    }
    return folder.take();
}

bool charset_known(std::string_view charset) {
    return mime::charset_known(charset);
}

std::string to_utf8(std::string_view octets, std::string_view charset) {
    return mime::to_utf8(octets, charset);
}

}  // namespace mailhold::indexer::text

// See encoded_word.hpp. Linear in the field.
#include "indexer/mime/encoded_word.hpp"

#include <algorithm>
#include <optional>

#include "indexer/mime/charset.hpp"
#include "indexer/mime/gmime.hpp"
#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

constexpr std::size_t charset_limit = 80;  // with the language that RFC 2231 5 allows behind it

struct Word {
    std::string_view charset;
    std::string octets;
    std::size_t length = 0;  // as written
};

// "=?charset?B?text?=" or Q at the start of `text`.
std::optional<Word> word_at(std::string_view text) {
    const std::size_t mark = text.substr(0, charset_limit).find('?', 2);
    if (mark == std::string_view::npos || mark + 2 >= text.size() || text[mark + 2] != '?')
        return std::nullopt;
    const std::size_t begin = mark + 3;
    const std::size_t end = text.find("?=", begin);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view encoded = text.substr(begin, end - begin);

    Word word;
    word.charset = text.substr(2, mark - 2);
    word.charset = word.charset.substr(0, word.charset.find('*'));
    word.length = end + 2;
    const char kind = text[mark + 1];
    if (kind == 'b' || kind == 'B') {
        word.octets = decode_transfer(encoded, "base64");
    } else if (kind == 'q' || kind == 'Q') {
        std::string spaced(encoded);
        std::ranges::replace(spaced, '_', ' ');  // RFC 2047 4.2
        word.octets = decode_transfer(spaced, "quoted-printable");
    } else {
        return std::nullopt;
    }
    return word;
}

// Words of one charset are converted together: some senders cut within a character.
class Decoder {
  public:
    explicit Decoder(std::string_view text) : text_(text) {}

    std::string run() {
        // Where no "?=" follows, no encoded word does.
        const std::size_t last = text_.rfind("?=");
        std::size_t at = 0;
        while (last != std::string_view::npos && at < last) {
            const std::size_t begin = text_.find("=?", at);
            if (begin == std::string_view::npos || begin >= last) break;
            const auto word = word_at(text_.substr(begin));
            const std::string_view between = text_.substr(at, begin - at);
            // RFC 2047 6.2: white space between two encoded words is not shown.
            if (!word || !open_ || !trim(between).empty()) plain(between);
            if (word)
                add(*word);
            else
                plain(text_.substr(begin, 2));
            at = begin + (word ? word->length : 2);
        }
        plain(text_.substr(at));
        close();
        return std::move(out_);
    }

  private:
    void add(const Word& word) {
        if (open_ && !same_name(charset_, word.charset)) close();
        open_ = true;
        charset_ = word.charset;
        octets_ += word.octets;
    }
    void plain(std::string_view text) {
        if (text.empty()) return;
        close();
        out_ += text;
    }
    void close() {
        if (open_) out_ += to_utf8(octets_, charset_);
        octets_.clear();
        open_ = false;
    }

    std::string_view text_;
    std::string out_;
    std::string octets_;  // of the words since the last plain text
    std::string_view charset_;
    bool open_ = false;
};

std::string without_nul(std::string text) {
    std::ranges::replace(text, '\0', ' ');
    return text;
}

}  // namespace

std::string decode_words(std::string_view unfolded, std::string_view charset) {
    const std::string text = guess_utf8(unfolded, charset);
    return without_nul(text.contains("=?") ? Decoder(text).run() : text);
}

}  // namespace mailhold::indexer::mime

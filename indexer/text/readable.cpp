#include "indexer/text/readable.hpp"

#include "indexer/mime/header.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/text/html.hpp"

namespace mailhold::indexer::text {
namespace {

constexpr std::size_t most_parts = 1'000;

bool continues(char octet) {  // of a character in UTF-8
    return (octet & 0xc0) == 0x80;
}

// Adds `text`, white space as single blanks and none at the start.
void add_plain(std::string& out, std::string_view text, std::size_t most) {
    constexpr std::string_view no_break_space = "\xc2\xa0";
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (out.size() >= most && !continues(text[i])) break;
        const bool wide = text.substr(i).starts_with(no_break_space);
        const bool blank = wide || static_cast<unsigned char>(text[i]) <= ' ';
        if (wide) ++i;
        if (!blank)
            out += text[i];
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (!out.empty() && out.back() != ' ') out += ' ';
}

void collect(std::string& out, std::string_view octets, const mime::Part& root,
             std::string_view subtype, std::size_t most) {
    std::vector<const mime::Part*> open{&root};
    for (std::size_t parts = 0; !open.empty() && parts < most_parts && out.size() < most; ++parts) {
        const mime::Part& part = *open.back();
        open.pop_back();
        const bool attached = !part.filename.empty() ||
                              (part.disposition && mime::lower(*part.disposition) == "attachment");
        if (attached) continue;
        if (part.type == "text" && part.subtype == subtype) {
            const std::string text = mime::decoded_text(octets, part);
            add_plain(out, subtype == "html" ? visible_text(text) : text, most);
        }
        for (auto child = part.children.rbegin(); child != part.children.rend(); ++child)
            open.push_back(&*child);
    }
}

}  // namespace

std::string readable_text(std::string_view octets, const mime::ParsedMessage& message,
                          std::size_t most) {
    std::string text;
    for (const auto* subtype : {"plain", "html"}) {
        if (text.empty()) collect(text, octets, message.root, subtype, most);
    }
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

std::string shortened(std::string_view utf8, std::size_t most_characters) {
    constexpr std::size_t longest_word = 20;  // beyond it a word is cut
    std::size_t end = 0;
    for (std::size_t left = most_characters; end < utf8.size(); ++end) {
        if (continues(utf8[end])) continue;
        if (left-- == 0) break;
    }
    if (end == utf8.size()) return std::string(utf8);
    const auto blank = utf8.substr(0, end + 1).rfind(' ');
    if (blank != std::string_view::npos && end - blank <= longest_word) end = blank;
    return std::string(utf8.substr(0, end));
}

}  // namespace mailhold::indexer::text

// A tokeniser of HTML (the tokens of HTML Living Standard 13.2.5, no tree): linear and without
// depth, which libxml2's parser is not (its time grows with the square of the open elements).
// Character references are libxml2's.
#include "indexer/text/html.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace mailhold::indexer::text {
namespace {

constexpr auto block_elements = std::to_array<std::string_view>(
    {"address", "article", "aside", "blockquote", "body",     "br",       "caption", "center",
     "dd",      "div",     "dl",    "dt",         "fieldset", "figure",   "footer",  "form",
     "h1",      "h2",      "h3",    "h4",         "h5",       "h6",       "header",  "hr",
     "html",    "li",      "main",  "nav",        "ol",       "option",   "p",       "pre",
     "section", "select",  "table", "tbody",      "td",       "textarea", "tfoot",   "th",
     "thead",   "tr",      "ul"});
constexpr std::array<std::string_view, 4> hidden_elements = {"script", "style", "head", "title"};
// HTML 13.2.5.80: numeric references to C1 controls mean what these octets are in Windows-1252.
constexpr std::array<std::uint16_t, 32> c1_meaning = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
constexpr std::size_t name_limit = 32;       // of an element's name; no longer one means anything
constexpr std::size_t reference_limit = 32;  // of a character reference's name

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

void append_utf8(std::string& out, std::uint32_t c) {
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) c = 0xfffd;
    const auto put = [&](std::uint32_t octet) { out += static_cast<char>(octet); };
    if (c < 0x80) return put(c);
    if (c < 0x800)
        put(0xc0 | c >> 6);
    else if (c < 0x10000)
        put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f));
    else
        put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
}

class Reader {
  public:
    explicit Reader(std::string_view html) : html_(html) { out_.reserve(html.size() / 2); }

    std::string read() {
        while (at_ < html_.size()) {
            if (html_[at_] == '<')
                markup();
            else
                text();
        }
        return std::move(out_);
    }

  private:
    void markup() {
        const std::string_view rest = html_.substr(at_);
        const std::size_t begin = at_;
        bool closed = true;
        if (rest.starts_with("<!--"))
            closed = skip_past("-->", 4);
        else if (rest.starts_with("<!") || rest.starts_with("<?"))
            closed = skip_past(">", 2);
        else if (rest.size() > 2 && rest[1] == '/' && is_letter(rest[2]))
            closed = end_tag();
        else if (rest.size() > 1 && is_letter(rest[1]))
            closed = start_tag();
        else if (rest.starts_with("</"))
            closed = skip_past(">", 2);
        else
            closed = false;
        if (closed) return;
        at_ = begin;  // markup that never ends is text
        literal(1);
    }

    bool start_tag() {
        if (no_tag_end_) return false;
        ++at_;
        const std::string name = tag_name();
        const auto slash = skip_attributes();
        if (!slash) return false;
        if (among(block_elements, name)) out_ += ' ';
        if (*slash) return true;
        if (among(hidden_elements, name)) ++hidden_;
        if (name == "body") hidden_ = 0;
        if (name == "script" || name == "style") skip_to_end_of(name);
        return true;
    }
    bool end_tag() {
        if (no_tag_end_) return false;
        at_ += 2;
        const std::string name = tag_name();
        if (!skip_attributes()) return false;
        if (among(hidden_elements, name) && hidden_ > 0) --hidden_;
        if (among(block_elements, name)) out_ += ' ';
        return true;
    }
    std::string tag_name() {
        const std::size_t begin = at_;
        at_ = std::min(html_.find_first_of(" \t\n\f\r/>", at_), html_.size());
        std::string name(html_.substr(begin, std::min(at_ - begin, name_limit)));
        for (char& c : name) c = is_letter(c) ? static_cast<char>(c | 0x20) : c;
        return name;
    }
    // To the end of the tag, over quoted values. Whether the tag closes itself; nullopt if it does
    // not end. From then on every '>' ends a tag: looking for the end of each again would take the
    // square of the time.
    std::optional<bool> skip_attributes() {
        bool slash = false;
        while (at_ < html_.size() && html_[at_] != '>') {
            slash = html_[at_] == '/';
            if (html_[at_++] == '=' && !quotes_broken_) skip_value();
        }
        if (at_ < html_.size()) {
            ++at_;
            return slash;
        }
        (quotes_broken_ ? no_tag_end_ : quotes_broken_) = true;
        return std::nullopt;
    }
    void skip_value() {
        at_ = std::min(html_.find_first_not_of(" \t\n\f\r", at_), html_.size());
        if (at_ == html_.size()) return;
        const char quote = html_[at_];
        if (quote == '"' || quote == '\'')
            at_ = std::min(html_.find(quote, at_ + 1), html_.size() - 1) + 1;
        else
            at_ = std::min(html_.find_first_of(" \t\n\f\r>", at_), html_.size());
    }
    // Script and style hold no markup but their own end tag.
    void skip_to_end_of(std::string_view name) {
        for (; at_ < html_.size(); ++at_) {
            at_ = std::min(html_.find("</", at_), html_.size());
            const std::string_view found =
                html_.substr(std::min(at_ + 2, html_.size()), name.size());
            const auto same = [](char a, char b) { return (a | 0x20) == b; };
            if (found.size() == name.size() && std::ranges::equal(found, name, same)) return;
        }
    }
    // False if there is no such end; the search for each kind of end fails once only.
    bool skip_past(std::string_view end, std::size_t from) {
        bool& missing = end == ">" ? no_tag_end_ : no_comment_end_;
        const auto found = missing ? std::string_view::npos : html_.find(end, at_ + from);
        missing = found == std::string_view::npos;
        if (!missing) at_ = found + end.size();
        return !missing;
    }

    void text() {
        const std::size_t end = std::min(html_.find_first_of("<&", at_), html_.size());
        literal(end - at_);
        if (at_ < html_.size() && html_[at_] == '&') reference();
    }
    void literal(std::size_t length) {
        if (hidden_ == 0) out_ += html_.substr(at_, length);
        at_ += length;
    }

    void reference() {
        std::uint32_t c = 0;
        std::size_t end = at_ + 1;
        if (end < html_.size() && html_[end] == '#')
            end = numeric(end + 1, c);
        else
            end = named(end, c);
        if (end == 0) return literal(1);
        if (end < html_.size() && html_[end] == ';') ++end;
        if (hidden_ == 0) append_utf8(out_, c);
        at_ = end;
    }
    std::size_t numeric(std::size_t from, std::uint32_t& c) const {
        const bool hex = from < html_.size() && (html_[from] | 0x20) == 'x';
        std::size_t at = from + (hex ? 1 : 0);
        const std::size_t digits = at;
        for (; at < html_.size(); ++at) {
            const char d = html_[at];
            const char low = static_cast<char>(d | 0x20);
            if (is_digit(d))
                c = c * (hex ? 16 : 10) + static_cast<std::uint32_t>(d - '0');
            else if (hex && low >= 'a' && low <= 'f')
                c = c * 16 + static_cast<std::uint32_t>(low - 'a' + 10);
            else
                break;
            c = std::min(c, std::uint32_t{0x110000});
        }
        if (c >= 0x80 && c <= 0x9f) c = c1_meaning[c - 0x80];
        return at == digits ? 0 : at;
    }
    std::size_t named(std::size_t from, std::uint32_t& c) const {
        std::string name;
        for (std::size_t at = from; at < html_.size() && name.size() < reference_limit; ++at) {
            if (!is_letter(html_[at]) && !is_digit(html_[at])) break;
            name += html_[at];
        }
        if (name.empty()) return 0;
        const auto* entity = htmlEntityLookup(reinterpret_cast<const xmlChar*>(name.c_str()));
        if (entity == nullptr) return 0;
        c = entity->value;
        return from + name.size();
    }

    std::string_view html_;
    std::size_t at_ = 0;
    bool quotes_broken_ = false, no_tag_end_ = false, no_comment_end_ = false;
    std::size_t hidden_ = 0;  // depth of open elements that show nothing
    std::string out_;
};

}  // namespace

std::string visible_text(std::string_view html_utf8) {
    return Reader(html_utf8).read();
}

}  // namespace mailhold::indexer::text

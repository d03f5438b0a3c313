// Control words, groups and text in one pass. Of each group only what bears on text is kept.
#include "indexer/extract/rtf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "indexer/mime/charset.hpp"

namespace mailhold::indexer::extract {
namespace {

using text::ExtractStatus;

constexpr std::size_t deepest = 10'000;     // groups within each other
constexpr std::size_t most_fonts = 10'000;  // whose charset is kept
constexpr std::size_t longest_word = 32;    // letters of a control word

struct Group {
    bool hidden = false;    // a destination without text
    bool aside = false;     // text to come after all other, so that it parts no phrase
    bool own_line = false;  // a destination that is no part of the text around it
    bool font_table = false;
    long skip_after_unicode = 1;  // \ucN
    std::string charset;          // of the font in force; empty: the document's
};

struct Meaning {
    std::string_view word, text;
};
constexpr std::array<Meaning, 17> characters = {{{"par", "\n"},
                                                 {"line", "\n"},
                                                 {"sect", "\n"},
                                                 {"page", "\n"},
                                                 {"row", "\n"},
                                                 {"cell", "\t"},
                                                 {"nestcell", "\t"},
                                                 {"nestrow", "\n"},
                                                 {"tab", "\t"},
                                                 {"emdash", "\u2014"},
                                                 {"endash", "\u2013"},
                                                 {"bullet", "\u2022"},
                                                 {"lquote", "\u2018"},
                                                 {"rquote", "\u2019"},
                                                 {"ldblquote", "\u201c"},
                                                 {"rdblquote", "\u201d"},
                                                 {"emspace", " "}}};
constexpr auto hidden_destinations = std::to_array<std::string_view>(
    {"colortbl", "stylesheet", "pict", "objdata", "listtable", "listoverridetable", "rsidtbl",
     "generator", "themedata", "colorschememapping", "datastore", "latentstyles", "xmlnstbl",
     "filetbl", "revtbl", "bkmkstart", "bkmkend", "private", "nonshppict"});
// Those marked as "ignore if not known" (\*) that have text all the same.
constexpr auto known_destinations = std::to_array<std::string_view>(
    {"shptxt", "annotation", "atnauthor", "fldinst", "footnote", "shpinst", "shp", "ud", "upr"});

constexpr auto destinations_of_text = std::to_array<std::string_view>(
    {"title",    "subject", "author",   "operator",   "keywords", "comment", "doccomm", "company",
     "category", "manager", "header",   "headerl",    "headerr",  "headerf", "footer",  "footerl",
     "footerr",  "footerf", "footnote", "annotation", "info",     "shptxt"});

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

// \fcharsetN, as Windows counts its charsets.
std::string charset_of(long number) {
    switch (number) {
        case 128:
            return "CP932";
        case 129:
            return "CP949";
        case 134:
            return "GBK";
        case 136:
            return "BIG5";
        case 161:
            return "windows-1253";
        case 162:
            return "windows-1254";
        case 163:
            return "windows-1258";
        case 177:
            return "windows-1255";
        case 178:
            return "windows-1256";
        case 186:
            return "windows-1257";
        case 204:
            return "windows-1251";
        case 222:
            return "CP874";
        case 238:
            return "windows-1250";
        default:
            return {};
    }
}

void append_utf16(std::string& out, long unit) {
    const auto code = static_cast<std::uint16_t>(unit);
    out += static_cast<char>(code & 0xff);
    out += static_cast<char>(code >> 8);
}

class Reader {
  public:
    Reader(std::string_view rtf, Output& output) : rtf_(rtf), output_(output) {}

    void read() {
        groups_.emplace_back();
        std::size_t steps = 0;
        while (!rtf_.empty()) {
            if (++steps % 4096 == 0 && !output_.may_go_on()) break;
            const char c = rtf_.front();
            rtf_.remove_prefix(1);
            if (c == '{')
                open();
            else if (c == '}')
                close();
            else if (c == '\\')
                control();
            else if (c != '\r' && c != '\n')
                octet(c);
        }
        flush();
        output_.end_piece();
        output_.add(aside_);
        if (depth_ > 0) output_.mark(ExtractStatus::failed, "it ends too early");
    }

  private:
    Group& group() { return groups_.back(); }

    // Beyond the limit groups are only counted.
    void open() {
        flush();
        ++depth_;
        if (depth_ < deepest) {
            groups_.push_back(group());
            group().own_line = false;
        } else
            output_.mark(ExtractStatus::truncated,
                         fmt::format("nested more than {} deep", deepest));
    }
    void close() {
        flush();
        if (depth_ == 0) return;
        if (group().own_line) add("\n");
        if (depth_ < deepest) groups_.pop_back();
        --depth_;
    }

    void control() {
        if (rtf_.empty()) return;
        const char c = rtf_.front();
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return word();
        rtf_.remove_prefix(1);
        if (c == '\'') return hex_octet();
        if (c == '*') return ignorable();
        if (c == '~') return add(" ");
        if (c == '_') return add("-");
        if (c == '\r' || c == '\n') return add("\n");
        if (c == '\\' || c == '{' || c == '}') octet(c);
    }

    void hex_octet() {
        unsigned value = 0;
        const auto digits = rtf_.substr(0, 2);
        const auto [end, problem] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        rtf_.remove_prefix(static_cast<std::size_t>(end - digits.data()));
        if (problem == std::errc{}) octet(static_cast<char>(value));
    }

    void ignorable() {
        if (!rtf_.starts_with('\\')) return;
        const auto name = rtf_.substr(1, longest_word);
        const auto end = std::ranges::find_if_not(
            name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
        if (!among(known_destinations,
                   name.substr(0, static_cast<std::size_t>(end - name.begin()))))
            group().hidden = true;
    }

    void word() {
        std::size_t letters = 0;
        while (letters < rtf_.size() && letters < longest_word &&
               ((rtf_[letters] >= 'a' && rtf_[letters] <= 'z') ||
                (rtf_[letters] >= 'A' && rtf_[letters] <= 'Z')))
            ++letters;
        const auto name = rtf_.substr(0, letters);
        rtf_.remove_prefix(letters);
        std::optional<long> number;
        long value = 0;
        const auto [end, problem] = std::from_chars(rtf_.data(), rtf_.data() + rtf_.size(), value);
        if (problem == std::errc{}) number = value;
        rtf_.remove_prefix(static_cast<std::size_t>(end - rtf_.data()));
        if (rtf_.starts_with(' ')) rtf_.remove_prefix(1);
        obey(name, number);
    }

    void obey(std::string_view name, std::optional<long> number) {
        if (const auto* found = std::ranges::find(characters, name, &Meaning::word);
            found != characters.end())
            return add(found->text);
        if (name == "u") return unicode(number.value_or(0));
        if (name == "uc") group().skip_after_unicode = std::clamp(number.value_or(1), 0L, 100L);
        if (name == "bin") return skip_binary(number.value_or(0));
        if (name == "ansicpg") document_charset_ = fmt::format("CP{}", number.value_or(1252));
        if (name == "mac") document_charset_ = "MACINTOSH";
        if (name == "pc") document_charset_ = "CP437";
        if (name == "fonttbl") group().font_table = group().hidden = true;
        if (name == "f") font(number.value_or(0));
        if (name == "plain") change_charset({});
        if (name == "fcharset" && group().font_table && fonts_.size() < most_fonts)
            fonts_[font_] = charset_of(number.value_or(0));
        if (among(hidden_destinations, name)) group().hidden = true;
        if (name == "fldinst") group().aside = true;
        if (among(destinations_of_text, name)) {
            add("\n");
            group().own_line = true;
        }
    }

    void font(long number) {
        font_ = number;
        if (group().font_table) return;
        const auto known = fonts_.find(number);
        change_charset(known == fonts_.end() ? std::string() : known->second);
    }
    void change_charset(const std::string& charset) {
        if (group().charset == charset) return;
        flush();
        group().charset = charset;
    }

    // \uN is a UTF-16 unit, and what follows it repeats it for readers that do not know it.
    void unicode(long unit) {
        flush_octets();
        if (!group().hidden) append_utf16(units_, unit);
        to_skip_ = group().skip_after_unicode;
    }
    void skip_binary(long size) {
        rtf_.remove_prefix(std::min(static_cast<std::size_t>(std::max(size, 0L)), rtf_.size()));
    }

    void octet(char c) {
        if (to_skip_ > 0) {
            --to_skip_;
            return;
        }
        if (group().hidden) return;
        flush_units();
        octets_ += c;
    }
    void add(std::string_view utf8) {
        flush();
        if (!group().hidden) put(utf8);
    }
    void put(std::string_view utf8) {
        if (!group().aside) return output_.add(utf8);
        if (aside_.size() < output_.limits().text) aside_ += utf8;
    }

    void flush() {
        flush_units();
        flush_octets();
        to_skip_ = 0;
    }
    void flush_units() {
        if (!units_.empty()) put(mime::to_utf8(units_, "UTF-16LE"));
        units_.clear();
    }
    void flush_octets() {
        if (octets_.empty()) return;
        const bool ascii = std::ranges::all_of(octets_, [](char c) { return c >= 0; });
        const auto& charset = group().charset.empty() ? document_charset_ : group().charset;
        put(ascii ? octets_ : mime::to_utf8(octets_, charset));
        octets_.clear();
    }

    std::string_view rtf_;
    Output& output_;
    std::vector<Group> groups_;  // never empty
    std::size_t depth_ = 0;
    std::string document_charset_ = "windows-1252";
    std::map<long, std::string> fonts_;
    long font_ = 0;
    long to_skip_ = 0;
    std::string octets_;  // of the charset in force
    std::string units_;   // UTF-16, low octet first
    std::string aside_;
};

}  // namespace

void read_rtf(std::string_view octets, Output& output) {
    Reader(octets, output).read();
}

}  // namespace mailhold::indexer::extract

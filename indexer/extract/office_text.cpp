// See office_text.hpp. Element names are those of ECMA-376 part 1 and ISO/IEC 26300-1.
#include "indexer/extract/office_text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mailhold::indexer::extract {
namespace {

constexpr std::size_t most_blanks = 100;  // of one text:s

std::size_t number_in(std::string_view digits, std::size_t otherwise) {
    std::size_t value = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return problem == std::errc{} && end == digits.data() + digits.size() ? value : otherwise;
}

}  // namespace

void OoxmlText::start(std::string_view name, const XmlAttributes& attributes) {
    element_ = name;
    if (name == "Fallback") ++fallbacks_;
    if (name == "tab") output_.add("\t");
    if (name == "br" || name == "cr") output_.add("\n");
    if (name == "noBreakHyphen") output_.add("-");
    if (name == "sheet") output_.add(attributes["name"] + "\n");
    if (name == "Relationship" && attributes["TargetMode"] == "External")
        output_.add(attributes["Target"] + "\n");
}

void OoxmlText::end(std::string_view name) {
    element_.clear();
    if (name == "Fallback") --fallbacks_;
    if (name == "tc") output_.add("\t");
    if (name == "delText" || name == "instrText") aside_ += ' ';
    // A cell's text (SpreadsheetML comments) has no paragraphs.
    if (name != "p" && name != "text" && name != "comment") return;
    if (fallbacks_ == 0) output_.add("\n");
    if (!aside_.empty()) output_.add(std::exchange(aside_, {}) + "\n");
}

void OoxmlText::text(std::string_view utf8) {
    if (fallbacks_ > 0) return;
    if (element_ == "t" || element_ == "text") output_.add(utf8);
    if (element_ == "delText" || element_ == "instrText") aside_ += utf8;
}

void SharedStrings::start(std::string_view name, const XmlAttributes&) {
    if (name == "si") strings.emplace_back();
    if (name == "rPh") phonetic_ = true;
    if (name == "t") in_text_ = true;
}

void SharedStrings::end(std::string_view name) {
    if (name == "rPh") phonetic_ = false;
    if (name == "t") in_text_ = false;
}

void SharedStrings::text(std::string_view utf8) {
    if (!in_text_ || phonetic_ || strings.empty()) return;
    kept_ += utf8.size();
    if (kept_ > output_.limits().in_memory)
        return output_.mark(text::ExtractStatus::truncated, "too many strings");
    strings.back() += utf8;
}

void SheetText::start(std::string_view name, const XmlAttributes& attributes) {
    if (name == "c") shared_ = attributes["t"] == "s";
    in_value_ = name == "v" || name == "t" || name == "oddHeader" || name == "oddFooter";
    if (in_value_) value_.clear();
}

void SheetText::end(std::string_view name) {
    if (name == "row") output_.add("\n");
    if (in_value_) {
        const auto index = number_in(value_, strings_.size());
        if (name == "v" && shared_)
            output_.add(index < strings_.size() ? strings_[index] : std::string());
        else
            output_.add(value_);
    }
    in_value_ = false;
    if (name == "c" || name == "oddHeader" || name == "oddFooter") output_.add("\t");
}

void SheetText::text(std::string_view utf8) {
    if (in_value_ && value_.size() < output_.limits().text) value_ += utf8;
}

void OpenDocumentText::start(std::string_view name, const XmlAttributes& attributes) {
    if (name == "encryption-data") encrypted = true;
    if (name == "body" || name == "header" || name == "footer") ++visible_;
    if (visible_ == 0) return;
    if (name == "s")
        output_.add(std::string(std::min(number_in(attributes["c"], 1), most_blanks), ' '));
    if (name == "tab") output_.add("\t");
    if (name == "line-break") output_.add("\n");
    if (name == "table") output_.add(attributes["name"] + "\n");
    if (name == "a") aside_ += attributes["href"] + "\n";
}

void OpenDocumentText::end(std::string_view name) {
    if (visible_ > 0) {
        if (name == "p" || name == "h" || name == "table-row")
            output_.add("\n" + std::exchange(aside_, {}));
        if (name == "table-cell" || name == "title" || name == "desc") output_.add("\t");
    }
    if (name == "body" || name == "header" || name == "footer") --visible_;
}

void OpenDocumentText::text(std::string_view utf8) {
    if (visible_ > 0) output_.add(utf8);
}

}  // namespace mailhold::indexer::extract

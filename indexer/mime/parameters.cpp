// See parameters.hpp. Total: what is no parameter is passed over.
#include "indexer/mime/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "indexer/mime/charset.hpp"
#include "indexer/mime/encoded_word.hpp"
#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

constexpr std::size_t parameters_limit = 1000;

// Reads up to an unquoted ';' (or, with until_equals, '='), dropping comments and the quotes.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}
    bool at_end() const { return at_ >= text_.size(); }

    std::string name() {
        std::string result = piece("=;");
        return lower(result);
    }
    bool take(char octet) {
        if (at_end() || text_[at_] != octet) return false;
        ++at_;
        return true;
    }
    // A quoted string ends the value: what stands between it and the next ';' is nothing.
    std::string piece(std::string_view ends) {
        std::string result;
        while (!at_end() && ends.find(text_[at_]) == std::string_view::npos) {
            if (text_[at_] == '(') {
                skip_comment();
            } else if (text_[at_] == '"' && trim(result).empty()) {
                result = quoted();
                while (!at_end() && text_[at_] != ';') ++at_;
                return result;
            } else {
                result += text_[at_++];
            }
        }
        return std::string(trim(result));
    }

  private:
    std::string quoted() {
        std::string result;
        for (++at_; !at_end() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            result += text_[at_];
        }
        take('"');
        return result;
    }
    void skip_comment() {
        std::size_t depth = 0;
        do {
            if (text_[at_] == '\\')
                ++at_;
            else if (text_[at_] == '(')
                ++depth;
            else if (text_[at_] == ')')
                --depth;
            ++at_;
        } while (depth > 0 && !at_end());
        at_ = std::min(at_, text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// One parameter, in the forms it was sent in.
struct Forms {
    std::string name;
    std::optional<std::string> plain;
    struct Segment {
        std::string value;
        bool encoded = false;
    };
    std::map<unsigned, Segment> segments;  // RFC 2231 3; "name*" is segment 0
};

int hex_digit(char octet) {
    if (octet >= '0' && octet <= '9') return octet - '0';
    const char low = static_cast<char>(octet | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::string undo_percent(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        result += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
        if (low >= 0) i += 2;
    }
    return result;
}

// "name*1*" belongs to "name", as its segment 1, encoded.
void add_form(std::vector<Forms>& all, std::string_view name, const std::string& value) {
    const std::size_t star = std::min(name.find('*'), name.size());
    const std::string_view base = name.substr(0, star);
    auto forms = std::ranges::find(all, base, &Forms::name);
    if (forms == all.end()) forms = all.insert(all.end(), Forms{std::string(base), {}, {}});
    if (star == name.size()) {
        if (!forms->plain) forms->plain = value;
        return;
    }
    unsigned index = 0;
    const std::string_view rest = name.substr(star + 1);
    std::from_chars(rest.data(), rest.data() + rest.size(), index);
    forms->segments.try_emplace(index, Forms::Segment{value, name.ends_with('*')});
}

std::string decoded(const Forms& forms) {
    if (forms.segments.empty()) return decode_words(forms.plain.value_or(""));
    std::string octets;
    std::optional<std::string> charset;
    for (const auto& [index, segment] : forms.segments) {
        std::string_view value = segment.value;
        const std::size_t first = value.find('\'');
        const std::size_t second =
            first == std::string_view::npos ? first : value.find('\'', first + 1);
        if (octets.empty() && !charset && segment.encoded && second != std::string_view::npos) {
            charset = value.substr(0, first);
            value.remove_prefix(second + 1);
        }
        octets += segment.encoded ? undo_percent(value) : std::string(value);
    }
    return charset ? to_utf8(octets, *charset) : decode_words(octets);
}

}  // namespace

Parameters decode_parameters(const Parameters& raw) {
    std::vector<Forms> all;
    for (const auto& [name, value] : raw) add_form(all, name, value);
    Parameters result;
    for (const Forms& forms : all) result.emplace_back(mend_utf8(forms.name), decoded(forms));
    return result;
}

ValueWithParameters split_parameters(std::string_view unfolded) {
    ValueWithParameters result;
    Reader reader(unfolded);
    result.value = lower(reader.piece(";"));
    while (reader.take(';') && result.parameters.size() < parameters_limit) {
        std::string name = reader.name();
        if (!reader.take('=')) continue;
        std::string value = reader.piece(";");
        if (!name.empty()) result.parameters.emplace_back(std::move(name), std::move(value));
    }
    return result;
}

const std::string* find_parameter(const Parameters& parameters, std::string_view name) {
    const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
    return found == parameters.end() ? nullptr : &found->second;
}

}  // namespace mailhold::indexer::mime

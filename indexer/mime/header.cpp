// Header fields by position; see header.hpp.
#include "indexer/mime/header.hpp"

#include <algorithm>

namespace mailhold::indexer::mime {

std::size_t line_length(std::string_view octets, std::size_t from) {
    const auto feed = octets.find('\n', from);
    return (feed == std::string_view::npos ? octets.size() : feed + 1) - from;
}

std::size_t line_end_length(std::string_view line) {
    if (!line.ends_with('\n')) return 0;
    return line.ends_with("\r\n") ? 2 : 1;
}

bool is_blank(char octet) {
    return octet == ' ' || octet == '\t';
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

static char lower(char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet + ('a' - 'A')) : octet;
}

std::string lower(std::string_view ascii) {
    std::string result(ascii);
    for (char& octet : result) octet = lower(octet);
    return result;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

// RFC 5322 3.6.8: a field name is printable ASCII without the colon; 4.5 lets blanks stand before
// the colon.
static std::string_view field_name(std::string_view line) {
    std::size_t end = 0;
    while (end < line.size() && line[end] > ' ' && line[end] < '\x7f' && line[end] != ':') ++end;
    std::size_t colon = end;
    while (colon < line.size() && is_blank(line[colon])) ++colon;
    return colon < line.size() && line[colon] == ':' ? line.substr(0, end) : std::string_view();
}

bool starts_header(std::string_view line) {
    return !field_name(line).empty() || line.starts_with("From ") || line.starts_with(">From ");
}

std::vector<RawField> split_fields(std::string_view block, std::size_t limit) {
    std::vector<RawField> fields;
    for (std::size_t begin = 0; begin < block.size() && fields.size() < limit;) {
        std::size_t end = begin + line_length(block, begin);
        const std::string_view first = block.substr(begin, end - begin);
        if (first.size() == line_end_length(first)) break;
        while (end < block.size() && is_blank(block[end])) end += line_length(block, end);

        RawField field;
        field.octets = block.substr(begin, end - begin);
        field.name = field_name(first);
        field.value = field.octets.substr(0, field.octets.size() - line_end_length(field.octets));
        if (!field.name.empty()) field.value.remove_prefix(field.value.find(':') + 1);
        fields.push_back(field);
        begin = end;
    }
    return fields;
}

std::size_t fields_length(std::string_view block) {
    std::size_t at = 0;
    while (at < block.size()) {
        const std::string_view line = block.substr(at, line_length(block, at));
        if (line.size() == line_end_length(line)) break;
        at += line.size();
    }
    return at;
}

std::string unfold(std::string_view value) {
    std::string result;
    result.reserve(value.size());
    const auto first = value.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return result;
    value.remove_prefix(first);
    for (std::size_t begin = 0; begin < value.size();) {
        const std::size_t length = line_length(value, begin);
        const std::string_view line = value.substr(begin, length);
        result += line.substr(0, length - line_end_length(line));
        begin += length;
    }
    return result;
}

const HeaderField* find_field(const std::vector<HeaderField>& fields, std::string_view name) {
    const auto found = std::ranges::find_if(
        fields, [name](const HeaderField& field) { return same_name(field.name, name); });
    return found == fields.end() ? nullptr : &*found;
}

}  // namespace mailhold::indexer::mime

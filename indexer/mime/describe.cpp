// See describe.hpp. A field that stands twice counts once, the first time.
#include "indexer/mime/describe.hpp"

#include <algorithm>

#include "indexer/mime/charset.hpp"
#include "indexer/mime/encoded_word.hpp"
#include "indexer/mime/header.hpp"
#include "indexer/mime/parameters.hpp"

namespace mailhold::indexer::mime {
namespace {

std::optional<std::string> unfolded_field(const Part& part, std::string_view name) {
    const HeaderField* field = find_field(part.fields, name);
    if (field == nullptr) return std::nullopt;
    return std::string(trim(unfold(field->raw)));
}

std::string charset_in(std::string_view content_type) {
    const Parameters raw = split_parameters(content_type).parameters;
    const std::string* charset = find_parameter(raw, "charset");
    return charset == nullptr ? std::string() : *charset;
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find_first_of(" \t"));
}

// RFC 2045 5.2: without a readable type an entity is plain text.
void read_type(Part& part, DefaultType default_type, std::vector<std::string>& damage) {
    if (default_type == DefaultType::message) {
        part.type = "message";
        part.subtype = "rfc822";
    }
    const auto unfolded = unfolded_field(part, "Content-Type");
    if (!unfolded) return;
    const auto [value, raw] = split_parameters(*unfolded);
    part.parameters = decode_parameters(raw);
    const auto slash = value.find('/');
    const std::string_view type = trim(std::string_view(value).substr(0, slash));
    const std::string_view subtype =
        slash == std::string::npos ? ""
                                   : first_word(trim(std::string_view(value).substr(slash + 1)));
    if (type.empty() || subtype.empty()) {
        note(damage, "a Content-Type that cannot be read");
        part.type = "text";
        part.subtype = "plain";
        return;
    }
    part.type = mend_utf8(type);
    part.subtype = mend_utf8(subtype);
}

void read_languages(Part& part) {
    const auto unfolded = unfolded_field(part, "Content-Language");
    if (!unfolded) return;
    for (std::string_view rest = *unfolded; !rest.empty();) {
        const auto comma = std::min(rest.find(','), rest.size());
        const std::string_view language = trim(rest.substr(0, comma));
        if (!language.empty()) part.languages.emplace_back(language);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
}

}  // namespace

void note(std::vector<std::string>& damage, std::string_view what) {
    if (std::ranges::find(damage, what) == damage.end()) damage.emplace_back(what);
}

std::vector<HeaderField> read_fields(std::string_view header_block, std::size_t limit) {
    std::vector<HeaderField> fields;
    const std::vector<RawField> raw_fields = split_fields(header_block, limit);
    const auto type = std::ranges::find_if(
        raw_fields, [](const RawField& raw) { return same_name(raw.name, "Content-Type"); });
    const std::string charset = type == raw_fields.end() ? "" : charset_in(unfold(type->value));
    for (const RawField& raw : raw_fields)
        fields.push_back({std::string(raw.name), std::string(raw.value),
                          decode_words(unfold(raw.value), charset)});
    return fields;
}

void describe(Part& part, std::string_view header_block, DefaultType default_type,
              std::size_t field_limit, std::vector<std::string>& damage) {
    part.fields = read_fields(header_block, field_limit);
    if (part.fields.size() == field_limit)
        note(damage, "header fields beyond the limit are left out");
    for (const HeaderField& field : part.fields) {
        if (!is_utf8(field.raw)) note(damage, "a header field in an unnamed charset");
        if (field.name.empty()) note(damage, "a line in a header that is no field");
    }
    read_type(part, default_type, damage);
    read_languages(part);
    part.id = unfolded_field(part, "Content-ID");
    part.description = unfolded_field(part, "Content-Description");
    part.location = unfolded_field(part, "Content-Location");
    part.md5 = unfolded_field(part, "Content-MD5");
    if (const auto encoding = unfolded_field(part, "Content-Transfer-Encoding")) {
        const std::string value = split_parameters(*encoding).value;
        if (!value.empty()) part.encoding = first_word(value);
    }
    if (const auto disposition = unfolded_field(part, "Content-Disposition")) {
        const auto [value, raw] = split_parameters(*disposition);
        if (!value.empty()) part.disposition = value;
        part.disposition_parameters = decode_parameters(raw);
    }
    if (const std::string* name = find_parameter(part.disposition_parameters, "filename"))
        part.filename = *name;
    else if (const std::string* other = find_parameter(part.parameters, "name"))
        part.filename = *other;
}

std::optional<std::string> boundary_of(const Part& part) {
    const HeaderField* field = find_field(part.fields, "Content-Type");
    if (field == nullptr) return std::nullopt;
    const Parameters raw = split_parameters(unfold(field->raw)).parameters;
    const std::string* boundary = find_parameter(raw, "boundary");
    if (boundary == nullptr) boundary = find_parameter(part.parameters, "boundary");
    if (boundary == nullptr || boundary->empty()) return std::nullopt;
    return *boundary;
}

}  // namespace mailhold::indexer::mime

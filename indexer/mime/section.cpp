// Finding sections; see section.hpp.
#include "indexer/mime/section.hpp"

#include <algorithm>
#include <array>

#include "indexer/mime/gmime.hpp"
#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

SectionBytes view_of(std::string_view octets, Range range) {
    SectionBytes result;
    result.view = octets.substr(range.begin, range.size());
    return result;
}

// RFC 3501 6.4.5: the fields' own octets in their order, and the line that ends the header if it
// has one.
SectionBytes subset(std::string_view header, const Section& section) {
    SectionBytes result;
    result.is_owned = true;
    const bool wanted = section.text == SectionText::header_fields;
    for (const RawField& field : split_fields(header, header.size())) {
        const bool listed = std::ranges::any_of(
            section.fields, [&](const std::string& name) { return same_name(name, field.name); });
        if (listed == wanted) result.owned += field.octets;
    }
    const std::string_view blank_line = header.substr(fields_length(header));
    if (!result.owned.empty() && !result.owned.ends_with('\n')) result.owned += "\r\n";
    result.owned += blank_line.empty() ? "\r\n" : blank_line;
    return result;
}

// A part as one to look into: the message in a message/rfc822 part, else the part itself.
const Part& content_of(const Part& part) {
    return part.is_message() ? part.children.front() : part;
}

}  // namespace

Transfer transfer_of(const Part& part) {
    static constexpr std::array<std::string_view, 4> identities = {"", "7bit", "8bit", "binary"};
    if (part.is_multipart() || part.is_message()) return Transfer::identity;
    if (can_undo(part.encoding)) return Transfer::encoded;
    const bool plain = std::ranges::find(identities, part.encoding) != identities.end();
    return plain ? Transfer::identity : Transfer::unknown;
}

// RFC 3501 6.4.5: every message has at least one part number; part 1 of one that is no multipart is
// its body.
const Part* find_part(const ParsedMessage& message, std::span<const std::uint32_t> path) {
    const Part* part = &message.root;
    bool is_root = true;
    for (const std::uint32_t number : path) {
        const Part& content = is_root ? *part : content_of(*part);
        const bool is_message = is_root || part->is_message();
        if (content.is_multipart() && number >= 1 && number <= content.children.size())
            part = &content.children[number - 1];
        else if (!content.is_multipart() && is_message && number == 1)
            part = &content;
        else
            return nullptr;
        is_root = false;
    }
    return part;
}

std::optional<SectionBytes> find_section(std::string_view octets, const ParsedMessage& message,
                                         const Section& section) {
    const Part* part = find_part(message, section.path);
    if (part == nullptr) return std::nullopt;
    const bool is_root = section.path.empty();
    const bool has_header = is_root || part->is_message();
    const Part& content = is_root ? *part : content_of(*part);
    switch (section.text) {
        case SectionText::whole:
            return is_root ? view_of(octets, {0, octets.size()}) : view_of(octets, part->body);
        case SectionText::mime:
            if (is_root) return std::nullopt;
            return view_of(octets, part->header);
        case SectionText::header:
            if (!has_header) return std::nullopt;
            return view_of(octets, content.header);
        case SectionText::text:
            if (!has_header) return std::nullopt;
            return view_of(octets, content.body);
        case SectionText::header_fields:
        case SectionText::header_fields_not:
            if (!has_header) return std::nullopt;
            return subset(octets.substr(content.header.begin, content.header.size()), section);
    }
    return std::nullopt;
}

}  // namespace mailhold::indexer::mime

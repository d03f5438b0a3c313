// Sections of a message as FETCH names them (RFC 3501 6.4.5, "section-spec"), and the two structure
// responses.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::mime {

enum class SectionText { whole, header, header_fields, header_fields_not, text, mime };

struct Section {
    std::vector<std::uint32_t> path;  // part numbers, "1.2" -> {1, 2}; empty for the message itself
    SectionText text = SectionText::whole;
    std::vector<std::string> fields;  // for header_fields(_not)
};

// The section's octets; nullopt where the message has no such part (FETCH answers NIL).
// Whole ranges are views into `octets`, put together ones (header subsets) are owned.
struct SectionBytes {
    std::string owned;
    std::string_view view;  // of `octets` or of `owned`'s content; use bytes()
    bool is_owned = false;
    std::string_view bytes() const { return is_owned ? std::string_view(owned) : view; }
};
std::optional<SectionBytes> find_section(std::string_view octets, const ParsedMessage& message,
                                         const Section& section);

// A part by its path, as BODY[path] counts (a message/rfc822 part's own parts follow its number);
// nullptr if none.
const Part* find_part(const ParsedMessage& message, std::span<const std::uint32_t> path);

// How a part is encoded for its transport (RFC 2045 6). Multiparts and messages cannot be (6.4).
enum class Transfer { identity, encoded, unknown };
Transfer transfer_of(const Part& part);

// IMAP text of ENVELOPE, BODY and BODYSTRUCTURE (RFC 3501 7.4.2), strings quoted or as literals
// where they must be.
std::string envelope_text(const Envelope& envelope);
enum class StructureForm { body, body_structure };
std::string structure_text(const ParsedMessage& message, StructureForm form);

}  // namespace mailhold::indexer::mime

// What an entity's header says about it (RFC 2045, 2183, 3282, 2557, 1864).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::mime {

// Adds to a list of damage, once.
void note(std::vector<std::string>& damage, std::string_view what);

// The fields of a header block (header.hpp), decoded.
std::vector<HeaderField> read_fields(std::string_view header_block, std::size_t limit);

// RFC 2046 5.1.5: parts of a multipart/digest are messages unless they say otherwise.
enum class DefaultType { text, message };

// Fills all of `part` but its positions and children from its header block.
void describe(Part& part, std::string_view header_block, DefaultType default_type,
              std::size_t field_limit, std::vector<std::string>& damage);

// The boundary that cuts a multipart into its parts; nullopt if it names none.
std::optional<std::string> boundary_of(const Part& part);

}  // namespace mailhold::indexer::mime

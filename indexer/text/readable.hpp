// What a person reads first of a message: for PREVIEW (RFC 8970) and for snippets of what a search
// found. Not for comparing: nothing is folded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::text {

// The message's plain text, or the visible text of its HTML where it has no plain text; attachments
// are left out. Valid UTF-8, runs of white space as one blank; it ends with the character that
// reaches `most` octets.
inline constexpr std::size_t most_readable = 1 << 20;
std::string readable_text(std::string_view octets, const mime::ParsedMessage& message,
                          std::size_t most = most_readable);

// The first characters, whole words where that loses little.
std::string shortened(std::string_view utf8, std::size_t most_characters);

}  // namespace mailhold::indexer::text

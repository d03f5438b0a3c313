// Any octets to a ParsedMessage: the wall around GMime. Damaged and hostile mail gives as much as
// can be read.
#pragma once

#include <string>
#include <string_view>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::mime {

// Limits of one parse. What is beyond them is named in `damage`; a multipart's octets that were not
// cut into parts are its last part, as text/plain, and a message that was not looked into has no
// child.
struct Limits {
    std::size_t parts = 10'000;
    std::size_t depth = 100;
    std::size_t header_fields = 10'000;  // in one header
};

// Never fails and never throws for any input; positions are within `octets`. Any thread.
ParsedMessage parse(std::string_view octets, const Limits& limits = {});

// The text of a text/* part: transfer and charset decoded to valid UTF-8, line ends as sent. An
// unknown charset is read as UTF-8, undecodable octets become U+FFFD. Where a part is declared
// base64 and is not, or not to its end (footers of lists), what is not stands behind what decodes.
// `octets` are those the part was parsed from.
std::string decoded_text(std::string_view octets, const Part& part);

// The content of any leaf part with its transfer encoding undone.
std::string decoded_content(std::string_view octets, const Part& part);

}  // namespace mailhold::indexer::mime

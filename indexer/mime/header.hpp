// A header block cut into its fields (RFC 5322 2.2) by position, so that what was sent can be
// served again as it was. Total: a line that is no field is a field without a name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::mime {

// The whole field with its folded lines and final line end is `octets`; views borrow from the
// block.
struct RawField {
    std::string_view octets;
    std::string_view name;   // empty for a line without a colon
    std::string_view value;  // after the colon, without the final line end
};

// Length of the line at `from` with its LF, up to the end of `octets` for the last.
std::size_t line_length(std::string_view octets, std::size_t from);
// "CRLF", "LF" or "": how many octets of line end close `line`.
std::size_t line_end_length(std::string_view line);
bool is_blank(char octet);                     // space or tab
std::string_view trim(std::string_view text);  // blanks and line ends
std::string lower(std::string_view ascii);
bool same_name(std::string_view a, std::string_view b);  // ASCII case-insensitive

// Whether a header may begin with this line: a field name and a colon, or the "From " line of an
// mbox.
bool starts_header(std::string_view line);

// Fields in order, at most `limit`; the blank line at the end is not one.
std::vector<RawField> split_fields(std::string_view block, std::size_t limit);

// How far the fields reach: to the blank line, or to the end.
std::size_t fields_length(std::string_view block);

// RFC 5322 2.2.3: the line ends before blanks go, nothing else; leading blanks and line ends too.
std::string unfold(std::string_view value);

// The first field of that name, or nullptr.
const HeaderField* find_field(const std::vector<HeaderField>& fields, std::string_view name);

}  // namespace mailhold::indexer::mime

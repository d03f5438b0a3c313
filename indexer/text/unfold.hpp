// Calendars and contacts as people read them: their lines are folded anywhere, within words too.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::indexer::text {

// RFC 5545 3.1, RFC 6350 3.2: a line end and one blank are no part of the text; RFC 5545 3.3.11:
// "\n" is a line end, and a backslash before a comma, a semicolon or another is none.
std::string unfold_lines(std::string_view utf8);

}  // namespace mailhold::indexer::text

// How texts are compared: i;unicode-casemap (RFC 5051) after folding every run of white space to
// one blank. The index, the matcher and every needle use this one function; ICU stays in fold.cpp.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::indexer::text {

// Simple titlecase of each character, then full compatibility decomposition (NFKD), white space
// (line ends, tabs, NBSP and the other Unicode blanks) folded to single blanks. Invalid UTF-8
// becomes U+FFFD. No trimming.
std::string fold(std::string_view utf8);

// Whether iconv can decode it; "US-ASCII" and "UTF-8" always. Case-insensitive.
bool charset_known(std::string_view charset);
// Text in a known charset to UTF-8. Octets that cannot be decoded become U+FFFD.
std::string to_utf8(std::string_view octets, std::string_view charset);

}  // namespace mailhold::indexer::text

// Charsets to UTF-8 by iconv, and octets of unknown charset to valid UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::indexer::mime {

// Whether iconv can decode it (under the names mail uses for it); "US-ASCII" and "UTF-8" always.
bool charset_known(std::string_view charset);

// An unknown charset is read as UTF-8, and US-ASCII too, whose eighth bit is most often that.
// What cannot be decoded becomes U+FFFD.
std::string to_utf8(std::string_view octets, std::string_view charset);

bool is_utf8(std::string_view octets);
// Each ill-formed sequence becomes one U+FFFD (Unicode 3.9, "substitution of maximal subparts").
std::string mend_utf8(std::string_view octets);
// For octets beyond ASCII that no charset is named for: UTF-8 if they are that, else `likely` if it
// is known, else Windows-1252.
std::string guess_utf8(std::string_view octets, std::string_view likely = {});

}  // namespace mailhold::indexer::mime

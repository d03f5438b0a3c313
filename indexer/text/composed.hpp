// One form for texts that look the same: an e with an acute is one character, or always two.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::indexer::text {

// NFC. Invalid UTF-8 becomes U+FFFD.
std::string composed(std::string_view utf8);

// NFD. Invalid UTF-8 becomes U+FFFD.
std::string decomposed(std::string_view utf8);

}  // namespace mailhold::indexer::text

// Encoded words in header fields (RFC 2047). Ours and not GMime's, which joins the base64 of
// neighbouring words and stops at the first padding, so that long subjects were cut.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::indexer::mime {

// Octets beyond ASCII are read first, as guess_utf8() reads them; `charset` is the one the body is
// in. Encoded words count anywhere, quoted strings too, as senders write them so. What is no
// encoded word stays as it is. Valid UTF-8 without NUL.
std::string decode_words(std::string_view unfolded, std::string_view charset = {});

}  // namespace mailhold::indexer::mime

// What we let GMime do, as functions over plain values: encoded words, parameters, dates, transfer
// encodings. No GMime type leaves gmime.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::mime {

// GMime's one-time initialisation; any thread, any number of times.
void start_gmime();

// RFC 2047, after octets beyond ASCII have been read as guess_utf8() reads them. Valid UTF-8, no
// NUL.
std::string decode_words(std::string_view unfolded);

// What follows the first ';' of a Content-Type or -Disposition value (RFC 2231, RFC 2047 where
// senders misuse it).
Parameters decode_parameters(std::string_view unfolded);

// RFC 5322 3.3, and the obsolete and wrong forms in use.
std::optional<ZonedSeconds> decode_date(std::string_view unfolded);

// Undoes base64, quoted-printable and the uuencode family; any other encoding leaves the octets as
// they are.
std::string decode_transfer(std::string_view octets, std::string_view encoding);

}  // namespace mailhold::indexer::mime

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

// RFC 5322 3.3, and the obsolete and wrong forms in use.
std::optional<ZonedSeconds> decode_date(std::string_view unfolded);

// Undoes base64, quoted-printable and the uuencode family; any other encoding leaves the octets as
// they are.
std::string decode_transfer(std::string_view octets, std::string_view encoding);
bool can_undo(std::string_view encoding);  // whether it is one of those

}  // namespace mailhold::indexer::mime

// ENVELOPE of a message header (RFC 3501 7.4.2).
#pragma once

#include <vector>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::mime {

Envelope make_envelope(const std::vector<HeaderField>& fields);

}  // namespace mailhold::indexer::mime

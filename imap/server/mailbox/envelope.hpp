// The fields of an ENVELOPE as the catalog keeps it, read back from its IMAP text.
#pragma once

#include <optional>
#include <string_view>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::imap::server {

// nullopt for what is no envelope (RFC 3501 9).
std::optional<indexer::mime::Envelope> read_envelope(std::string_view text);

}  // namespace mailhold::imap::server

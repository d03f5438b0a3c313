// The date of a message of which nobody says when it arrived, from its own header. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "store/base/time.hpp"

namespace mailhold::indexer::mime {

// Date, else that of the first Received field, which is the newest (RFC 5321 4.4); nullopt where
// neither can be read.
std::optional<ZonedSeconds> date_from_header(std::string_view octets);

}  // namespace mailhold::indexer::mime

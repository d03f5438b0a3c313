// The date of a message whose origin gives no INTERNALDATE, from its own header. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "store/base/time.hpp"

namespace mailhold::imap::sync {

// Date, else that of the first Received field, which is the newest (RFC 5321 4.4); nullopt where
// neither can be read.
std::optional<ZonedSeconds> date_from_header(std::string_view octets);

}  // namespace mailhold::imap::sync

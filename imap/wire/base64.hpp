// Base64 as SASL exchanges use it (RFC 4648 section 4, RFC 3501 section 9 "base64"): padded, on one
// line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailhold::imap::wire {

std::string to_base64(std::string_view octets);
// nullopt where it is not canonical: a foreign character, wrong padding, bits left over.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace mailhold::imap::wire

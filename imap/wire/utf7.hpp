// Modified UTF-7 (RFC 3501 5.1.3), the old encoding of mailbox names, and UTF-8, the new.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailhold::imap::wire {

bool is_utf8(std::string_view octets);  // RFC 3629
std::string to_modified_utf7(std::string_view utf8);
// nullopt where it is not canonical modified UTF-7 (8-bit octets, needless encoding, bad base64,
// lone surrogates).
std::optional<std::string> from_modified_utf7(std::string_view name);
// Valid UTF-8 stays; each other octet becomes U+FFFD and two hex digits.
std::string repaired(std::string_view text);
// A name as a server or client sent it to UTF-8: modified UTF-7 if it is that, valid UTF-8 as it is
// (RFC 6855 and servers that send it raw), else each bad octet as U+FFFD plus its hex, so that
// distinct names stay distinct.
std::string decode_mailbox_name(std::string_view name);

}  // namespace mailhold::imap::wire

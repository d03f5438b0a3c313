// Content-Type and Content-Disposition values as sent (RFC 2045 5.1): their first word and their
// parameters, unquoted but otherwise raw, which is what BODYSTRUCTURE hands on: mail programs undo
// RFC 2231 themselves.
#pragma once

#include <string>
#include <string_view>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::mime {

struct ValueWithParameters {
    std::string value;      // lower case, without comments
    Parameters parameters;  // names lower case; raw octets
};

ValueWithParameters split_parameters(std::string_view unfolded);

// RFC 2231: continuations put together, charsets undone; RFC 2047 where senders use it against its
// rules.
Parameters decode_parameters(const Parameters& raw);

// nullptr if there is none of that (lower case) name.
const std::string* find_parameter(const Parameters& parameters, std::string_view name);

}  // namespace mailhold::indexer::mime

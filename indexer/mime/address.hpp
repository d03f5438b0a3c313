// Address lists of header fields as ENVELOPE wants them (RFC 3501 7.4.2): unquoted, encoded words
// as sent.
#pragma once

#include <string_view>
#include <vector>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::indexer::mime {

// RFC 5322 3.4 with the obsolete forms of 4.4, and whatever else stands in such fields: total. An
// address without a domain has an empty host: no host at all would make it a group.
std::vector<Address> parse_addresses(std::string_view unfolded);

}  // namespace mailhold::indexer::mime

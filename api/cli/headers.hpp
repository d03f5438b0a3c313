// A message's header fields as a person reads them.
#pragma once

#include <string>
#include <string_view>

#include "indexer/mime/parsed_message.hpp"

namespace mailhold::cli {

// The decoded value of the first field of this name; empty if there is none.
std::string header_value(const indexer::mime::ParsedMessage& message, std::string_view name);

}  // namespace mailhold::cli

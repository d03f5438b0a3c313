// The text of Rich Text Format 1.9: a small reader of our own.
#pragma once

#include <string_view>

#include "indexer/extract/output.hpp"

namespace mailhold::indexer::extract {

// Total, linear, without recursion.
void read_rtf(std::string_view octets, Output& output);

}  // namespace mailhold::indexer::extract

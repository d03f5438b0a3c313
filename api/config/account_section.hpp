// One [[account]] of the file. Private to parse.cpp.
#pragma once

#include "api/config/config.hpp"
#include "api/config/section.hpp"

namespace mailhold::config {

void read_account(Section& section, Account& account);

}  // namespace mailhold::config

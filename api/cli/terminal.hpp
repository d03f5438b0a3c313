// The terminal: what is one, how wide it is, and passwords typed without echo.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

#include "store/base/error.hpp"

namespace mailhold::cli {

bool is_terminal(std::FILE* file);
std::size_t terminal_width(std::FILE* file);  // 80 where it cannot be known

// One line typed at the controlling terminal, not shown. Errc::unsupported where there is none.
Result<std::string> prompt_hidden(const std::string& prompt);
// One line of standard input without its line end. Errc::invalid at its end, or past 4 KiB.
Result<std::string> read_line();

}  // namespace mailhold::cli

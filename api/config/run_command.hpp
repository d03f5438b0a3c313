// Runs one shell command for its output.
#pragma once

#include <chrono>
#include <string>

#include "store/base/error.hpp"

namespace mailhold::config {

// What `/bin/sh -c command` wrote to standard output, 64 KiB at most; its standard input is empty,
// its errors go to ours. Past the timeout it and its children are killed: Errc::timeout. A status
// other than 0 is Errc::invalid.
Result<std::string> run_command(const std::string& command, std::chrono::milliseconds timeout);

}  // namespace mailhold::config

// The command line as a whole: its grammar, its help, and the exit code. CLI11 stays in
// command_line.cpp.
#pragma once

namespace mailhold::cli {

// Runs one command. 0: done; 1: a difference, nothing found, or a failure; 2: wrong usage or
// configuration.
int run(int argc, const char* const* argv);

}  // namespace mailhold::cli

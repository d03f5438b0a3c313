// How many files and connections this process may have open.
#pragma once

#include <cstddef>

namespace mailhold::cli {

// Raises the limit to what the administrator allows (the hard one), and returns it.
std::size_t raise_descriptor_limit();

// Of `wanted` connections, those that leave the archive, the mirrors and the journals what they need.
std::size_t connections_within(std::size_t limit, std::size_t wanted);

}  // namespace mailhold::cli

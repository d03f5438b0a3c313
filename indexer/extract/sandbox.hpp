// A process gives up all it does not need for turning octets into text: no files, no network, no
// other process, little memory. There is no way back.
#pragma once

#include <cstddef>

#include "store/base/error.hpp"

namespace mailhold::indexer::extract {

// A sanitizer reserves terabytes of addresses, and calls the system at will: under one there is no
// seccomp, and fewer limits.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif

struct SandboxLimits {
    std::size_t memory = std::size_t{1} << 30;  // address space
    std::size_t processor_seconds = 120;        // of the process's whole life
};

struct Sandbox {
    bool landlock = false;  // false: this kernel does not offer it; the rest holds
};

// For a process of one thread that has all files it needs open. Afterwards it can read and write
// open descriptors, allocate memory (none of it executable), ask the time, and end; opening a file
// for reading is refused, everything else kills it. Errc::unsupported: seccomp is not to be had.
Result<Sandbox> enter_sandbox(const SandboxLimits& limits = {});

}  // namespace mailhold::indexer::extract

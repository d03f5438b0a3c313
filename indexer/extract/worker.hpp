// The process that reads attachments: one request after the other on a socket, in a sandbox.
#pragma once

namespace mailhold::indexer::extract {

inline constexpr char worker_command[] = "extract-worker";
inline constexpr int worker_socket =
    3;  // its only descriptor but the first three, which lead nowhere

// What main() does as a worker; never returns.
[[noreturn]] void run_worker();

}  // namespace mailhold::indexer::extract

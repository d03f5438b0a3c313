// A look at an origin, as far as one comes without a secret.
#pragma once

#include "imap/client/connection.hpp"

namespace mailhold::imap::client {

// Connects, secures the line, and asks what the origin can do; nobody logs in. Blocking, not for I/O threads.
Result<Shown> look_at(net::Runtime& runtime, WorkerPool& pool, Endpoint endpoint,
                      std::filesystem::path spool);

}  // namespace mailhold::imap::client

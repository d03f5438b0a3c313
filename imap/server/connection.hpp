// The shell around one session: a coroutine reads, lets the session take its steps on the pool, and
// writes. Who ends his sending (a half-close, as "printf ... | nc" does) is answered all that he sent
// before, and then hung up on; who is gone altogether is not searched for any more.
#pragma once

#include <memory>

#include "imap/net/runtime.hpp"
#include "imap/server/hub.hpp"

namespace mailhold::imap::server {

enum class TlsStart { at_once, by_command };
// Serves one connection to its end. `guest` keeps `hub` until then.
net::awaitable<void> serve(Hub& hub, std::unique_ptr<Hub::Guest> guest, net::Stream stream,
                           TlsStart tls);

}  // namespace mailhold::imap::server

// The HTTP endpoint: health, readiness, metrics and status. It asks for no login and changes
// nothing; it is for loopback, or for a proxy that has a login. A client that ends its side of the
// connection ends the search that it waits for: one that was interrupted looks the same as one that
// only has no more to ask (`nc -N`). All else is answered still.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "api/http/routes.hpp"
#include "store/base/error.hpp"
#include "store/base/threads.hpp"

namespace mailhold::imap::net {
class Runtime;
}

namespace mailhold::http {

class Server {
  public:
    // At once. For one more the oldest is closed that has not sent a whole request; where all have, it
    // waits to be accepted.
    static constexpr std::size_t connections = 64;
    // Binds, or says why not. Runtime, pool and what the service's functions use outlive the
    // server. `patience`: for a whole request to arrive, and for an answer to be taken.
    static Result<std::unique_ptr<Server>> start(
        imap::net::Runtime& runtime, WorkerPool& pool, std::string host, std::uint16_t port,
        Service service, std::chrono::milliseconds patience = std::chrono::seconds(10));
    ~Server();                   // stop()
    std::uint16_t port() const;  // as bound
    void stop();  // closes every connection and blocks until the last is gone; while the runtime
                  // still runs

    struct Parts;

  private:
    explicit Server(std::shared_ptr<Parts> parts);
    std::shared_ptr<Parts> parts_;  // shared with the coroutines, which may end later
};

}  // namespace mailhold::http

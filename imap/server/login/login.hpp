// The login of one connection: checked in its turn, slowed where logins failed before, and good for
// as long as its user stays as he was, and the authorities that his certificate was verified under.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "imap/net/runtime.hpp"
#include "imap/net/stream.hpp"
#include "imap/server/hub.hpp"
#include "imap/server/login/verdict.hpp"

namespace mailhold::imap::server {

// Belongs to the executor of its stream.
class Login {
  public:
    // A member of the hub, and its line; `signal` is notified when the server ends. All outlive it.
    Login(Hub& hub, Member& member, net::Signal& signal, const net::Stream& stream);

    struct Checked {
        LoginResult result = LoginResult::refused;
        std::shared_ptr<const User> user;  // shared with all who are known; none: not accepted
    };
    // What comes of it, once the client may know: after a failure only when a while has passed. Who is
    // accepted is no stranger to the hub any more; nobody is whose user has too many connections.
    net::awaitable<Checked> check(Credentials given);
    // Whether it does not count any more. Looks only where somebody may have changed that.
    bool is_withdrawn(const User& user);
    // Who was known to the hub is a stranger in this network again, and has as much time as any.
    void ended(const std::string& network);

    void verified_under(std::string authorities) { authorities_ = std::move(authorities); }
    net::Deadline deadline() const { return deadline_; }  // for a stranger to log in

  private:
    net::awaitable<void> wait(std::chrono::milliseconds time);
    net::awaitable<Checked> ask(Credentials given, std::string network);

    Hub& hub_;
    Member& member_;
    net::Signal& signal_;
    const net::Stream& stream_;
    net::Deadline deadline_;
    bool known_ = false;               // to the hub as logged in
    std::uint64_t users_version_ = 0;  // that it was checked against
    std::string authorities_;          // of a client's certificate, as they were at the handshake
    std::optional<std::string> certified_under_;  // those of a login by certificate
};

}  // namespace mailhold::imap::server

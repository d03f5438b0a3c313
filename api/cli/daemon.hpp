// The running whole: archive, indexing, mirrors, the IMAP and the HTTP endpoint, built in order and
// ended in the reverse one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/config/config.hpp"
#include "store/base/error.hpp"

namespace mailhold::cli {

class Daemon {
  public:
    // Opens the archive, binds every endpoint, starts the mirrors; or nothing runs and the error
    // says why. Blocking.
    static Result<std::unique_ptr<Daemon>> start(config::Config config);
    // Ends gracefully: no new connections, what was fetched is committed, BYE to clients, index
    // committed. Blocking.
    ~Daemon();

    // Takes over users, certificate, accounts and the log level; the rest waits for a restart, and
    // the log says so. On an error all stays as it is. Same thread as start() and the destructor.
    Status reload(config::Config config);
    // "IMAP 127.0.0.1:1143 (STARTTLS)", with the ports as bound.
    std::vector<std::string> endpoints() const;
    std::string certificate_fingerprint() const;

  private:
    struct Parts;
    explicit Daemon(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::cli

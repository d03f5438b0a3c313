// The listener of one [[journal]]: accepts mail from mail servers over LMTP or SMTP and answers 250
// when it is archived. Adds nothing to a message, not even the trace that RFC 5321 4.4 wants of a
// final delivery: that is in the envelope's fact, and the octets stay what was sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "imap/net/networks.hpp"
#include "imap/net/runtime.hpp"
#include "imap/net/tls.hpp"
#include "intake/journal/filing.hpp"
#include "intake/journal/observer.hpp"

namespace mailhold::intake::journal {

struct Options {
    std::string host;
    std::uint16_t port = 0;  // 0: any free one
    Policy policy;
    std::vector<imap::net::Network> networks;  // who may hand in mail
    // From whom journal reports are unwrapped, as envelopes name them; empty is <>. None: nobody's.
    std::vector<std::string> report_senders;
    std::size_t connections = 100;      // at once; more are answered 421
    std::chrono::seconds timeout{300};  // RFC 5321 4.5.3.2.7
    std::uint64_t reserve = 64 << 20;   // octets of the disk that are left free
    Observer observer;
};

class Server {
  public:
    // Binds, or says why not. Runtime, pool and filing outlive the server; on the pool a thread waits
    // for each message that is being stored. Without an identity TLS is not offered.
    static Result<std::unique_ptr<Server>> start(
        imap::net::Runtime& runtime, WorkerPool& pool, Filing& filing, Options options,
        std::shared_ptr<const imap::net::ServerIdentity> identity);
    ~Server();                   // stop()
    std::uint16_t port() const;  // as bound
    // For connections from now on. Any thread.
    void reload(std::shared_ptr<const imap::net::ServerIdentity> identity);
    // Lets messages that are being stored be answered, closes, and blocks until the last connection
    // is gone: not for I/O threads, and the runtime must still run.
    void stop();

    struct Parts;

  private:
    explicit Server(std::shared_ptr<Parts> parts);
    std::shared_ptr<Parts> parts_;  // shared with the coroutines, which may end later
};

}  // namespace mailhold::intake::journal

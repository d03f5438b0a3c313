// The local IMAP endpoint: listeners, connections, and the sessions that serve the archive to
// mail programs.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "imap/net/networks.hpp"
#include "imap/net/runtime.hpp"
#include "imap/net/tls.hpp"
#include "imap/server/login/tokens.hpp"
#include "imap/server/login/user.hpp"
#include "indexer/pipeline/search_pool.hpp"
#include "store/archive.hpp"
#include "store/audit.hpp"

namespace mailhold::imap::server {

struct Endpoint {
    std::string host;
    std::uint16_t port = 0;  // 0: any free one
    bool operator==(const Endpoint&) const = default;
};

struct Options {
    std::vector<Endpoint> listen;      // plain with STARTTLS
    std::vector<Endpoint> listen_tls;  // TLS from the start
    // Load balancers, whose connections begin with a PROXY header: the client's address is what it says.
    std::vector<net::Network> proxy_from;
    std::chrono::seconds proxy_timeout{5};  // for the header
    bool allow_plaintext_login = false;     // only from loopback, whatever this says
    std::vector<User> users;
    std::shared_ptr<Tokens> tokens{};  // shared with logins in work; none: no login by token
    std::string decoy_secret;          // of scram_keys()
    bool personal_flags = true;        // users may set flags for themselves in mirrored mailboxes
    bool compress = true;  // COMPRESS=DEFLATE is offered: about 300 KiB more for each that uses it
    std::size_t message_limit = 0;  // messages that one command takes on (RFC 9738); 0: any number
    std::size_t connections = 10'000;       // at most, in all
    std::size_t connections_of_user = 500;  // of them, logged in as one user
    // Of them, who has not logged in: in all, and of one network (but this machine's own).
    std::size_t strangers = 2'500, strangers_of_network = 100;
    std::chrono::seconds login_timeout{60};  // from connecting to a successful login
    std::chrono::seconds idle_timeout = std::chrono::minutes(30);  // RFC 3501 5.4
    std::chrono::seconds write_timeout{60};       // for a client to take a slice of output
    indexer::pipeline::Budget search_budget{};    // of one SEARCH
    std::chrono::seconds progress_every{10};      // RFC 9585: told of a SEARCH in work
    std::chrono::milliseconds login_delay{1000};  // after a failed login; then twice that, ...
};

// Counted while serving; read by the metrics at any time.
struct Observer {
    std::function<void(int difference)> connections;
    std::function<void(std::chrono::nanoseconds)> search_time;
    std::function<void(bool success)> login;
    std::function<void(int difference)> strangers{};  // connections that nobody logged in to yet
    std::function<void()> turned_away{};              // a connection, as there are too many
};

// What the sessions work with; all of it outlives the server.
struct Services {
    net::Runtime& runtime;
    WorkerPool& pool;  // for steps that end soon
    store::Archive& archive;
    const indexer::pipeline::Searcher& searcher;
    indexer::pipeline::SearchPool& search_pool;
    Observer observer;
    store::Audit* audit = nullptr;  // none: nothing is put on record
};

class Server {
  public:
    // Binds every endpoint, or none and says why. Without an identity TLS is not offered.
    static Result<std::unique_ptr<Server>> start(
        Services services, Options options, std::shared_ptr<const net::ServerIdentity> identity);
    ~Server();  // stop()

    std::vector<Endpoint> plain_endpoints() const;  // as bound, with real ports
    std::vector<Endpoint> tls_endpoints() const;
    // New users and identity for connections from now on; endpoints stay. Who is logged in, and no
    // longer may as he was, is told BYE. Any thread.
    void reload(std::vector<User> users, std::shared_ptr<const net::ServerIdentity> identity);
    // Says BYE to everyone, lets commands in work finish for a few seconds, closes. Blocks until
    // the last connection is gone: not for I/O threads, and the runtime must still run.
    void stop();

  private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::imap::server

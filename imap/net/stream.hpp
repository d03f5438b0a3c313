// One connection, plain or TLS, behind one class: sessions and clients never see which. The wall around Asio's
// sockets and OpenSSL's TLS. A Stream belongs to one executor; every operation has a deadline.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/net/deflate.hpp"
#include "imap/net/tls.hpp"
#include "store/base/error.hpp"

namespace mailhold::imap::net {

using boost::asio::awaitable;
using Deadline = std::chrono::steady_clock::time_point;
Deadline in(std::chrono::milliseconds time);

class Stream {
  public:
    struct Parts;
    explicit Stream(std::unique_ptr<Parts> parts);
    ~Stream();
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;

    // Resolves and connects, trying each address for its share of the time. Errc::network or Errc::timeout.
    static awaitable<Result<Stream>> connect(std::string host, std::uint16_t port,
                                             Deadline deadline);

    // First of all on a connection that a load balancer passes on: from then on remote() and what goes by it are the
    // client's (proxy_header.hpp). Reads nothing beyond the header.
    awaitable<Status> take_proxy_header(Deadline deadline);

    // Client handshake: verifies chain, name or pin as `trust` says; Errc::tls with the reason. For implicit TLS and
    // after STARTTLS. `trust` is copied.
    awaitable<Status> start_tls_client(ClientTrust trust, std::string host, Deadline deadline);
    awaitable<Status> start_tls_server(std::shared_ptr<const ServerIdentity> identity,
                                       Deadline deadline);
    bool is_tls() const;
    // What ties a login to this very TLS connection (RFC 5056): "tls-exporter" (RFC 9266) with TLS 1.3,
    // "tls-unique" (RFC 5929) with 1.2 and an extended master secret (RFC 7627), else nothing is safe.
    struct Binding {
        std::string type;
        std::string octets;
    };
    std::optional<Binding> channel_binding() const;
    // What the other side showed of itself in TLS; none without.
    struct TlsShown {
        std::string version;  // "TLSv1.3"
        std::string key;      // as ClientTrust::pin_sha256
        std::string issuer;   // of its certificate (RFC 2253)
    };
    std::optional<TlsShown> tls_shown() const;

    // Of the certificate that the client showed, once it was verified; none without.
    CertificateNames client_certificate() const;

    bool tls_compresses() const;

    // From now on all is compressed, both ways, above TLS (RFC 4978). `came`: what was read already and belongs to the
    // compressed part. No read or write may be under way.
    void start_compression(Sends what, std::string_view came);
    bool compresses() const;

    // At least one octet; an empty string at the end of the stream. Errc::timeout, Errc::network, Errc::cancelled;
    // Errc::protocol where what comes should be compressed and is not. However much is inflated, no more than `most`
    // octets of it are held. After Errc::timeout and interrupt() the line is still open: something may be said on it.
    awaitable<Result<std::string>> read_some(Deadline deadline, std::size_t most = 64 << 10);
    // After an end that was read. Returns once the other side is known to be gone altogether: an end may be that of its
    // sending alone (a half-close), which TCP does not tell from the other until something is written and the other side
    // resets the connection for it. Also when the stream is closed here.
    awaitable<void> gone();
    // How many octets came over the line so far: before they were inflated, and without what TLS adds.
    std::uint64_t received() const;
    // All octets. The pieces must stay valid until it returns.
    awaitable<Status> write(std::vector<std::string_view> pieces, Deadline deadline);
    // Says goodbye where TLS wants it said (RFC 8446 6.1), then closes. No error: there is nobody to mind it.
    awaitable<void> end(Deadline deadline);
    // Ends a read that is under way, with Errc::cancelled; none of its octets are lost. Not while a write is. From its
    // executor.
    void interrupt();
    void close();  // hard; pending operations end with Errc::cancelled. From its executor
    boost::asio::any_io_executor executor() const;
    std::string remote() const;          // "192.0.2.1:4711"
    std::string remote_address() const;  // without the port
    // Whose turn it is where clients take turns: the IPv4 address, or the /64 of an IPv6 one.
    std::string remote_network() const;
    bool remote_is_loopback() const;

  private:
    awaitable<Result<std::string>> read_line(Deadline deadline, std::size_t most);

    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::imap::net

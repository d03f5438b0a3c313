// What a Stream holds. Private to imap/net: Asio's sockets and OpenSSL's TLS end here.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>

#include "imap/net/stream.hpp"
#include "imap/net/tls_socket.hpp"

namespace mailhold::imap::net {

struct Stream::Parts {
    explicit Parts(Socket accepted) : socket(std::move(accepted)), timer(socket.get_executor()) {}

    // Who is at the other end: where a PROXY header told, the client.
    boost::asio::ip::tcp::endpoint peer(boost::system::error_code& problem) const {
        return client ? *client : socket.remote_endpoint(problem);
    }

    void interrupt() {
        boost::system::error_code ignored;
        if (tls) tls->interrupt();
        socket.cancel(ignored);
    }

    Socket socket;
    std::optional<boost::asio::ip::tcp::endpoint> client;
    boost::asio::steady_timer timer;                     // ends reads, handshakes and connecting
    std::shared_ptr<boost::asio::ssl::context> context;  // shared with the identity it was made for
    std::optional<TlsSocket> tls;
    std::uint64_t received = 0;     // octets over the line
    std::size_t room = least_room;  // for what the next read brings
    // Thousands of connections wait for a few words each.
    static constexpr std::size_t least_room = 2 << 10;
    struct Compressed {
        Deflater out;
        Inflater in;
    };
    std::optional<Compressed> compressed;
};

// A context for a client that checks what `trust` says; a TlsSocket made from it must still be told the name.
Result<std::shared_ptr<boost::asio::ssl::context>> make_client_context(const ClientTrust& trust);
// Whether the certificate `connection` was shown has one of the pinned keys.
bool pin_matches(const ClientTrust& trust, const SSL* connection);

}  // namespace mailhold::imap::net

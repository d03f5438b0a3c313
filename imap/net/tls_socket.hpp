// TLS over a socket, with no buffers but OpenSSL's own: those of a connection on which nothing is
// under way are given back, and thousands wait for a few words each. Private to imap/net.
#pragma once

#include <openssl/ssl.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace mailhold::imap::net {

using Socket = boost::asio::ip::tcp::socket;

// A read and a write may be under way at the same time, both on the socket's executor. Where the
// socket is closed they end; nothing is ever written to a descriptor that has become another's.
class TlsSocket {
  public:
    using error_code = boost::system::error_code;
    enum class Side { client, server };

    // The socket must outlive it.
    TlsSocket(Socket& socket, SSL_CTX* context);

    SSL* native_handle() const { return connection_.get(); }
    boost::asio::awaitable<error_code> shake_hands(Side side);
    // At least one octet; boost::asio::error::eof at the end, announced or not.
    boost::asio::awaitable<std::pair<error_code, std::size_t>> read_some(
        boost::asio::mutable_buffer into);
    // Ends the read_some() that is under way, once its wait ends: operation_aborted. Nothing is lost.
    void interrupt() { interrupted_ = true; }
    // All of them; they must stay valid until it returns.
    boost::asio::awaitable<error_code> write(std::vector<std::string_view> pieces);
    boost::asio::awaitable<void> shut_down();  // says goodbye, and waits for the answer

  private:
    // Until `operation`, one of OpenSSL's, gives more than 0, or it would wait and is `given_up`.
    template <class Operation>
    boost::asio::awaitable<error_code> run(Operation operation, const bool& given_up = never);

    struct Free {
        void operator()(SSL* connection) const { SSL_free(connection); }
    };
    static constexpr bool never = false;
    Socket& socket_;
    bool interrupted_ = false;
    std::unique_ptr<SSL, Free> connection_;
};

}  // namespace mailhold::imap::net

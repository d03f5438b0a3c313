#include "imap/net/tls_socket.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <new>
#include <string>

namespace mailhold::imap::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t record_size = 16 << 10;  // RFC 8446 5.1: octets of a record

int descriptor(BIO* bio) {
    auto& socket = *static_cast<Socket*>(BIO_get_data(bio));
    if (socket.is_open()) return socket.native_handle();
    errno = EBADF;
    return -1;
}

bool is_for_later() {
    return errno == EAGAIN || errno == EINTR;
}

int write_socket(BIO* bio, const char* octets, int size) {
    BIO_clear_retry_flags(bio);
    const auto done = ::send(descriptor(bio), octets, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (done < 0 && is_for_later()) BIO_set_retry_write(bio);
    return static_cast<int>(done);
}

int read_socket(BIO* bio, char* octets, int size) {
    BIO_clear_retry_flags(bio);
    const auto got = ::recv(descriptor(bio), octets, static_cast<std::size_t>(size), 0);
    if (got < 0 && is_for_later()) BIO_set_retry_read(bio);
    if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(got);
}

long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_method() {
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* const made =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket of Asio");
        if (!made) throw std::bad_alloc();
        BIO_meth_set_write(made, write_socket);
        BIO_meth_set_read(made, read_socket);
        BIO_meth_set_ctrl(made, control);
        return made;
    }();
    return method;
}

// What went wrong, by OpenSSL's own account.
error_code problem_of(int kind, int system_error) {
    const auto first = ERR_get_error();
    if (kind == SSL_ERROR_ZERO_RETURN ||
        ERR_GET_REASON(first) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return asio::error::eof;
    if (first != 0) return {static_cast<int>(first), asio::error::get_ssl_category()};
    if (system_error == 0) return asio::error::eof;
    return {system_error, asio::error::get_system_category()};
}

// Takes from the front of `pieces` what fills a record. Small ones are put together in `room`.
std::string_view next_record(std::vector<std::string_view>& pieces, std::size_t& first,
                             std::string& room) {
    room.clear();
    while (first < pieces.size()) {
        auto& piece = pieces[first];
        if (room.empty() && (piece.size() >= record_size || first + 1 == pieces.size())) {
            const auto record = piece.substr(0, record_size);
            piece.remove_prefix(record.size());
            if (piece.empty()) ++first;
            if (record.empty()) continue;
            return record;
        }
        const auto part = piece.substr(0, record_size - room.size());
        room += part;
        piece.remove_prefix(part.size());
        if (piece.empty()) ++first;
        if (room.size() == record_size) break;
    }
    return room;
}

}  // namespace

TlsSocket::TlsSocket(Socket& socket, SSL_CTX* context)
    : socket_(socket), connection_(SSL_new(context)) {
    BIO* const bio = connection_ ? BIO_new(socket_method()) : nullptr;
    if (!bio) throw std::bad_alloc();
    BIO_set_data(bio, &socket_);
    BIO_set_init(bio, 1);
    SSL_set_bio(connection_.get(), bio, bio);
    SSL_set_mode(connection_.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    error_code ignored;
    socket_.native_non_blocking(true, ignored);
}

template <class Operation>
asio::awaitable<error_code> TlsSocket::run(Operation operation, const bool& given_up) {
    while (true) {
        ERR_clear_error();
        errno = 0;
        const int result = operation();
        if (result > 0) co_return error_code();
        const int system_error = errno;
        const int kind = SSL_get_error(connection_.get(), result);
        if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE)
            co_return problem_of(kind, system_error);
        if (given_up) co_return asio::error::operation_aborted;
        const auto wanted = kind == SSL_ERROR_WANT_READ ? Socket::wait_read : Socket::wait_write;
        if (auto [problem] = co_await socket_.async_wait(wanted, as_result); problem)
            co_return problem;
    }
}

asio::awaitable<error_code> TlsSocket::shake_hands(Side side) {
    SSL* const connection = connection_.get();
    side == Side::client ? SSL_set_connect_state(connection) : SSL_set_accept_state(connection);
    co_return co_await run([connection] { return SSL_do_handshake(connection); });
}

asio::awaitable<std::pair<error_code, std::size_t>> TlsSocket::read_some(
    asio::mutable_buffer into) {
    interrupted_ = false;
    std::size_t got = 0;
    const auto problem =
        co_await run([&] { return SSL_read_ex(connection_.get(), into.data(), into.size(), &got); },
                     interrupted_);
    co_return std::pair(problem, got);
}

asio::awaitable<error_code> TlsSocket::write(std::vector<std::string_view> pieces) {
    std::string room;
    std::size_t first = 0;
    while (true) {
        auto record = next_record(pieces, first, room);
        if (record.empty()) co_return error_code();
        while (!record.empty()) {
            std::size_t done = 0;
            const auto problem = co_await run([&] {
                return SSL_write_ex(connection_.get(), record.data(), record.size(), &done);
            });
            if (problem) co_return problem;
            record.remove_prefix(done);
        }
    }
}

asio::awaitable<void> TlsSocket::shut_down() {
    co_await run([this] {
        const int said = SSL_shutdown(connection_.get());
        return said == 0 ? SSL_shutdown(connection_.get()) : said;
    });
}

}  // namespace mailhold::imap::net

// Listener: binds, says clearly why it cannot, accepts.
#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "imap/net/runtime.hpp"
#include "imap/net/stream_parts.hpp"

namespace mailhold::imap::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct Listener::Parts {
    std::shared_ptr<tcp::acceptor> acceptor;  // shared with a close() on its way to the executor
};

Listener::Listener(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Listener::~Listener() {
    close();
}

Result<std::unique_ptr<Listener>> Listener::bind(asio::any_io_executor executor, std::string host,
                                                 std::uint16_t port) {
    error_code problem;
    auto address = asio::ip::make_address(host.empty() || host == "*" ? "0.0.0.0" : host, problem);
    if (host == "localhost") {
        address = asio::ip::address_v4::loopback();
        problem = {};
    }
    if (problem)
        return fail(
            Errc::invalid,
            fmt::format("listen on {}: an address is needed, like 127.0.0.1 or [::]", host));
    auto acceptor = std::make_shared<tcp::acceptor>(executor);
    const tcp::endpoint endpoint(address, port);
    acceptor->open(endpoint.protocol(), problem);
    if (!problem) acceptor->set_option(tcp::acceptor::reuse_address(true), problem);
    if (!problem && address.is_v6()) acceptor->set_option(asio::ip::v6_only(false), problem);
    if (!problem) acceptor->bind(endpoint, problem);
    if (!problem) acceptor->listen(asio::socket_base::max_listen_connections, problem);
    if (problem == asio::error::address_in_use) {
        return fail(
            Errc::exists,
            fmt::format("listen on {} port {}: another program has this port; stop it or choose "
                        "another port in the configuration",
                        host, port));
    }
    if (problem == asio::error::access_denied) {
        return fail(
            Errc::denied,
            fmt::format("listen on {} port {}: not allowed; ports below 1024 need the capability "
                        "CAP_NET_BIND_SERVICE",
                        host, port));
    }
    if (problem)
        return fail(Errc::network,
                    fmt::format("listen on {} port {}: {}", host, port, problem.message()));
    auto parts = std::make_unique<Parts>();
    parts->acceptor = std::move(acceptor);
    return std::unique_ptr<Listener>(new Listener(std::move(parts)));
}

std::uint16_t Listener::port() const {
    error_code ignored;
    return parts_->acceptor->local_endpoint(ignored).port();
}

awaitable<Result<Stream>> Listener::accept(asio::any_io_executor executor) {
    const auto acceptor = parts_->acceptor;
    auto [problem, socket] =
        co_await acceptor->async_accept(executor, asio::as_tuple(asio::use_awaitable));
    if (problem == asio::error::operation_aborted || problem == asio::error::bad_descriptor ||
        !acceptor->is_open()) {
        co_return fail(Errc::cancelled, "the listener was closed");
    }
    if (problem) co_return fail(Errc::network, fmt::format("accept: {}", problem.message()));
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    co_return Stream(std::make_unique<Stream::Parts>(std::move(socket)));
}

void Listener::close() {
    asio::post(parts_->acceptor->get_executor(), [acceptor = parts_->acceptor] {
        error_code ignored;
        acceptor->close(ignored);
    });
}

}  // namespace mailhold::imap::net

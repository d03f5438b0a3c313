// Stream: reads, writes and handshakes with deadlines. A read just ends with its deadline; all else leaves the line in a
// state that nobody knows, and closes it.
#include "imap/net/stream.hpp"

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

#include "imap/net/proxy_header.hpp"
#include "imap/net/server_context.hpp"
#include "imap/net/stream_parts.hpp"

namespace mailhold::imap::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t most_room = 64 << 10;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// Ends what is under way at the deadline unless it is destroyed first, and remembers that it did.
class Watch {
  public:
    enum class By { close, interrupt };
    Watch(asio::steady_timer& timer, Stream::Parts& parts, Deadline deadline, By by = By::close)
        : timer_(timer), expired_(std::make_shared<bool>()) {
        timer_.expires_at(deadline);
        timer_.async_wait(
            [expired = std::weak_ptr<bool>(expired_), &parts, by](error_code problem) {
                const auto alive = expired.lock();
                if (problem || !alive) return;
                *alive = true;
                error_code ignored;
                by == By::interrupt ? parts.interrupt() : void(parts.socket.close(ignored));
            });
    }
    ~Watch() { timer_.cancel(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    bool expired() const { return *expired_; }

  private:
    asio::steady_timer& timer_;
    std::shared_ptr<bool> expired_;
};

std::unexpected<Error> io_error(const Watch& watch, std::string_view doing, error_code problem) {
    if (watch.expired()) return fail(Errc::timeout, fmt::format("{}: no answer in time", doing));
    if (problem == asio::error::operation_aborted || problem == asio::error::bad_descriptor) {
        return fail(Errc::cancelled, fmt::format("{}: the connection was closed here", doing));
    }
    return fail(Errc::network, fmt::format("{}: {}", doing, problem.message()));
}

// For the next of so many that are left to try: one that never answers must not take it all.
Deadline share_of(Deadline deadline, std::size_t tries) {
    const auto now = std::chrono::steady_clock::now();
    return deadline <= now ? deadline : now + (deadline - now) / static_cast<Deadline::rep>(tries);
}

bool is_end(error_code problem) {
    return problem == asio::error::eof || problem == asio::error::connection_reset;
}

}  // namespace

Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

Stream::Stream(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

awaitable<Result<Stream>> Stream::connect(std::string host, std::uint16_t port, Deadline deadline) {
    const auto executor = co_await asio::this_coro::executor;
    auto parts = std::make_unique<Parts>(Socket(executor));

    // A resolver cannot be interrupted by closing the socket: a look-up that hangs ends at its own time-out.
    tcp::resolver resolver(executor);
    const auto service = std::to_string(port);
    auto [lookup_problem, addresses] = co_await resolver.async_resolve(host, service, as_result);
    if (std::chrono::steady_clock::now() >= deadline)
        co_return fail(Errc::timeout, fmt::format("look up {}: no answer in time", host));
    if (lookup_problem)
        co_return fail(Errc::network,
                       fmt::format("look up {}: {}", host, lookup_problem.message()));

    Status connected = fail(Errc::network, fmt::format("look up {}: it has no address", host));
    auto left = addresses.size();
    for (const auto& address : addresses) {
        error_code ignored;
        parts->socket.close(ignored);
        const auto endpoint = address.endpoint();
        const Watch watch(parts->timer, *parts, share_of(deadline, left--));
        auto [problem] = co_await parts->socket.async_connect(endpoint, as_result);
        connected = Status{};
        if (!problem && !watch.expired()) break;
        connected = io_error(watch, fmt::format("connect to {} port {}", host, port), problem);
    }
    if (!connected) co_return std::unexpected(connected.error());
    error_code ignored;
    parts->socket.set_option(tcp::no_delay(true), ignored);
    parts->socket.set_option(asio::socket_base::keep_alive(true), ignored);
    co_return Stream(std::move(parts));
}

awaitable<Status> Stream::take_proxy_header(Deadline deadline) {
    const Watch watch(parts_->timer, *parts_, deadline);
    std::string octets;
    auto size = proxy_header_size(octets);
    while (size && octets.size() < *size) {
        const auto had = octets.size();
        octets.resize(*size);
        const auto target = asio::buffer(octets.data() + had, octets.size() - had);
        auto [problem, got] = co_await parts_->socket.async_read_some(target, as_result);
        if (problem) co_return io_error(watch, "wait for a PROXY header", problem);
        octets.resize(had + got);
        size = proxy_header_size(octets);
    }
    if (!size) co_return std::unexpected(size.error());
    const auto header = read_proxy_header(octets);
    if (!header) co_return std::unexpected(header.error());
    if (!header->client) co_return Status{};
    const asio::ip::address_v6 address(header->client->octets);
    parts_->client.emplace(address, header->client->port);
    if (address.is_v4_mapped())
        parts_->client->address(asio::ip::make_address_v4(asio::ip::v4_mapped, address));
    co_return Status{};
}

awaitable<Status> Stream::start_tls_client(ClientTrust trust, std::string host, Deadline deadline) {
    auto context = make_client_context(trust);
    if (!context) co_return std::unexpected(context.error());
    parts_->context = *context;
    parts_->tls.emplace(parts_->socket, parts_->context->native_handle());
    SSL* const connection = parts_->tls->native_handle();
    error_code literal;
    asio::ip::make_address(host, literal);
    const bool is_address = !literal;
    // RFC 6066 3: an address is no server name.
    if (!is_address) SSL_set_tlsext_host_name(connection, host.c_str());
    if (trust.pin_sha256.empty()) {
        // RFC 6125: the name we were told to connect to, never one that DNS answered.
        auto* parameters = SSL_get0_param(connection);
        const int named = is_address ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str())
                                     : X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), 0);
        if (named != 1)
            co_return fail(Errc::tls,
                           fmt::format("{} is no name that a certificate could have", host));
    }
    const Watch watch(parts_->timer, *parts_, deadline);
    const auto problem = co_await parts_->tls->shake_hands(TlsSocket::Side::client);
    if (problem) {
        if (watch.expired()) co_return io_error(watch, fmt::format("TLS with {}", host), problem);
        const auto verdict = SSL_get_verify_result(connection);
        const bool distrusted = verdict != X509_V_OK && trust.pin_sha256.empty();
        co_return fail(
            Errc::tls,
            fmt::format(
                "TLS with {}: {}", host,
                distrusted
                    ? fmt::format("its certificate is not trusted ({}); name its authority with "
                                  "ca_file, or its key with pin_sha256",
                                  X509_verify_cert_error_string(verdict))
                    : problem.message()));
    }
    if (!trust.pin_sha256.empty() && !pin_matches(trust, connection)) {
        close();
        co_return fail(
            Errc::tls,
            fmt::format("TLS with {}: its key is none of those pinned in pin_sha256", host));
    }
    co_return Status{};
}

awaitable<Status> Stream::start_tls_server(std::shared_ptr<const ServerIdentity> identity,
                                           Deadline deadline) {
    parts_->context = identity->parts().context;
    parts_->tls.emplace(parts_->socket, parts_->context->native_handle());
    const Watch watch(parts_->timer, *parts_, deadline);
    const auto problem = co_await parts_->tls->shake_hands(TlsSocket::Side::server);
    if (!problem) co_return Status{};
    if (watch.expired()) co_return io_error(watch, "TLS handshake", problem);
    co_return fail(Errc::tls, fmt::format("TLS handshake: {}", problem.message()));
}

bool Stream::is_tls() const {
    return parts_->tls.has_value();
}

bool Stream::tls_compresses() const {
    return parts_->tls && SSL_get_current_compression(parts_->tls->native_handle()) != nullptr;
}

void Stream::start_compression(Sends what, std::string_view came) {
    parts_->compressed.emplace(Deflater(what), Inflater());
    parts_->compressed->in.feed(came);
}

bool Stream::compresses() const {
    return parts_->compressed.has_value();
}

awaitable<Result<std::string>> Stream::read_some(Deadline deadline, std::size_t most) {
    if (!parts_->compressed) co_return co_await read_line(deadline, most);
    auto& inflater = parts_->compressed->in;
    while (true) {
        auto octets = inflater.inflate(most);
        if (!octets || !octets->empty() || inflater.ended()) co_return octets;
        auto came = co_await read_line(deadline, most);
        if (!came || came->empty()) co_return came;
        inflater.feed(*came);
    }
}

// What comes over the line, as it is. The room for it grows while it is filled, and shrinks where
// little comes.
awaitable<Result<std::string>> Stream::read_line(Deadline deadline, std::size_t most) {
    std::string octets(std::min(most, parts_->room), '\0');
    const Watch watch(parts_->timer, *parts_, deadline, Watch::By::interrupt);
    const auto target = asio::buffer(octets);
    error_code problem;
    std::size_t got = 0;
    if (parts_->tls) {
        std::tie(problem, got) = co_await parts_->tls->read_some(target);
    } else {
        std::tie(problem, got) = co_await parts_->socket.async_read_some(target, as_result);
    }
    if (!problem) {
        parts_->received += got;
        if (got == octets.size()) parts_->room = std::min(parts_->room * 4, most_room);
        if (got < octets.size() / 4) parts_->room = Parts::least_room;
        octets.resize(got);
        co_return std::move(octets);
    }
    if (!watch.expired() && is_end(problem)) co_return std::string();
    co_return io_error(watch, "read", problem);
}

// A reset stands in what poll() tells of the socket, whatever was read or written before.
awaitable<void> Stream::gone() {
    co_await parts_->socket.async_wait(Socket::wait_error, as_result);
}

std::uint64_t Stream::received() const {
    return parts_->received;
}

awaitable<Status> Stream::write(std::vector<std::string_view> pieces, Deadline deadline) {
    std::string deflated;
    if (parts_->compressed) {
        deflated = parts_->compressed->out.deflate(pieces);
        pieces.assign(1, deflated);
    }
    // Its own timer: a write may run while a read waits.
    asio::steady_timer timer(parts_->socket.get_executor());
    const Watch watch(timer, *parts_, deadline);
    error_code problem;
    if (parts_->tls) {
        problem = co_await parts_->tls->write(std::move(pieces));
    } else {
        std::vector<asio::const_buffer> buffers;
        buffers.reserve(pieces.size());
        for (const auto piece : pieces) buffers.emplace_back(piece.data(), piece.size());
        std::size_t written = 0;
        std::tie(problem, written) = co_await asio::async_write(parts_->socket, buffers, as_result);
    }
    if (problem) co_return io_error(watch, "write", problem);
    co_return Status{};
}

awaitable<void> Stream::end(Deadline deadline) {
    if (parts_->tls) {
        const Watch watch(parts_->timer, *parts_, deadline);
        co_await parts_->tls->shut_down();
    }
    close();
}

void Stream::interrupt() {
    parts_->interrupt();
}

void Stream::close() {
    error_code ignored;
    parts_->timer.cancel();
    parts_->socket.close(ignored);
}

asio::any_io_executor Stream::executor() const {
    return parts_->socket.get_executor();
}

std::string Stream::remote() const {
    error_code problem;
    const auto endpoint = parts_->peer(problem);
    if (problem) return "(closed)";
    const auto address = endpoint.address().to_string();
    if (endpoint.address().is_v6()) return fmt::format("[{}]:{}", address, endpoint.port());
    return fmt::format("{}:{}", address, endpoint.port());
}

std::string Stream::remote_address() const {
    error_code problem;
    const auto address = parts_->peer(problem).address();
    return problem ? std::string() : address.to_string();
}

std::string Stream::remote_network() const {
    error_code problem;
    const auto address = parts_->peer(problem).address();
    if (problem) return {};
    if (address.is_v4()) return address.to_string();
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
    return asio::ip::make_network_v6(v6, 64).canonical().to_string();
}

bool Stream::remote_is_loopback() const {
    error_code problem;
    const auto endpoint = parts_->peer(problem);
    if (problem) return false;
    const auto address = endpoint.address();
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.is_loopback();
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
}

}  // namespace mailhold::imap::net

#include "imap/server/server.hpp"

#include <fmt/format.h>

#include <utility>

#include "imap/server/connection.hpp"
#include "imap/server/hub.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

constexpr std::chrono::seconds patience{5};  // for commands in work at the end

struct Door {
    std::unique_ptr<net::Listener> listener;
    TlsStart tls = TlsStart::by_command;
    Endpoint endpoint;
};

struct Counted {
    explicit Counted(std::atomic<std::size_t>& all) : count(all), now(++all) {}
    ~Counted() { --count; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    std::atomic<std::size_t>& count;
    const std::size_t now;
};

// Whose connection it is, where a balancer passes it on. False: it does not say, or too many are
// waited for. The stream outlives it.
net::awaitable<bool> take_proxy_header(Hub& hub, net::Stream& stream) {
    if (!net::is_within(stream.remote_address(), hub.options.proxy_from)) co_return true;
    const Counted waiting(hub.unannounced);
    if (waiting.now > hub.options.strangers) co_return false;
    const auto balancer = stream.remote();
    const auto deadline = net::in(hub.options.proxy_timeout);
    const Status taken = co_await stream.take_proxy_header(deadline);
    // Many look whether the port is open, and say nothing.
    if (!taken && taken.error().code != Errc::network)
        log::warning("imap.proxy", {{"remote", balancer}, {"problem", taken.error().text}});
    co_return taken.has_value();
}

net::awaitable<void> welcome(Hub& hub, std::unique_ptr<Hub::Guest> guest, net::Stream stream,
                             TlsStart tls) {
    const bool heard = co_await take_proxy_header(hub, stream);
    if (heard) {
        auto visitor = std::move(guest);
        auto serving = serve(hub, std::move(visitor), std::move(stream), tls);
        co_return co_await std::move(serving);
    }
    stream.close();
    guest.reset();
}

net::awaitable<void> accept_all(Hub& hub, std::unique_ptr<Hub::Guest> guest,
                                net::Listener& listener, TlsStart tls) {
    while (!hub.stopping()) {
        auto executor = hub.services.runtime.next_executor();
        auto stream = co_await listener.accept(executor);
        if (stream) {
            auto visitor = std::make_unique<Hub::Guest>(hub);
            hub.services.runtime.spawn("imap.connection", executor,
                                       welcome(hub, std::move(visitor), std::move(*stream), tls));
        } else if (stream.error().code == Errc::cancelled) {
            break;
        } else {
            // Out of descriptors, most likely: others must end first.
            log::error("imap.accept", {{"problem", stream.error().text}});
            const auto later = net::in(std::chrono::milliseconds(100));
            co_await net::sleep_until(later);
        }
    }
    guest.reset();
}

}  // namespace

struct Server::Parts {
    Parts(Services services, Options options, std::shared_ptr<const net::ServerIdentity> identity)
        : hub(std::move(services), std::move(options), std::move(identity)) {}

    Status bind(const std::vector<Endpoint>& endpoints, TlsStart tls) {
        for (const Endpoint& endpoint : endpoints) {
            auto listener = net::Listener::bind(hub.services.runtime.next_executor(), endpoint.host,
                                                endpoint.port);
            if (!listener) return std::unexpected(listener.error());
            const Endpoint bound{endpoint.host, (*listener)->port()};
            doors.push_back({std::move(*listener), tls, bound});
        }
        return {};
    }

    std::vector<Endpoint> endpoints(TlsStart tls) const {
        std::vector<Endpoint> found;
        for (const Door& door : doors) {
            if (door.tls == tls) found.push_back(door.endpoint);
        }
        return found;
    }

    Hub hub;
    std::vector<Door> doors;
    store::Archive::Subscription subscription;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<Server>> Server::start(Services services, Options options,
                                              std::shared_ptr<const net::ServerIdentity> identity) {
    if (!identity && !options.listen_tls.empty())
        return fail(Errc::invalid, "TLS ports need a certificate");
    auto parts =
        std::make_unique<Parts>(std::move(services), std::move(options), std::move(identity));
    Hub& hub = parts->hub;
    if (auto bound = parts->bind(hub.options.listen, TlsStart::by_command); !bound) {
        return std::unexpected(bound.error());
    }
    if (auto bound = parts->bind(hub.options.listen_tls, TlsStart::at_once); !bound) {
        return std::unexpected(bound.error());
    }
    parts->subscription = hub.services.archive.subscribe(
        [&hub](const store::Change& change) { hub.changed(change); });
    for (const Door& door : parts->doors) {
        auto guest = std::make_unique<Hub::Guest>(hub);
        hub.services.runtime.spawn("imap.accept",
                                   accept_all(hub, std::move(guest), *door.listener, door.tls));
    }
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::~Server() {
    stop();
}

std::vector<Endpoint> Server::plain_endpoints() const {
    return parts_->endpoints(TlsStart::by_command);
}

std::vector<Endpoint> Server::tls_endpoints() const {
    return parts_->endpoints(TlsStart::at_once);
}

void Server::reload(std::vector<User> users, std::shared_ptr<const net::ServerIdentity> identity) {
    parts_->hub.reload(std::move(users), std::move(identity));
}

void Server::stop() {
    for (const Door& door : parts_->doors) door.listener->close();
    parts_->hub.say_bye();
    if (!parts_->hub.wait_until_empty(patience)) {
        parts_->hub.cut_off();
        parts_->hub.wait_until_empty();
    }
    parts_->subscription.reset();
}

}  // namespace mailhold::imap::server

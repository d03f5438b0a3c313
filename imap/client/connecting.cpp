// Connection::open and leave: dial, TLS, log in (authenticating.cpp). Nothing secret goes over a line that is not encrypted and
// trusted, unless it never leaves this machine; what was said before TLS counts for nothing after
// it.
#include <fmt/format.h>

#include <utility>

#include "imap/client/connection.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::client {
namespace {

constexpr std::chrono::seconds leaving_time{5};  // at most, for a goodbye that is nobody's business

// Connecting, which cannot be interrupted: it may end long after whoever asked has gone.
struct Dial {
    explicit Dial(const boost::asio::any_io_executor& executor) : ended(executor) {}
    net::Signal ended;
    std::optional<Result<net::Stream>> stream;
};

// `dial` is shared with open(), which may be gone when this ends.
net::awaitable<void> connect(std::shared_ptr<Dial> dial, Endpoint endpoint,
                             net::Deadline deadline) {
    auto stream = co_await net::connect_by(std::move(endpoint.proxy), std::move(endpoint.host),
                                           endpoint.port, deadline);
    dial->stream.emplace(std::move(stream));
    dial->ended.notify();
}

}  // namespace

net::awaitable<Result<std::unique_ptr<Connection>>> Connection::open(Endpoint endpoint,
                                                                     Surroundings with) {
    auto reached = co_await reach(std::move(endpoint), std::move(with));
    if (!reached) co_return reached;
    auto& connection = **reached;
    auto status = co_await connection.testify(connection.endpoint_.admits);
    if (status && !connection.preauthenticated_) status = co_await connection.log_in();
    if (status) status = co_await connection.testify(connection.endpoint_.let_in);
    if (status) status = co_await connection.introduce();
    if (status) status = co_await connection.compress();
    if (status) status = co_await connection.enable();
    if (!status) co_return std::unexpected(status.error());
    connection.hard_deadline_.reset();
    co_return reached;
}

net::awaitable<Result<std::unique_ptr<Connection>>> Connection::reach(Endpoint endpoint,
                                                                      Surroundings with) {
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto until = net::in(endpoint.timeout);
    const auto dial = std::make_shared<Dial>(executor);
    {
        const auto hook = with.cancel.on_request([dial] { dial->ended.notify(); });
        with.runtime.spawn("imap.connect", executor, connect(dial, endpoint, until));
        co_await dial->ended.wait_until(until + std::chrono::seconds(1));
    }
    if (with.cancel.requested()) co_return fail(Errc::cancelled, "stopped");
    if (!dial->stream)
        co_return fail(Errc::timeout,
                       fmt::format("connect to {}: no answer in time", endpoint.host));
    if (!*dial->stream) co_return std::unexpected(dial->stream->error());

    std::unique_ptr<Connection> connection(
        new Connection(std::move(endpoint), std::move(with), std::move(**dial->stream)));
    auto status = co_await connection->secure();
    if (status) status = co_await connection->look();
    if (!status) co_return std::unexpected(status.error());
    co_return connection;
}

net::awaitable<void> Connection::leave() {
    if (!usable_ || core_.in_flight() > 0) co_return;
    leaving_ = true;
    core_.withdraw();
    hard_deadline_ = net::in(leaving_time);
    const auto left = co_await run(wire::Logout{}, {});
    if (left && usable_) co_await stream_.end(*hard_deadline_);
    usable_ = false;
}

net::awaitable<Status> Connection::secure() {
    switch (endpoint_.security) {
        case Security::implicit_tls: {
            auto status =
                co_await stream_.start_tls_client(endpoint_.trust, endpoint_.host, *hard_deadline_);
            if (!status) co_return std::unexpected(lost(std::move(status.error())));
            co_return co_await expect_greeting();
        }
        case Security::starttls:
            co_return co_await start_tls();
        case Security::none:
            if (endpoint_.proxy || !stream_.remote_is_loopback()) {
                co_return fail(
                    Errc::tls,
                    fmt::format(
                        "{} is not on this machine: mail is not fetched over an unencrypted "
                        "line; use imaps:// or imap://",
                        endpoint_.host));
            }
            co_return co_await expect_greeting();
    }
    co_return Status{};
}

net::awaitable<Status> Connection::expect_greeting() {
    auto event = co_await next();
    if (!event) co_return std::unexpected(event.error());
    // ClientCore lets nothing but a status response greet.
    const auto& greeting = std::get<wire::StatusResponse>(std::get<Untagged>(*event).response);
    if (greeting.condition == wire::Condition::bye || greeting.condition == wire::Condition::no ||
        greeting.condition == wire::Condition::bad) {
        const bool throttled = throttle_of(greeting).has_value();
        co_return fail(
            throttled ? Errc::throttled : Errc::network,
            fmt::format("{} refuses the connection: {}", endpoint_.host, printable(greeting.text)));
    }
    preauthenticated_ = greeting.condition == wire::Condition::preauth;
    co_return Status{};
}

net::awaitable<Status> Connection::start_tls() {
    auto status = co_await expect_greeting();
    if (!status) co_return status;
    // RFC 9051 11.1: PREAUTH leaves no room for STARTTLS; an attacker's greeting must not do so
    // either.
    if (preauthenticated_) {
        co_return fail(Errc::tls,
                       fmt::format("{} greets as already logged in before TLS; use imaps://{}",
                                   endpoint_.host, endpoint_.host));
    }
    if (!has("STARTTLS")) status = co_await run(wire::Capability{}, {});
    if (!status) co_return status;
    if (!has("STARTTLS")) {
        co_return fail(Errc::tls, fmt::format("{}: the server offers no STARTTLS; use imaps://{}",
                                              endpoint_.host, endpoint_.host));
    }
    status = co_await run(wire::StartTls{}, {});
    if (!status)
        co_return fail(Errc::tls, fmt::format("{}: STARTTLS was refused: {}", endpoint_.host,
                                              status.error().text));
    // RFC 9051 11.1: octets behind the answer came over the open line and may be anybody's.
    if (!core_.drained()) {
        co_return fail(
            Errc::tls,
            fmt::format(
                "{}: something was said between STARTTLS and TLS; the line is tampered with",
                endpoint_.host));
    }
    status = co_await stream_.start_tls_client(endpoint_.trust, endpoint_.host, *hard_deadline_);
    if (!status) co_return std::unexpected(lost(std::move(status.error())));
    // RFC 9051 6.2.1: what was known before TLS is forgotten.
    core_ = ClientCore(ClientCore::Start::after_starttls);
    bye_.clear();
    streamed_.clear();
    co_return Status{};
}

// What is shown of security before anything secret is said.
net::awaitable<Status> Connection::look() {
    if (core_.capabilities().empty()) {
        auto asked = co_await run(wire::Capability{}, {});
        if (!asked) co_return asked;
    }
    for (const auto& capability : core_.capabilities())
        if (capability.starts_with("AUTH=")) shown_.mechanisms.push_back(capability.substr(5));
    if (auto tls = stream_.tls_shown()) {
        shown_.tls = std::move(tls->version);
        shown_.key = std::move(tls->key);
        shown_.issuer = std::move(tls->issuer);
    }
    co_return Status{};
}

net::awaitable<Status> Connection::testify(const Endpoint::Witness& witness) {
    if (!witness) co_return Status{};
    auto work = [&witness, shown = shown_] { return witness(shown); };
    co_return co_await net::offload(with_.pool, std::move(work));
}

// Capabilities as they are now, and RFC 2971 ID, which some servers insist on.
net::awaitable<Status> Connection::introduce() {
    if (core_.capabilities().empty()) {
        auto asked = co_await run(wire::Capability{}, {});
        if (!asked) co_return asked;
    }
    if (!has("ID")) co_return Status{};
    wire::Id id;
    id.fields.emplace_back("name", "Mailhold");
    auto answered = co_await run(std::move(id), {});
    // An ID that is not liked is no reason to stop.
    co_return usable_ ? Status{} : answered;
}

// RFC 5161 3.1: before any mailbox is selected. With UIDONLY (RFC 9586) also what comes unasked names its message for
// good; none of our commands has a message number. With UTF8=ACCEPT (RFC 6855 3) messages come as they are, and not
// downgraded for who cannot read UTF-8 in headers.
net::awaitable<Status> Connection::enable() {
    wire::Enable wish;
    for (const auto* extension : {"QRESYNC", "UIDONLY", "UTF8=ACCEPT", "IMAP4REV2"})
        if (core_.capabilities().contains(extension)) wish.capabilities.emplace_back(extension);
    if (has("UTF8=ONLY")) wish.capabilities.emplace_back("UTF8=ACCEPT");
    if (wish.capabilities.empty()) co_return Status{};
    auto answered = co_await run(std::move(wish), {});
    co_return usable_ ? Status{} : answered;
}

// RFC 4978. A server that refuses is used as it is. On this machine it would only cost time.
net::awaitable<Status> Connection::compress() {
    const auto wanted = endpoint_.compression;
    const bool near = stream_.remote_is_loopback() && !endpoint_.proxy;
    const bool useful =
        wanted == net::Compression::always ||
        (wanted == net::Compression::automatic && !near && !stream_.tls_compresses());
    if (!useful || !has("COMPRESS=DEFLATE")) co_return Status{};
    auto answered = co_await run(wire::Compress{}, {});
    if (!answered) co_return usable_ ? Status{} : answered;
    stream_.start_compression(net::Sends::commands, core_.take_rest());
    co_return Status{};
}

}  // namespace mailhold::imap::client

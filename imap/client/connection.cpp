// Connection: reading, writing, literals into blobs, commands one at a time, IDLE. connecting.cpp
// opens it.
#include "imap/client/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/base/free_space.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::client {
namespace {

constexpr std::size_t literals_a_response = 8;  // we ask for one
constexpr std::size_t spool_from = BlobBuilder::heap_limit - (64 << 10);

// "* OK Still here" is none; that the server can tell no more is (RFC 5465 5.8).
bool is_change(const wire::Response& response) {
    const auto* said = std::get_if<wire::StatusResponse>(&response);
    return said == nullptr || (said->code && said->code->name == "NOTIFICATIONOVERFLOW");
}

}  // namespace

bool of_the_line(Errc code) {
    return code == Errc::network || code == Errc::timeout || code == Errc::protocol ||
           code == Errc::limit;
}

bool passes(Errc code) {
    return code == Errc::network || code == Errc::throttled;
}

Status verdict(const wire::StatusResponse& status, std::string_view doing) {
    if (status.condition == wire::Condition::ok) return {};
    const auto text = fmt::format("{}: the server says {}", doing, printable(status.text));
    if (throttle_of(status)) return fail(Errc::throttled, text);
    // RFC 5530 3: a bug of the server's own, which may be this one message's.
    if (status.code && status.code->name == "SERVERBUG") return fail(Errc::network, text);
    return fail(status.condition == wire::Condition::no ? Errc::denied : Errc::protocol, text);
}

Connection::Connection(Endpoint endpoint, Surroundings with, net::Stream stream)
    : endpoint_(std::move(endpoint)),
      with_(std::move(with)),
      stream_(std::move(stream)),
      hard_deadline_(net::in(endpoint_.timeout)),
      literal_(with_.spool),
      on_request_(with_.cancel.on_request([this] { on_request(); })),
      on_insist_(with_.cancel.on_insist([this] { stream_.close(); })) {}

Connection::~Connection() = default;

net::Deadline Connection::deadline() const {
    if (idle_until_) return *idle_until_ + endpoint_.timeout;
    const auto soon = net::in(endpoint_.timeout);
    return hard_deadline_ ? std::min(*hard_deadline_, soon) : soon;
}

// An idle line is left to leave(), and IDLE to idle().
void Connection::on_request() {
    if (leaving_) return;
    if (hard_deadline_ || (core_.in_flight() > 0 && !idle_until_)) stream_.close();
}

bool Connection::stopped() const {
    return with_.cancel.requested() && !leaving_ && core_.in_flight() == 0;
}

// Says what ended the connection, the server's own reason first.
Error Connection::lost(Error error) {
    usable_ = false;
    stream_.close();
    if (with_.cancel.requested()) return {Errc::cancelled, "stopped"};
    if (!bye_.empty())
        return {Errc::network, fmt::format("{} closed the connection: {}", endpoint_.host, bye_)};
    if (of_the_line(error.code) && !error.text.contains(endpoint_.host)) {
        error.text = fmt::format("{}: {}", endpoint_.host, error.text);
    }
    return error;
}

// Silence ends with deadline(); talk of what nobody asked for, with this. In IDLE it is what we wait for.
Status Connection::heed(const ClientCore::Event& event) {
    if (std::holds_alternative<ClientCore::Nothing>(event)) return {};
    const auto now = std::chrono::steady_clock::now();
    const auto* data = std::get_if<ClientCore::Data>(&event);
    if (data == nullptr || data->asked_for || idle_until_) progressed_ = now;
    if (now - progressed_ <= endpoint_.timeout * endpoint_.patience) return {};
    return fail(Errc::timeout, "the server talks, and does not answer");
}

CommandId Connection::submit(wire::CommandBody body) {
    if (core_.outstanding() == 0) progressed_ = std::chrono::steady_clock::now();
    return core_.submit(std::move(body));
}

// A write may be under way while the idler wants one: the first writer goes on until nothing is
// left.
net::awaitable<Status> Connection::flush() {
    if (writing_) co_return Status{};
    writing_ = true;
    Status written;
    while (written) {
        auto octets = co_await output();
        if (!octets) written = std::unexpected(octets.error());
        if (!octets || octets->empty()) break;
        std::vector<std::string_view> pieces{*octets};
        written = co_await stream_.write(std::move(pieces), net::in(endpoint_.timeout));
    }
    writing_ = false;
    co_return written;
}

// As much as may be sent now. Where manners allow no command yet, their moment is waited for: it is less
// than a second away.
net::awaitable<Result<std::string>> Connection::output() {
    if (leaving_) co_return core_.take_output();
    while (!stopped()) {
        const auto now = std::chrono::steady_clock::now();
        const auto hold = with_.manners.hold(now);
        if (hold && core_.waiting()) co_return fail(Errc::throttled, hold->reason);
        const auto before = core_.begun();
        auto octets = core_.take_output(with_.manners.commands(now));
        with_.manners.began(core_.begun() - before, now);
        if (!octets.empty() || !core_.waiting() || with_.cancel.requested()) co_return octets;
        co_await net::sleep_until(with_.manners.next_command(now));
    }
    co_return std::string();
}

net::awaitable<Status> Connection::read() {
    auto octets = co_await stream_.read_some(deadline());
    if (!octets) co_return std::unexpected(octets.error());
    if (octets->empty()) co_return fail(Errc::network, "the server closed the connection");
    const auto before = std::exchange(received_, stream_.received());
    with_.manners.received(received_ - before, std::chrono::steady_clock::now());
    core_.feed(*octets);
    co_return Status{};
}

// A small literal stays on the heap; once it is written to a file, the pool does that.
net::awaitable<Status> Connection::store(std::string_view octets) {
    if (literal_.size() + octets.size() < spool_from) co_return literal_.append(octets);
    auto work = [this, piece = std::string(octets)] {
        const auto room = leaves_free(with_.spool, literal_.size() + piece.size(), with_.reserve);
        return room ? literal_.append(piece) : room;
    };
    co_return co_await net::offload(with_.pool, std::move(work));
}

net::awaitable<Result<Event>> Connection::next() {
    Status status;
    while (status) {
        if (stopped()) co_return fail(Errc::cancelled, "stopped");
        auto event = core_.next();
        status = heed(event);
        if (!status) break;
        if (auto* completed = std::get_if<ClientCore::Completed>(&event)) {
            with_.manners.told(completed->status, std::chrono::steady_clock::now());
            co_return Event(std::move(*completed));
        }
        if (std::holds_alternative<ClientCore::Idling>(event))
            co_return Event(ClientCore::Idling{});
        if (auto* challenge = std::get_if<ClientCore::Challenge>(&event))
            co_return Event(std::move(*challenge));
        if (auto* data = std::get_if<ClientCore::Data>(&event)) {
            if (observer) observer(data->response);
            const auto* said = std::get_if<wire::StatusResponse>(&data->response);
            if (said != nullptr && said->condition == wire::Condition::bye) {
                bye_ = printable(said->text);
                with_.manners.told(*said, std::chrono::steady_clock::now());
            }
            co_return Event(Untagged{std::move(data->response), std::exchange(streamed_, {})});
        }
        if (auto* greeting = std::get_if<ClientCore::Greeting>(&event)) {
            with_.manners.told(greeting->status, std::chrono::steady_clock::now());
            co_return Event(Untagged{std::move(greeting->status), {}});
        }
        if (const auto* data = std::get_if<ClientCore::LiteralData>(&event)) {
            status = co_await store(data->octets);
        } else if (std::holds_alternative<ClientCore::LiteralEnd>(event)) {
            auto blob = literal_.finish();
            if (blob) streamed_.push_back(std::move(*blob));
            if (!blob) status = std::unexpected(blob.error());
        } else if (std::holds_alternative<ClientCore::LiteralBegin>(event)) {
            if (streamed_.size() >= literals_a_response)
                status = fail(Errc::limit, "too many literals in a response");
        } else if (const auto* garbled = std::get_if<ClientCore::Garbled>(&event)) {
            log::warning("imap.garbled", {{"host", endpoint_.host}, {"what", garbled->text}});
            streamed_.clear();
            ++garbled_;
        } else if (const auto* broken = std::get_if<ClientCore::Broken>(&event)) {
            status = std::unexpected(broken->error);
        } else {
            status = co_await flush();
            // What was held back until it was too late has no answer to wait for.
            if (status && !stopped()) status = co_await read();
        }
    }
    co_return std::unexpected(lost(std::move(status.error())));
}

net::awaitable<Status> Connection::run(wire::CommandBody body, Sink sink) {
    const auto doing = wire::name_of(body);
    const auto id = submit(std::move(body));
    while (true) {
        auto event = co_await next();
        if (!event) co_return std::unexpected(event.error());
        if (auto* untagged = std::get_if<Untagged>(&*event)) {
            auto taken = sink ? sink(*untagged) : Status{};
            if (!taken) co_return std::unexpected(lost(std::move(taken.error())));
        }
        const auto* completed = std::get_if<ClientCore::Completed>(&*event);
        if (completed != nullptr && completed->command == id)
            co_return verdict(completed->status, doing);
    }
}

// Sends DONE when it is time or when idle() has seen a change. Reading goes on meanwhile; idle()
// owns both signals and waits for the end.
net::awaitable<void> Connection::finish_idle_at(net::Deadline until, net::Signal& wake,
                                                net::Signal& ended) {
    co_await wake.wait_until(until);
    core_.finish_idle();
    const auto written = co_await flush();
    if (!written) stream_.close();  // idle()'s read ends with it
    idle_until_.reset();
    progressed_ = std::chrono::steady_clock::now();
    ended.notify();
}

net::awaitable<Result<Connection::Woken>> Connection::idle(net::Deadline until, Sink sink) {
    if (stopped()) co_return fail(Errc::cancelled, "stopped");
    const auto id = submit(wire::Idle{});
    idle_until_ = until;
    net::Signal wake(stream_.executor());
    net::Signal ended(stream_.executor());
    const auto on_request = with_.cancel.on_request([&wake] { wake.notify(); });
    with_.runtime.spawn("imap.idle", stream_.executor(), finish_idle_at(until, wake, ended));

    auto woken = Woken::by_time;
    std::optional<Result<Woken>> result;
    while (!result) {
        auto event = co_await next();
        if (!event) {
            result = std::unexpected(event.error());
        } else if (auto* untagged = std::get_if<Untagged>(&*event)) {
            if (is_change(untagged->response)) {
                woken = Woken::by_server;
                idle_until_ = std::min(until, net::in({}));  // from now on an answer is due
                wake.notify();
            }
            const auto taken = sink ? sink(*untagged) : Status{};
            if (!taken) result = std::unexpected(lost(taken.error()));
        } else if (const auto* completed = std::get_if<ClientCore::Completed>(&*event)) {
            if (completed->command == id) {
                auto verdict_of_idle = verdict(completed->status, "IDLE");
                result = verdict_of_idle ? Result<Woken>(woken)
                                         : std::unexpected(verdict_of_idle.error());
            }
        }
    }
    core_.withdraw();  // an IDLE that was not begun
    wake.notify();
    co_await ended.wait_until(net::Deadline::max());
    idle_until_.reset();  // which a change between DONE and its answer has set again
    co_return std::move(*result);
}

}  // namespace mailhold::imap::client

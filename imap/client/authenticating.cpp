// Connection's login: one SASL exchange over IMAP (RFC 9051 6.2.2), a second one only for a token that was
// withdrawn before its time. A password is never tried twice, nor by a weaker mechanism.
#include <fmt/format.h>

#include <utility>

#include "imap/client/connection.hpp"

namespace mailhold::imap::client {

net::awaitable<Result<std::string>> Connection::secret() {
    if (!endpoint_.login.secret) co_return std::string();
    co_return co_await net::offload(with_.pool, endpoint_.login.secret);
}

net::awaitable<Status> Connection::log_in() {
    auto first = co_await secret();
    if (!first) co_return std::unexpected(first.error());
    auto status = co_await authenticate(*first);
    const auto& refused = endpoint_.login.refused;
    if (status || status.error().code != Errc::auth || !refused || !usable_) co_return status;
    refused();
    auto second = co_await secret();
    if (!second) co_return std::unexpected(second.error());
    if (*second != *first) status = co_await authenticate(std::move(*second));
    co_return status;
}

net::awaitable<Status> Connection::authenticate(std::string secret) {
    if (core_.capabilities().empty()) {  // after a first try
        auto asked = co_await run(wire::Capability{}, {});
        if (!asked) co_return asked;
    }
    const auto& login = endpoint_.login;
    auto binding = stream_.channel_binding();
    const auto mechanism =
        choose_mechanism(core_.capabilities(), login.proof, binding.has_value(), login.mechanism);
    if (!mechanism)
        co_return fail(mechanism.error().code,
                       fmt::format("{}: {}", endpoint_.host, mechanism.error().text));
    shown_.mechanism = *mechanism;
    if (mechanism->ends_with("-PLUS")) shown_.binding = binding->type;
    if (mechanism->empty()) {
        if (login.user.contains('\0') || secret.contains('\0'))
            co_return fail(Errc::invalid, "a user name or password with a NUL octet");
        const auto id = submit(wire::Login{login.user, std::move(secret)});
        co_return co_await converse(std::nullopt, id, std::nullopt);
    }
    SaslExchange::Identity identity{login.user, std::move(secret), endpoint_.host, endpoint_.port,
                                    std::move(binding)};
    auto exchange = SaslExchange::start(*mechanism, std::move(identity));
    if (!exchange) co_return std::unexpected(exchange.error());
    auto initial = exchange->answer({});
    if (!initial) co_return std::unexpected(initial.error());
    // RFC 4959: the first answer at once, where the server allows it, and the client is to begin.
    wire::Authenticate command{*mechanism, std::nullopt};
    std::optional<std::string> later;
    if (has("SASL-IR") && *mechanism != "LOGIN")
        command.initial_response = std::move(*initial);
    else
        later = std::move(*initial);
    const auto id = submit(std::move(command));
    co_return co_await converse(std::move(*exchange), id, std::move(later));
}

// Answers challenges until the server has decided. An exchange that fails here is given up, and what the
// server says to that is of no interest.
net::awaitable<Status> Connection::converse(std::optional<SaslExchange> exchange, CommandId id,
                                            std::optional<std::string> initial) {
    auto before = co_await flush();
    if (!before) co_return std::unexpected(lost(std::move(before.error())));
    core_.forget_capabilities();  // RFC 9051 6.2.2: they change with the login
    std::optional<Error> failed;
    while (true) {
        auto event = co_await next();
        if (!event) co_return std::unexpected(event.error());
        if (const auto* challenge = std::get_if<ClientCore::Challenge>(&*event)) {
            Result<std::string> answer;
            if (initial) {
                answer = *std::exchange(initial, std::nullopt);
            } else {
                auto work = [&exchange, octets = challenge->octets] {
                    return exchange->answer(octets);
                };
                answer = co_await net::offload(with_.pool, std::move(work));
            }
            if (answer) {
                core_.answer(*answer);
            } else {
                failed = std::move(answer.error());
                core_.give_up();
            }
        }
        const auto* completed = std::get_if<ClientCore::Completed>(&*event);
        if (completed == nullptr || completed->command != id) continue;
        if (!failed && completed->status.condition != wire::Condition::ok)
            failed = login_refused(endpoint_.login, completed->status);
        // RFC 5802 5.1: a server that does not prove that it knows the password is not the one.
        if (!failed && exchange && !exchange->finished())
            failed = Error{Errc::auth, "the server lets us in without proving who it is"};
        if (!failed) co_return Status{};
        failed->text = fmt::format("{}: {}", endpoint_.host, failed->text);
        co_return std::unexpected(std::move(*failed));
    }
}

}  // namespace mailhold::imap::client

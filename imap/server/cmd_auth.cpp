// STARTTLS, AUTHENTICATE PLAIN, LOGIN (RFC 3501 6.2, RFC 4616, RFC 4959). The password itself is
// checked by the shell, slowly and a few at a time.
#include "imap/server/commands.hpp"
#include "imap/wire/base64.hpp"

namespace mailhold::imap::server {
namespace {

Reply check(State& state, Credentials credentials) {
    state.credentials = std::move(credentials);
    state.awaiting = Awaiting::password_check;
    return std::nullopt;
}

// RFC 4616: authzid NUL authcid NUL password. Nobody may act as somebody else here.
Reply plain(State& state, std::string_view message) {
    const auto first = message.find('\0');
    const auto second = first == message.npos ? first : message.find('\0', first + 1);
    if (second == message.npos || message.find('\0', second + 1) != message.npos) {
        return bad("This is no PLAIN message");
    }
    const std::string_view acting_as = message.substr(0, first);
    Credentials credentials{std::string(message.substr(first + 1, second - first - 1)),
                            std::string(message.substr(second + 1))};
    if (!acting_as.empty() && acting_as != credentials.user) {
        return no("AUTHORIZATIONFAILED", "Log in as yourself");
    }
    return check(state, std::move(credentials));
}

Answer needs_tls() {
    return no("PRIVACYREQUIRED", "Passwords are taken over TLS only; use STARTTLS or the TLS port");
}

}  // namespace

Reply run(State& state, const wire::StartTls&, Output&) {
    if (state.channel.tls) return bad("TLS is already active");
    if (!state.channel.starttls_offered) return bad("TLS is not offered here");
    // The tagged answer goes out in plain; the session starts anew after the handshake.
    state.awaiting = Awaiting::tls_handshake;
    return ok("Begin TLS now");
}

Reply run(State& state, const wire::Authenticate& command, Output& out) {
    if (command.mechanism != "PLAIN") return no("CANNOT", "Only PLAIN is offered");
    if (!state.channel.login_allowed()) return needs_tls();
    if (command.initial_response) return plain(state, *command.initial_response);
    out.add("+ \r\n");
    state.awaiting = Awaiting::sasl_response;
    return std::nullopt;
}

Reply sasl_response(State& state, std::string_view line) {
    state.awaiting = Awaiting::command;
    if (line == "*") return bad("Authentication cancelled");
    const auto message = wire::from_base64(line);
    return message ? plain(state, *message) : bad("This is not base64");
}

Reply run(State& state, const wire::Login& command, Output&) {
    if (!state.channel.login_allowed()) return needs_tls();
    return check(state, {command.user, command.password});
}

Answer log_in(State& state, User user) {
    state.user = std::move(user);
    state.stage = Stage::authenticated;
    return {wire::Condition::ok, wire::ResponseCode{"CAPABILITY", capabilities(state)},
            "Logged in"};
}

}  // namespace mailhold::imap::server

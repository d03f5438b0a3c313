// STARTTLS, AUTHENTICATE by PLAIN, SCRAM-SHA-256, EXTERNAL and tokens, LOGIN (RFC 3501 6.2, RFC 4616,
// RFC 4959, RFC 5802, RFC 4422 A, RFC 7628), UNAUTHENTICATE (RFC 8437). A password or a token itself is
// checked by the shell, slowly and a few at a time.
#include <utility>

#include "imap/server/accesses.hpp"
#include "imap/server/commands/commands.hpp"
#include "imap/server/login/bearer.hpp"
#include "imap/wire/base64.hpp"

namespace mailhold::imap::server {
namespace {

bool is_by_token(std::string_view mechanism) {
    return mechanism == "OAUTHBEARER" || mechanism == "XOAUTH2";
}

bool offers(const State& state, std::string_view mechanism) {
    if (mechanism == "EXTERNAL") return !state.channel.certificate.empty() && state.backend.users;
    if (is_by_token(mechanism)) return state.backend.tokens;
    if (mechanism == "SCRAM-SHA-256-PLUS") return state.channel.binding && offers_scram(state);
    if (mechanism == "SCRAM-SHA-256") return offers_scram(state);
    return mechanism == "PLAIN";
}

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
    Credentials credentials{.user = std::string(message.substr(first + 1, second - first - 1)),
                            .password = std::string(message.substr(second + 1)),
                            .mechanism = "PLAIN"};
    if (!acting_as.empty() && acting_as != credentials.user) {
        return no("AUTHORIZATIONFAILED", "Log in as yourself");
    }
    return check(state, std::move(credentials));
}

// One message of the client's, and what we say to it.
Reply scram(State& state, std::string_view message, Output& out) {
    const auto step = state.scram->take(message);
    if (step.stage == ScramExchange::Stage::failed) {
        Credentials credentials{.user = state.scram->user(),
                                .password = {},
                                .how = Credentials::How::disproved,
                                .mechanism = "SCRAM-SHA-256"};
        state.scram.reset();
        return check(state, std::move(credentials));
    }
    out.add("+ " + wire::to_base64(step.text) + "\r\n");
    state.scram_is_proven = step.stage == ScramExchange::Stage::proven;
    state.awaiting = Awaiting::sasl_response;
    return std::nullopt;
}

// RFC 5802 3: the client has read our proof, and says nothing more.
Reply scram_ends(State& state, std::string_view message) {
    const auto exchange = *std::exchange(state.scram, std::nullopt);
    if (!message.empty()) return bad("Nothing was to be said here");
    if (exchange.acts_as_another()) return no("AUTHORIZATIONFAILED", "Log in as yourself");
    return check(state, {.user = exchange.user(),
                         .password = exchange.keys().stored_key,
                         .how = Credentials::How::proven,
                         .mechanism = "SCRAM-SHA-256"});
}

// RFC 4422 A.1: whom he wants to be, if not whom the certificate says.
Reply external(State& state, std::string_view wanted) {
    if (wanted.contains('\0')) return bad("This is no name");
    const auto& certificate = state.channel.certificate;
    std::string name(wanted);
    if (name.empty()) {
        const auto users = state.backend.users();
        const User* holder = holder_of(*users, certificate, {});
        name = holder ? holder->name : certificate.front();
    }
    return check(state, {.user = std::move(name),
                         .password = {},
                         .how = Credentials::How::certificate,
                         .mechanism = "EXTERNAL",
                         .certificate = certificate});
}

Reply token(State& state, std::string_view message) {
    const bool standard = state.mechanism == "OAUTHBEARER";
    auto bearer = standard ? read_oauthbearer(message) : read_xoauth2(message);
    if (!bearer) return bad("This is no " + state.mechanism + " message");
    return check(state, {.user = std::move(bearer->user),
                         .password = std::move(bearer->token),
                         .how = Credentials::How::token,
                         .mechanism = state.mechanism});
}

Reply sasl_message(State& state, std::string_view message, Output& out) {
    if (state.mechanism == "EXTERNAL") return external(state, message);
    if (is_by_token(state.mechanism)) return token(state, message);
    if (!state.scram) return plain(state, message);
    return state.scram_is_proven ? scram_ends(state, message) : scram(state, message, out);
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
    if (!offers(state, command.mechanism)) return no("CANNOT", "This is not offered");
    if (!state.channel.login_allowed()) return needs_tls();
    state.mechanism = command.mechanism;
    state.scram.reset();
    state.scram_is_proven = false;
    if (command.mechanism.starts_with("SCRAM-")) {
        const bool plus = command.mechanism.ends_with("-PLUS");
        auto keys_of = [users = state.backend.users(),
                        secret = state.backend.decoy_secret](const std::string& name) {
            return scram_keys(*users, name, secret).value_or(ScramKeys{});
        };
        state.scram.emplace(plus, state.channel.binding, std::move(keys_of));
    }
    if (command.initial_response) return sasl_message(state, *command.initial_response, out);
    out.add("+ \r\n");
    state.awaiting = Awaiting::sasl_response;
    return std::nullopt;
}

Reply sasl_response(State& state, std::string_view line, Output& out) {
    state.awaiting = Awaiting::command;
    // RFC 7628 3.2.3: whatever it says to the challenge that told it why.
    if (state.refusal) return std::exchange(state.refusal, std::nullopt);
    if (line == "*") return bad("Authentication cancelled");
    const auto message = wire::from_base64(line);
    return message ? sasl_message(state, *message, out) : bad("This is not base64");
}

Reply run(State& state, const wire::Login& command, Output&) {
    if (!state.channel.login_allowed()) return needs_tls();
    return check(state, {.user = command.user, .password = command.password, .mechanism = "LOGIN"});
}

Reply refuse_token(State& state, Answer refusal, Output& out) {
    out.add("+ " + wire::to_base64(bearer_refused(state.backend.token_scope)) + "\r\n");
    state.refusal = std::move(refusal);
    state.awaiting = Awaiting::sasl_response;
    return std::nullopt;
}

Answer log_in(State& state, User user) {
    state.user = std::move(user);
    state.stage = Stage::authenticated;
    return {wire::Condition::ok, wire::ResponseCode{"CAPABILITY", capabilities(state)},
            "Logged in"};
}

// RFC 8437 3, 4.1: nothing that the user did or was told is left, but for the line to him.
Reply run(State& state, const wire::Unauthenticate&, Output&) {
    if (state.channel.compressed) return no("CANNOT", "Not on a compressed line");
    std::ignore = note(state, What::logout, {}, {});
    state.selected.reset();
    state.user.reset();
    state.enabled = {};
    state.notifying.reset();
    state.noted.reset();
    state.stage = Stage::not_authenticated;
    return Answer{wire::Condition::ok, wire::ResponseCode{"CAPABILITY", capabilities(state)},
                  "Logged out"};
}

}  // namespace mailhold::imap::server

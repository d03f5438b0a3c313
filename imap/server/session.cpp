#include "imap/server/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "imap/server/accesses.hpp"
#include "imap/server/dispatch.hpp"
#include "imap/server/mailbox/updates.hpp"
#include "imap/server/notify/news.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {

Session::Session(Backend& backend, Channel channel)
    : state_(backend, channel), framer_(stranger_limits) {}

void Session::feed(std::string_view octets) {
    if (!logged_in() && (octets_ += octets.size()) > most_octets)
        return bye("Too much was said before logging in");
    framer_.feed(octets);
}

Next Session::step(Output& out) {
    if (!std::exchange(greeted_, true)) {
        out.add(fmt::format("* OK [CAPABILITY {}] Mailhold is ready\r\n", capabilities(state_)));
    }
    while (true) {
        look_at_rights(out);
        if (state_.closing || state_.awaiting == Awaiting::tls_handshake ||
            state_.awaiting == Awaiting::compression)
            break;
        if (state_.awaiting == Awaiting::password_check && !checked_) return Next::check_password;
        if (state_.awaiting == Awaiting::search && !found_) return Next::search;
        if (out.size() >= step_octets) return Next::again;
        if (state_.unfinished) {
            settle(state_.unfinished(out), out);
            if (state_.unfinished) return Next::again;
        } else if (state_.telling) {
            if (!state_.telling(out)) return Next::again;
            state_.telling = nullptr;
        } else if (!proceed(out)) {
            return Next::input;
        }
    }
    if (state_.closing) return Next::close;
    return state_.awaiting == Awaiting::compression ? Next::compress : Next::start_tls;
}

// RFC 4314 5.1.1: who may not read the selected mailbox any more is told BYE.
void Session::look_at_rights(Output& out) {
    if (!state_.selected) return;
    state_.selected->rights = rights_now(state_);
    if (!store::has(state_.selected->rights, 'r'))
        say_bye("You may not read this mailbox any more", out);
}

void Session::tls_started(TlsLine line) {
    framer_.take_rest();
    state_.channel.tls = true;
    state_.channel.binding = std::move(line.binding);
    state_.channel.compressed = line.compresses;
    state_.channel.certificate = std::move(line.certificate);
    state_.awaiting = Awaiting::command;
    bad_commands_ = 0;
}

std::string Session::compression_started() {
    state_.channel.compressed = true;
    state_.awaiting = Awaiting::command;
    return framer_.take_rest();
}

void Session::login_result(LoginResult result, const User* user) {
    state_.credentials.password.clear();
    switch (result) {
        case LoginResult::accepted:
            checked_ = log_in(state_, *user);
            framer_.set_limits({.messages = append_limit});
            break;
        case LoginResult::refused:
            ++failed_logins_;
            checked_ = no("AUTHENTICATIONFAILED", "Wrong name or password");
            break;
        case LoginResult::unavailable:
            checked_ = no("UNAVAILABLE", "Nobody can say now whether this token counts");
            break;
        case LoginResult::too_busy:
            checked_ = no("UNAVAILABLE", "Too many log in at this moment; try again later");
            break;
        case LoginResult::too_many:  // RFC 5530 3
            checked_ = no("LIMIT", "You have too many connections already: end one first");
            break;
    }
}

void Session::bye(std::string reason) {
    bye_ = std::move(reason);
}

bool Session::Watch::concerns(const store::Change& change) const {
    const auto is_selected = [this](MailboxId mailbox) { return is_view || mailbox == selected; };
    return std::ranges::any_of(change.mailboxes, is_selected) ||
           std::ranges::any_of(
               change.personal,
               [&](const auto& own) { return own.user == user && is_selected(own.mailbox); }) ||
           (others && others->concerns(change));
}

Session::Watch Session::watch() const {
    Watch watch;
    const auto& notifying = state_.notifying;
    if (state_.selected && (idling() || (notifying && notifying->wishes.selected.messages)))
        watch.selected = state_.selected->mailbox;
    if (watch.selected) watch.user = state_.user->name;
    watch.is_view = watch.selected && (watch.selected == everything_id || state_.selected->search);
    if (notifying) watch.others = notifying->watched;
    return watch;
}

// Between commands, and while one waits that tells what changes.
bool Session::tell(Output& out, Updates allowed) {
    if (std::exchange(look_, false) && (idling() || state_.notifying))
        tell_updates(state_, out, allowed, [this](Output& later) {
            if (state_.notifying) tell_news(state_, later);
        });
    return state_.awaiting == Awaiting::search || fetch_arrived(state_);
}

// The outcome of a login is on record before it is told.
Reply Session::noted_login(Reply checked) {
    const bool accepted = checked->condition == wire::Condition::ok;
    auto refused = note(state_, What::login, {}, state_.credentials.mechanism,
                        accepted ? "ok" : checked->code->name);
    state_.credentials = {};
    if (!refused) return checked;
    state_.user.reset();
    state_.stage = Stage::not_authenticated;
    return refused;
}

void Session::finish_login(Reply checked, Output& out) {
    const bool by_token = state_.credentials.how == Credentials::How::token;
    auto answer = noted_login(std::move(checked));
    const bool too_many = failed_logins_ >= most_failed_logins;
    const bool is_wrong = answer->code && answer->code->name == "AUTHENTICATIONFAILED";
    if (by_token && is_wrong && !too_many) answer = refuse_token(state_, std::move(*answer), out);
    settle(std::move(answer), out);
    if (too_many) say_bye("Too many failed logins", out);
}

void Session::ended() {
    if (logged_in()) std::ignore = note(state_, What::logout, {}, {});
}

bool Session::proceed(Output& out) {
    if (checked_) {
        state_.awaiting = Awaiting::command;
        finish_login(*std::exchange(checked_, std::nullopt), out);
        return true;
    }
    if (found_) {
        auto search = std::exchange(state_.search, std::nullopt);
        auto found = std::exchange(found_, std::nullopt);
        state_.awaiting = search->after;
        settle(search->then(std::move(*found), out), out);
        return true;
    }
    if (bye_) {
        say_bye(*bye_, out);
        return true;
    }
    return state_.awaiting == Awaiting::command ? take_command(out) : take_line(out);
}

bool Session::take_line(Output& out) {
    if (idling() && tell(out, Updates::all)) return true;
    const auto event = framer_.next_line();
    if (const auto* line = std::get_if<wire::CommandFramer::Command>(&event)) {
        settle(idling() ? end_idle(state_, line->octets) : sasl_response(state_, line->octets, out),
               out);
        return true;
    }
    if (const auto* too_long = std::get_if<wire::CommandFramer::TooLong>(&event)) {
        state_.awaiting = Awaiting::command;
        settle(bad(too_long->text), out);
        return true;
    }
    return false;
}

bool Session::take_command(Output& out) {
    const bool delayed = !state_.notifying || state_.notifying->wishes.delayed;
    if (tell(out, delayed ? Updates::all_but_expunges : Updates::all)) return true;
    const auto event = framer_.next();
    if (std::holds_alternative<wire::CommandFramer::Nothing>(event)) return false;
    if (const auto* piece = std::get_if<wire::CommandFramer::Piece>(&event)) {
        if (!literals_) literals_.emplace(state_.backend.archive.spool_folder());
        std::ignore = literals_->append(piece->octets);  // told when it is finished
    } else if (const auto* too_long = std::get_if<wire::CommandFramer::TooLong>(&event)) {
        literals_.reset();
        refuse_too_long(*too_long, out);
    } else if (const auto* waits = std::get_if<wire::CommandFramer::NeedContinuation>(&event)) {
        ask_for_literal(waits->command, out);
    } else if (const auto* framed = std::get_if<wire::CommandFramer::Command>(&event)) {
        if (literals_) state_.literals = literals_->finish();
        literals_.reset();
        const auto command = wire::parse_command(framed->octets, state_.enabled.names());
        if (command) {
            execute(*command, out);
        } else {
            refuse_command(command.error().tag, command.error().text, out);
        }
        state_.literals = Blob();
    }
    return true;
}

// A message that cannot be stored where it should be is not asked for: it may be large.
void Session::ask_for_literal(std::string_view so_far, Output& out) {
    const auto command = wire::parse_command(so_far, state_.enabled.names());
    auto refused = command ? refused_ahead(state_, command->body) : std::nullopt;
    if (!refused) return out.add("+ OK\r\n");
    framer_.refuse_literal();
    literals_.reset();
    state_.tag = command->tag;
    updates_ = rule_of(command->body).updates;
    settle(std::move(refused), out);
}

void Session::execute(const wire::Command& command, Output& out) {
    state_.tag = command.tag;
    state_.expunged = false;
    updates_ = rule_of(command.body).updates;
    const bool was_logged_in = logged_in();
    settle(dispatch(state_, command.body, out), out);
    look_ = look_ || idling();  // what came until now is told too
    if (!was_logged_in || logged_in()) return;
    framer_.set_limits(stranger_limits);
    octets_ = 0;
}

void Session::refuse_command(std::string_view tag, std::string text, Output& out) {
    state_.tag = tag.empty() ? "*" : std::string(tag);
    updates_ = Updates::without_expunge;
    settle(bad(std::move(text)), out);
}

void Session::refuse_too_long(const wire::CommandFramer::TooLong& refused, Output& out) {
    const bool brings_mail = refused.name == "APPEND" || refused.name == "REPLACE";
    if (!brings_mail || !logged_in() || refused.tag.empty())
        return refuse_command(refused.tag, refused.text, out);
    state_.tag = refused.tag;
    updates_ = Updates::all;
    settle(no("TOOBIG", refused.text), out);  // RFC 7889 3
}

// Ends the command in work where there is an answer: what changed meanwhile, the tagged line.
void Session::settle(Reply reply, Output& out) {
    if (!reply) return;
    state_.unfinished = nullptr;
    tell_updates(state_, out, updates_,
                 [this, answer = std::move(*reply)](Output& later) { finish(answer, later); });
}

void Session::finish(const Answer& answer, Output& out) {
    const auto tag = std::exchange(state_.tag, {});
    out.add(wire::write(wire::StatusResponse{tag, answer.condition, answer.code, answer.text}));
    bad_commands_ = answer.condition == wire::Condition::bad ? bad_commands_ + 1 : 0;
    if (bad_commands_ >= most_bad_commands && !logged_in()) say_bye("This is not IMAP", out);
}

void Session::say_bye(std::string_view reason, Output& out) {
    if (std::exchange(state_.closing, true)) return;
    out.add(fmt::format("* BYE {}\r\n", reason));
}

}  // namespace mailhold::imap::server

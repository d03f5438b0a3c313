#include "tests/model/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "imap/server/session.hpp"
#include "tests/model/broken.hpp"

namespace mailhold::model {

namespace wire = imap::wire;
using Framer = wire::CommandFramer;

namespace {

Client::Hears heard_of_selected(const wire::Notify& notify) {
    using Kind = wire::MailboxFilter::Kind;
    for (const auto& [filter, events, items] : notify.groups) {
        if (filter.kind != Kind::selected && filter.kind != Kind::selected_delayed) continue;
        const bool all = std::ranges::all_of(
            std::array<std::string_view, 3>{"MESSAGENEW", "MESSAGEEXPUNGE", "FLAGCHANGE"},
            [&](std::string_view event) {
                return std::ranges::find(events, event) != events.end();
            });
        if (!all) return Client::Hears::less;
        return filter.kind == Kind::selected ? Client::Hears::at_once : Client::Hears::with_answers;
    }
    return Client::Hears::less;
}

}  // namespace

bool Opened::knows_all() const {
    return std::ranges::all_of(messages, [](const Message& m) { return m.uid && m.flags; });
}

Client::Client(std::string_view forbidden)
    : forbidden_(forbidden),
      framer_(imap::server::Session::stranger_limits),
      responses_({.inline_limit = 1 << 20}) {}

bool Client::idles() const {
    return at_work<wire::Idle>() && work_->line_owed;
}

std::string Client::resync(const std::string& mailbox) const {
    const auto known = remembered_.find(mailbox);
    if (known == remembered_.end()) return {};
    return fmt::format(" (QRESYNC ({} {}))", number(known->second.uidvalidity),
                       number(known->second.highest));
}

void Client::received(std::string_view octets) {
    if (!forbidden_.empty()) {
        tail_ += octets;
        demand(!tail_.contains(forbidden_), "it was told what is not for him");
        if (tail_.size() > forbidden_.size()) tail_.erase(0, tail_.size() - forbidden_.size());
    }
    responses_.feed(octets);
    while (true) {
        const auto event = responses_.next();
        if (std::holds_alternative<wire::ResponseFramer::Nothing>(event)) return;
        const auto* whole = std::get_if<wire::ResponseFramer::Response>(&event);
        demand(whole != nullptr, "what it says is no response");
        if (whole->octets.starts_with("* ESEARCH (") && whole->octets.contains(" MAILBOX "))
            continue;  // of RFC 7377, which no client of ours reads
        const auto response = wire::parse_response(whole->octets);
        demand(response.has_value(), response ? "" : response.error().text + ": " + whole->octets);
        if (!work_ && !plus_owed_) look_for_work();
        const bool asks = std::holds_alternative<wire::Continuation>(*response);
        if (plus_owed_ && !waiting_.empty() && !asks) refused_ahead();
        std::visit([this](const auto& each) { take(each); }, *response);
    }
}

void Client::quiet() {
    demand(greeted_, "it did not greet");
    demand(responses_.empty(), "it stopped within a response");
    if (bye_) return;
    if (!work_ && !plus_owed_) look_for_work();
    demand(!plus_owed_, "it did not ask for a literal");
    if (!work_) return;
    demand(work_->line_owed, "it did not answer " + work_->tag);
    const auto event = Framer(framer_).next_line();
    demand(std::holds_alternative<Framer::Nothing>(event), "it did not go on with " + work_->tag);
}

bool Client::look_for_work() {
    while (true) {
        const auto event = framer_.next();
        if (std::holds_alternative<Framer::Nothing>(event)) return false;
        if (std::holds_alternative<Framer::Piece>(event)) continue;
        if (const auto* waits = std::get_if<Framer::NeedContinuation>(&event)) {
            plus_owed_ = true;
            waiting_ = waits->command;
            return true;
        }
        if (const auto* refused = std::get_if<Framer::TooLong>(&event)) {
            work_ = Work{refused->tag, std::nullopt};
            return true;
        }
        auto command = wire::parse_command(std::get<Framer::Command>(event).octets);
        if (!command) {
            work_ = Work{command.error().tag, std::nullopt};
            return true;
        }
        work_ = Work{command->tag, std::move(command->body)};
        begin(*work_->command);
        return true;
    }
}

void Client::begin(const wire::CommandBody& command) {
    const auto* select = std::get_if<wire::Select>(&command);
    // What is BAD leaves nothing: QRESYNC before ENABLE.
    if (!select || (select->resync && !qresync_)) return;
    leave();
    opening_ = Opened{.name = select->mailbox, .messages = {}};
    const auto known = remembered_.find(select->mailbox);
    if (!select->resync || known == remembered_.end()) return;
    const auto& told = *select->resync;
    if (told.known || told.uidvalidity != known->second.uidvalidity ||
        told.modseq != known->second.highest)
        return;
    resyncing_ = known->second;
}

void Client::leave() {
    if (opened_ && opened_->knows_all() && !uid_only_) {
        auto& kept = remembered_[opened_->name];
        kept = {opened_->uidvalidity, opened_->highest, {}};
        for (const auto& message : opened_->messages) kept.messages[*message.uid] = *message.flags;
    }
    opened_.reset();
    opening_.reset();
    resyncing_.reset();
}

void Client::take_owed_line() {
    if (!std::exchange(work_->line_owed, false)) return;
    demand(!std::holds_alternative<Framer::Nothing>(framer_.next_line()),
           "it answered before its line had come");
}

void Client::take(const wire::Continuation&) {
    waiting_.clear();
    if (std::exchange(plus_owed_, false)) return;
    demand(at_work<wire::Idle>() || at_work<wire::Authenticate>(), "it asks for nothing");
    demand(!idles(), "it asks again within IDLE");
    take_owed_line();
    work_->line_owed = true;
}

// Instead of asking for a message it may answer.
void Client::refused_ahead() {
    auto command = wire::parse_command(waiting_);
    demand(command.has_value(), "it answers before the literal");
    plus_owed_ = false;
    framer_.refuse_literal();
    work_ = Work{command->tag, std::move(command->body)};
}

void Client::take(const wire::StatusResponse& status) {
    const bool untagged = status.tag == "*";
    if (!greeted_) {
        demand(untagged && status.condition == wire::Condition::ok, "it does not greet");
        greeted_ = true;
        return;
    }
    demand(!bye_ || at_work<wire::Logout>(), "it talks on after BYE");
    if (untagged && status.condition == wire::Condition::bye) {
        bye_ = true;
        return;
    }
    demand(!plus_owed_, "it answers before the literal: " + status.text);
    demand(work_ || (untagged && notified_), "it answers what nobody asked: " + status.text);
    const bool nameless = work_ && work_->tag.empty() && status.condition == wire::Condition::bad;
    if (!untagged || nameless) return finish(status);
    if (!status.code) return;
    const auto& [name, arguments] = *status.code;
    if (name == "HIGHESTMODSEQ" || name == "UIDNEXT" || name == "UIDVALIDITY") {
        auto& told = mailbox(name);
        const auto value = std::stoull(arguments);
        if (name == "UIDVALIDITY")
            told.uidvalidity = UidValidity{static_cast<std::uint32_t>(value)};
        if (name == "UIDNEXT") told.uidnext = Uid{static_cast<std::uint32_t>(value)};
        if (name == "HIGHESTMODSEQ") told.highest = std::max(told.highest, ModSeq{value});
    }
}

void Client::finish(const wire::StatusResponse& answer) {
    demand(work_->tag.empty() || answer.tag == work_->tag,
           "it answers " + answer.tag + " and not " + work_->tag);
    take_owed_line();
    const auto work = *std::exchange(work_, std::nullopt);
    const bool ok = answer.condition == wire::Condition::ok;
    const auto is = [&]<class Command>(std::type_identity<Command>) {
        return work.command && std::holds_alternative<Command>(*work.command);
    };
    resynced_.reset();
    if (ok &&
        (is(std::type_identity<wire::Login>{}) || is(std::type_identity<wire::Authenticate>{})))
        framer_.set_limits({.messages = imap::server::append_limit});
    if (ok && is(std::type_identity<wire::Unauthenticate>{})) {
        leave();
        remembered_.clear();
        qresync_ = uid_only_ = notified_ = false;
        hears_ = Hears::with_answers;
        framer_.set_limits(imap::server::Session::stranger_limits);
    }
    if (const auto* notify = work.command ? std::get_if<wire::Notify>(&*work.command) : nullptr;
        ok && notify) {
        notified_ = true;
        // What it did not want to hear is not told again.
        if (hears_ == Hears::less && opened_)
            for (auto& message : opened_->messages) message.flags.reset();
        hears_ = heard_of_selected(*notify);
    }
    if (is(std::type_identity<wire::Select>{})) {
        if (answer.condition == wire::Condition::bad) {
            opening_.reset();
            resyncing_.reset();
        } else if (ok) {
            demand(number(opening_->uidvalidity) > 0 && number(opening_->uidnext) > 0,
                   "SELECT tells no UIDVALIDITY or UIDNEXT");
            opened_ = std::exchange(opening_, std::nullopt);
            resynced_ = std::exchange(resyncing_, std::nullopt);
            if (resynced_ && resynced_->uidvalidity != opened_->uidvalidity) resynced_.reset();
        } else {
            leave();
        }
    }
    if (ok && (is(std::type_identity<wire::Close>{}) || is(std::type_identity<wire::Unselect>{})))
        leave();
    if (opened_ && answer.code && answer.code->name == "HIGHESTMODSEQ") {
        const ModSeq told{std::stoull(answer.code->arguments)};
        demand(told >= opened_->highest, "HIGHESTMODSEQ goes back");
        opened_->highest = told;
    }
    // It is not told what it did silently itself.
    if (const auto* store = work.command ? std::get_if<wire::Store>(&*work.command) : nullptr;
        store && store->silent && opened_) {
        for (auto& message : opened_->messages) message.flags.reset();
    }
    demand(!ok || !is(std::type_identity<wire::Logout>{}) || bye_, "LOGOUT without BYE");
    answered_ = {work.command, answer};
    ++answers_;
}

}  // namespace mailhold::model

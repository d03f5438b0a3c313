// A refusal is permanent (5xx) only for what can never work: a command that is none, a recipient that
// is not taken, a message over the limit. Whatever may be better later is put off (4xx), so that the
// client keeps the mail.
#include "intake/journal/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mailhold::intake::journal {

Session::Session(Policy policy, Tls tls) : policy_(std::move(policy)), tls_(tls) {
    reply(fmt::format("220 {} {} Mailhold", policy_.name,
                      policy_.protocol == Protocol::lmtp ? "LMTP" : "ESMTP"));
}

void Session::feed(std::string_view octets) {
    input_.erase(0, std::exchange(at_, 0));
    input_ += octets;
}

std::optional<Event> Session::next() {
    while (events_.empty()) {
        if (waits_ != Waits::nothing || !advance()) return std::nullopt;
    }
    auto event = std::move(events_.front());
    events_.pop_front();
    return event;
}

bool Session::advance() {
    return data_ ? advance_data() : advance_commands();
}

bool Session::advance_commands() {
    const auto rest = std::string_view(input_).substr(at_);
    const auto feed = rest.find('\n');
    const auto length = std::min(feed, rest.size());
    if (length > longest_line) {
        reply("500 5.5.2 Too long a line");
        close();
        return true;
    }
    if (feed == std::string_view::npos) return false;
    if (feed == 0 || rest[feed - 1] != '\r') {  // RFC 5321 2.3.8: that ends no line
        reply("500 5.5.2 A line ends with CR LF");
        close();
        return true;
    }
    const auto line = rest.substr(0, feed - 1);
    at_ += feed + 1;
    std::visit([this](const auto& command) { run(command); }, parse_command(line));
    return true;
}

bool Session::advance_data() {
    if (at_ == input_.size()) return false;
    Piece piece;
    at_ += data_->feed(std::string_view(input_).substr(at_), piece.octets);
    const auto before = size_;
    size_ += piece.octets.size();
    if (size_ <= policy_.max_size) {
        if (!piece.octets.empty()) events_.emplace_back(std::move(piece));
    } else if (before <= policy_.max_size) {
        events_.emplace_back(Discard{});
    }
    if (data_->ended()) finish_data();
    return true;
}

void Session::finish_data() {
    data_.reset();
    if (size_ > policy_.max_size) {
        refuse_each(Refusal::too_large,
                    fmt::format("552 5.3.4 Larger than {} octets", policy_.max_size));
        mail_.reset();
    } else if (size_ == 0) {
        refuse_each(Refusal::empty, "554 5.6.0 There is no message in it");
        mail_.reset();
    } else {
        waits_ = Waits::storing;
        events_.emplace_back(
            Store{{mail_->sender, mail_->recipients, hello_->name, protocol_word()}});
    }
}

void Session::stored(Outcome outcome) {
    waits_ = Waits::nothing;
    switch (outcome) {
        case Outcome::stored:
            reply_each("250 2.0.0 Archived");
            break;
        case Outcome::no_room:
            refuse_each(Refusal::disk, "452 4.3.1 There is no room for it now");
            break;
        case Outcome::not_now:
            refuse_each(Refusal::trouble, "451 4.3.0 It cannot be archived now");
            break;
    }
    mail_.reset();
}

void Session::tls_started() {
    waits_ = Waits::nothing;
    tls_ = Tls::active;
    hello_.reset();  // RFC 3207 4.2: all that was said before is forgotten
    mail_.reset();
}

void Session::end(std::string_view enhanced_code, std::string_view why) {
    if (waits_ != Waits::nothing) return;
    reply(fmt::format("421 {} {}", enhanced_code, why));
    close();
}

void Session::run(const Wrong& command) {
    reply(command.reply);
    if (++errors_ >= most_errors) end("4.7.0", "Too many mistakes");
}

void Session::run(const Hello& command) {
    // RFC 2033 4.1: LHLO is LMTP's, and HELO and EHLO are not.
    if ((command.verb == Hello::Verb::lhlo) != (policy_.protocol == Protocol::lmtp))
        return run(Wrong{"500 5.5.1 Not a command of this protocol"});
    hello_ = command;
    mail_.reset();
    if (command.verb == Hello::Verb::helo) return reply("250 " + policy_.name);
    reply("250-" + policy_.name);
    for (const auto* word : {"PIPELINING", "8BITMIME", "SMTPUTF8"})
        reply(fmt::format("250-{}", word));
    if (tls_ == Tls::offered) reply("250-STARTTLS");
    reply(fmt::format("250-SIZE {}", policy_.max_size));
    reply("250 ENHANCEDSTATUSCODES");
}

void Session::run(const MailFrom& command) {
    if (!hello_) return run(Wrong{"503 5.5.1 Say who you are first"});
    if (mail_) return run(Wrong{"503 5.5.1 One message is begun already"});
    const auto size = command.size.value_or(0);
    if (size > policy_.max_size)  // RFC 1870 6.1
        return refuse(Refusal::too_large,
                      fmt::format("552 5.3.4 Larger than {} octets", policy_.max_size));
    if (room_ == 0 || size > room_)
        return refuse(Refusal::disk, "452 4.3.1 There is no room for it now");
    mail_ = {.sender = command.sender, .recipients = {}, .utf8 = command.utf8};
    reply("250 2.1.0 Ok");
}

void Session::run(const RcptTo& command) {
    if (!mail_) return run(Wrong{"503 5.5.1 MAIL comes first"});
    if (!mail_->utf8 && !is_ascii(command.recipient))
        return refuse(Refusal::address, "553 5.6.7 Such an address needs SMTPUTF8");
    if (!accepts(command.recipient))
        return refuse(Refusal::address, "550 5.1.1 Mail for it is not archived here");
    if (mail_->recipients.size() >= policy_.max_recipients)
        return reply("452 4.5.3 Too many recipients");
    mail_->recipients.push_back(command.recipient);
    reply("250 2.1.5 Ok");
}

void Session::run(Plain command) {
    switch (command) {
        case Plain::data:
            return begin_data();
        case Plain::rset:
            mail_.reset();
            return reply("250 2.0.0 Ok");
        case Plain::noop:
            return reply("250 2.0.0 Ok");
        case Plain::quit:
            reply("221 2.0.0 Bye");
            return close();
        case Plain::help:
            return reply("214 2.0.0 What comes here is archived");
        case Plain::vrfy:  // RFC 5321 3.5.3
            return reply("252 2.1.5 Try it");
        case Plain::starttls:
            return begin_tls();
    }
}

void Session::begin_data() {
    if (!mail_) return run(Wrong{"503 5.5.1 MAIL comes first"});
    if (mail_->recipients.empty()) return run(Wrong{"503 5.5.1 No recipient was accepted"});
    data_.emplace();
    size_ = 0;
    reply("354 Go on; end with a dot alone on a line");
}

void Session::begin_tls() {
    if (tls_ == Tls::active) return run(Wrong{"503 5.5.1 TLS is active already"});
    if (tls_ == Tls::unavailable) return run(Wrong{"502 5.5.1 There is no TLS here"});
    reply("220 2.0.0 Go on");
    events_.emplace_back(StartTls{});
    waits_ = Waits::handshake;
    // What came with it in plain could be anybody's, and is not obeyed under TLS.
    input_.clear();
    at_ = 0;
}

bool Session::accepts(std::string_view recipient) const {
    if (policy_.recipients.empty()) return true;
    const auto wanted = lower_ascii(recipient);
    const auto at = wanted.rfind('@');
    const auto domain = at == std::string::npos ? std::string() : wanted.substr(at + 1);
    return std::ranges::any_of(policy_.recipients, [&](const std::string& accepted) {
        const auto lower = lower_ascii(accepted);
        return lower == (lower.contains('@') ? wanted : domain);
    });
}

std::string Session::protocol_word() const {
    const bool secure = tls_ == Tls::active;
    if (mail_->utf8)
        return fmt::format("UTF8{}{}", policy_.protocol == Protocol::lmtp ? "LMTP" : "SMTP",
                           secure ? "S" : "");
    const auto* word = policy_.protocol == Protocol::lmtp  ? "LMTP"
                       : hello_->verb == Hello::Verb::ehlo ? "ESMTP"
                                                           : "SMTP";
    return fmt::format("{}{}", word, secure ? "S" : "");
}

void Session::reply(std::string_view text) {
    events_.emplace_back(Reply{fmt::format("{}\r\n", text)});
}

void Session::refuse(Refusal why, std::string_view text) {
    events_.emplace_back(Refused{why});
    reply(text);
}

void Session::refuse_each(Refusal why, std::string_view text) {
    events_.emplace_back(Refused{why});
    reply_each(text);
}

void Session::reply_each(std::string_view text) {
    const auto times = policy_.protocol == Protocol::lmtp ? mail_->recipients.size() : 1;
    for (std::size_t i = 0; i < times; ++i) reply(text);
}

}  // namespace mailhold::intake::journal

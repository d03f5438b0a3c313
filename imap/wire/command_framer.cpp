// The server's framer. Invariant: whatever is refused, the next command starts where the client
// means it to.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "imap/wire/characters.hpp"
#include "imap/wire/framer.hpp"
#include "imap/wire/literal.hpp"

namespace mailhold::imap::wire {
namespace {

constexpr std::size_t max_tag = 64;  // a longer one is not repeated in an answer

std::string tag_of(std::string_view line) {
    const auto end = line.substr(0, max_tag + 1).find(' ');
    if (end == std::string_view::npos) return {};
    const auto tag = line.substr(0, end);
    return std::ranges::all_of(tag, is_tag_char) ? std::string(tag) : std::string();
}

std::string word_behind_space(std::string_view line) {
    const auto begin = line.find(' ');
    if (begin == std::string_view::npos) return {};
    line = line.substr(begin + 1, max_tag);
    std::string word = upper(line.substr(0, line.find(' ')));
    return std::ranges::all_of(word, is_atom_char) ? word : std::string();
}

// What follows the tag, without "UID" in front; empty where it is no word.
std::string name_of(std::string_view line) {
    auto name = word_behind_space(line);
    return name == "UID" ? word_behind_space(line.substr(line.find(' ') + 1)) : name;
}

// How many spaces stand before the mailbox's name of a command that brings messages; 0: it is none.
std::ptrdiff_t spaces_to_mailbox(std::string_view line) {
    const auto name = name_of(line);
    if (name == "APPEND") return 2;
    if (name != "REPLACE") return 0;
    return word_behind_space(line) == "UID" ? 4 : 3;
}

}  // namespace

CommandFramer::Event CommandFramer::next() {
    while (skip_too_long()) {
        const auto piece = input_.take(literal_left_);
        literal_left_ -= piece.size();
        if (streaming_ && !piece.empty()) return Piece{std::string(piece)};
        command_.append(piece);
        if (literal_left_ > 0) return Nothing{};
        streaming_ = false;

        const auto line = input_.take_line();
        if (!line) {
            if (input_.view().size() <= limits_.line) return Nothing{};
            skipping_ = Skip::command;
            return too_long(input_.view(),
                            fmt::format("a line is longer than {} octets", limits_.line));
        }
        const auto literal = literal_at_end(*line);
        const auto waits = literal && literal->form == Literal::Form::synchronising;
        const auto refuse = [&](std::string_view what, std::size_t limit) {
            // A literal that waits to be asked for never comes; any other is on its way already.
            if (literal && !waits) {
                skipping_ = Skip::command;
                skip_left_ = literal->size;
            }
            return too_long(*line, fmt::format("a {} is longer than {} octets", what, limit));
        };
        if (line->size() > limits_.line) return refuse("line", limits_.line);
        if (literal && is_message(line->substr(0, line->size() - literal->length))) {
            if (literal->size > limits_.messages - streamed_)
                return refuse("message", limits_.messages);
            if (command_.size() + line->size() > limits_.command)
                return refuse("command", limits_.command);
            command_.append(line->substr(0, line->size() - literal->length))
                .append(fmt::format("{{{}*}}\r\n", literal->size));
            streamed_ += literal->size;
            literal_left_ = literal->size;
            streaming_ = true;
            if (waits) return NeedContinuation{command_};
            continue;
        }
        if (literal && literal->size > limits_.literal) return refuse("literal", limits_.literal);
        if (command_.size() + line->size() + (literal ? literal->size : 0) > limits_.command)
            return refuse("command", limits_.command);

        command_.append(*line);
        if (!literal) {
            streamed_ = 0;
            return Command{std::exchange(command_, {})};
        }
        command_.append("\r\n");
        literal_left_ = literal->size;
        if (waits) return NeedContinuation{};
    }
    return Nothing{};
}

void CommandFramer::refuse_literal() {
    command_.clear();
    literal_left_ = 0;
    streaming_ = false;
    streamed_ = 0;
}

CommandFramer::Event CommandFramer::next_line() {
    if (!skip_too_long()) return Nothing{};
    const auto line = input_.take_line();
    if (line && line->size() <= limits_.line) return Command{std::string(*line)};
    if (!line && input_.view().size() <= limits_.line) return Nothing{};
    if (!line) skipping_ = Skip::line;
    return TooLong{{}, fmt::format("a line is longer than {} octets", limits_.line), {}};
}

std::string CommandFramer::take_rest() {
    std::string rest(input_.view());
    *this = CommandFramer(limits_);
    return rest;
}

// Throws away what was too long, with bounded memory; true when its end was reached.
bool CommandFramer::skip_too_long() {
    while (skipping_ != Skip::nothing) {
        skip_left_ -= input_.take(skip_left_).size();
        if (skip_left_ > 0) return false;

        const auto line = input_.take_line();
        if (!line) {  // the last octets stay: they may announce a literal
            const auto waiting = input_.view().size();
            input_.take(waiting - std::min(waiting, max_announcement + 1));
            return false;
        }
        const auto literal = skipping_ == Skip::command ? literal_at_end(*line) : std::nullopt;
        if (literal && literal->form != Literal::Form::synchronising)
            skip_left_ = literal->size;
        else
            skipping_ = Skip::nothing;
    }
    return true;
}

// Whether the literal behind these words is a message: behind "tag APPEND" it is the mailbox's name.
bool CommandFramer::is_message(std::string_view before) const {
    if (limits_.messages == 0) return false;
    const auto spaces = spaces_to_mailbox(command_.empty() ? before : std::string_view(command_));
    if (spaces == 0) return false;
    return !command_.empty() || std::ranges::count(before, ' ') > spaces;
}

CommandFramer::Event CommandFramer::too_long(std::string_view first_line, std::string text) {
    const auto line = command_.empty() ? first_line : std::string_view(command_);
    TooLong event{tag_of(line), std::move(text), name_of(line)};
    command_.clear();
    streamed_ = 0;
    return event;
}

}  // namespace mailhold::imap::wire

// The client's framer. Invariant: memory stays below Limits, also while a literal of gigabytes goes
// through.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "imap/wire/characters.hpp"
#include "imap/wire/framer.hpp"
#include "imap/wire/literal.hpp"

namespace mailhold::imap::wire {
namespace {

// Only untagged data holds literals. The text of a status response may well end in "{5}" and mean
// nothing by it (RFC 3501 7.1), and so may that of a continuation (7.5); every tagged response is a
// status response.
bool may_hold_literals(std::string_view first_line) {
    if (!first_line.starts_with('*')) return false;
    const auto start = std::min(first_line.find_first_not_of(' ', 1), first_line.size());
    const auto word = first_line.substr(start, first_line.find(' ', start) - start);
    constexpr std::array<std::string_view, 5> conditions{"OK", "NO", "BAD", "BYE", "PREAUTH"};
    return std::ranges::none_of(conditions,
                                [&](auto name) { return equals_ignoring_case(name, word); });
}

}  // namespace

ResponseFramer::Event ResponseFramer::next() {
    if (!broken_.empty()) return Broken{broken_};
    while (true) {
        if (literal_ == InLiteral::streamed) {
            if (literal_left_ == 0) {
                literal_ = InLiteral::none;
                return LiteralEnd{};
            }
            const auto piece = input_.take(literal_left_);
            if (piece.empty()) return Nothing{};
            literal_left_ -= piece.size();
            return LiteralData{piece};
        }
        if (literal_ == InLiteral::kept) {
            const auto piece = input_.take(literal_left_);
            response_.append(piece);
            literal_left_ -= piece.size();
            if (literal_left_ > 0) return Nothing{};
            literal_ = InLiteral::none;
        }

        const auto line = input_.take_line();
        if ((line ? *line : input_.view()).size() > limits_.line)
            return broken(fmt::format("a line is longer than {} octets", limits_.line));
        if (!line) return Nothing{};
        if (response_.empty()) {
            if (line->empty()) continue;  // quirk: blank_line
            literals_possible_ = may_hold_literals(*line);
        }
        const auto announced = literals_possible_ ? literal_at_end(*line) : std::nullopt;
        const auto literal =
            announced && announced->form == Literal::Form::synchronising ? announced : std::nullopt;
        const bool streams = literal && literal->size > limits_.inline_limit;
        if (literal && literal->size > limits_.literal)
            return broken(fmt::format("a literal is longer than {} octets", limits_.literal));
        if (response_.size() + line->size() + (literal && !streams ? literal->size : 0) >
            limits_.response)
            return broken(fmt::format("a response is longer than {} octets", limits_.response));

        response_.append(*line);
        if (!literal) return Response{std::exchange(response_, {}), std::exchange(streamed_, 0)};
        literal_ = streams ? InLiteral::streamed : InLiteral::kept;
        literal_left_ = literal->size;
        if (streams) response_.insert(response_.size() - 1, 1, '*');
        response_.append("\r\n");
        if (streams) {
            ++streamed_;
            return LiteralBegin{response_, literal->size};
        }
    }
}

std::string ResponseFramer::take_rest() {
    std::string rest(input_.view());
    input_.clear();
    return rest;
}

ResponseFramer::Event ResponseFramer::broken(std::string text) {
    broken_ = std::move(text);
    input_.clear();
    response_.clear();
    return Broken{broken_};
}

}  // namespace mailhold::imap::wire

// One reader of announcements for framers and parsers, so that they can never disagree on where a
// literal begins.
#include "imap/wire/literal.hpp"

#include <charconv>
#include <limits>

namespace mailhold::imap::wire {

std::optional<Literal> literal_at_start(std::string_view text) {
    constexpr std::size_t max_digits = 19;
    Literal literal;
    auto rest = text;
    if (rest.starts_with('~')) {
        literal.binary = true;
        rest.remove_prefix(1);
    }
    if (!rest.starts_with('{')) return std::nullopt;
    rest.remove_prefix(1);

    const auto digits = rest.substr(0, rest.find_first_not_of("0123456789"));
    if (digits.empty() || digits.size() > max_digits) return std::nullopt;
    std::from_chars(digits.data(), digits.data() + digits.size(), literal.size);
    if (literal.size > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    rest.remove_prefix(digits.size());

    if (rest.starts_with('+') || rest.starts_with('*')) {
        literal.form =
            rest.front() == '+' ? Literal::Form::non_synchronising : Literal::Form::streamed;
        rest.remove_prefix(1);
    }
    if (!rest.starts_with('}')) return std::nullopt;
    literal.length = text.size() - rest.size() + 1;
    return literal;
}

std::optional<Literal> literal_at_end(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    const auto open = line.rfind('{');
    if (open == std::string_view::npos) return std::nullopt;
    const auto start = open > 0 && line[open - 1] == '~' ? open - 1 : open;
    const auto literal = literal_at_start(line.substr(start));
    if (!literal || start + literal->length != line.size()) return std::nullopt;
    if (literal->form == Literal::Form::streamed) return std::nullopt;
    return literal;
}

}  // namespace mailhold::imap::wire

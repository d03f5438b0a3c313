// Follows values by their outer form alone, so that an item that nobody knows costs nothing but its
// octets.
#include "imap/wire/characters.hpp"
#include "imap/wire/literal.hpp"
#include "imap/wire/response_parser.hpp"

namespace mailhold::imap::wire {
namespace {

// A string, or one octet of anything else that is not the end of the line.
void step(Cursor& in) {
    if (in.peek() == '"') {
        static_cast<void>(in.string("a string"));
    } else if (const auto literal = literal_at_start(in.rest());
               literal && in.rest().substr(literal->length, 2) == "\r\n") {
        if (literal->form == Literal::Form::streamed)
            in.skip(literal->length + 2);
        else
            static_cast<void>(in.message("a literal"));
    } else if (in.peek() == '\r' || in.peek() == '\n') {
        in.fail("a value");
    } else {
        in.skip(1);
    }
}

}  // namespace

std::string_view parse_raw_value(Cursor& in) {
    const auto start = in.position();
    std::size_t depth = 0;
    while (!in.at_end()) {
        const char c = in.peek();
        if (depth == 0 && (c == ' ' || c == ')')) break;
        if (c == '(') ++depth;
        if (c == ')') --depth;
        step(in);
        if (c == ')' && depth == 0) break;
    }
    if (depth > 0) in.fail(")");
    const auto value = in.failed() ? std::string_view() : in.since(start);
    if (value.empty()) in.fail("a value");
    return value;
}

std::string_view parse_bracket(Cursor& in) {
    const auto start = in.position();
    std::size_t depth = 0;
    while (!in.at_end() && !(depth == 0 && in.peek() == ']')) {
        if (in.peek() == '(') ++depth;
        if (in.peek() == ')' && depth > 0) --depth;
        step(in);
    }
    const auto inside = in.failed() ? std::string_view() : in.since(start);
    in.expect(']');
    return inside;
}

}  // namespace mailhold::imap::wire

// The rules of the grammar that both sides share. Each takes what it reads or fails; none backs up
// further than its own start.
#include "imap/wire/cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "imap/wire/characters.hpp"
#include "imap/wire/literal.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {

void Cursor::fail(std::string_view expected) {
    refuse(fmt::format("expected {}", expected));
}

void Cursor::refuse(std::string_view text) {
    refuse_at(position_, text);
}

void Cursor::refuse_at(std::size_t position, std::string_view text) {
    if (failed()) return;
    error_ = fmt::format("{} at column {}", text, position + 1);
    position_ = octets_.size();
}

std::string_view Cursor::take_rest() {
    const auto taken = rest();
    position_ = octets_.size();
    return taken;
}

bool Cursor::accept(char c) {
    if (peek() != c || at_end()) return false;
    ++position_;
    return true;
}

void Cursor::expect(char c) {
    if (!accept(c)) fail(std::string_view(&c, 1));
}

bool Cursor::accept_word(std::string_view word) {
    const auto found = rest().substr(0, word.size());
    if (!equals_ignoring_case(found, word)) return false;
    const auto after = rest().substr(word.size());
    if (!after.empty() && is_atom_char(after.front())) return false;
    position_ += word.size();
    return true;
}

bool Cursor::blanks() {
    return !take_while([](char c) { return c == ' '; }).empty();
}

void Cursor::space() {
    if (!blanks()) fail("a blank");
}

void Cursor::end() {
    blanks();
    if (!at_end()) fail("the end of the line");
}

bool Cursor::more() {
    return blanks() && !at_end();
}

std::string_view Cursor::atom(std::string_view expected) {
    return take_some(is_atom_char, expected);
}

std::string Cursor::keyword(std::string_view expected) {
    return upper(atom(expected));
}

std::uint64_t Cursor::number64(std::string_view expected, std::uint64_t least) {
    const auto start = position_;
    const auto digits = take_while(is_digit);
    std::uint64_t value = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (!digits.empty() && problem == std::errc() && value >= least) return value;
    position_ = start;
    fail(expected);
    return 0;
}

std::uint32_t Cursor::number(std::string_view expected, std::uint32_t least) {
    const auto start = position_;
    const auto value = number64(expected, least);
    if (value <= std::numeric_limits<std::uint32_t>::max())
        return static_cast<std::uint32_t>(value);
    position_ = start;
    fail(expected);
    return 0;
}

bool Cursor::at_string() const {
    return at("\"") || at("{");
}

std::string Cursor::string(std::string_view expected) {
    if (at("\"")) return quoted();
    if (at("{")) return literal(false);
    fail(expected);
    return {};
}

std::string Cursor::astring(std::string_view expected) {
    if (at_string()) return string(expected);
    return std::string(take_some(is_astring_char, expected));
}

NString Cursor::nstring(std::string_view expected) {
    if (accept_word("NIL")) return std::nullopt;  // quirk: lower_case_nil
    if (at("~{")) return literal(true);
    return string(expected);
}

std::string Cursor::message(std::string_view expected) {
    const bool binary = at("~");
    if (binary || at("{")) return literal(binary);
    fail(expected);
    return {};
}

std::optional<std::uint64_t> Cursor::streamed_literal() {
    const auto mark = literal_at_start(rest());
    if (!mark || mark->form != Literal::Form::streamed ||
        !rest().substr(mark->length).starts_with("\r\n"))
        return std::nullopt;
    position_ += mark->length + 2;
    return mark->size;
}

std::string Cursor::mailbox_octets() {
    constexpr std::string_view expected = "a mailbox name";
    // quirk: raw_name. Servers send names bare that hold 8-bit octets, brackets, parentheses,
    // wildcards.
    const auto raw = [](char c) { return c != ' ' && !is_control(c); };
    if (from_ == From::server && !at_string()) return std::string(take_some(raw, expected));
    return astring(expected);
}

std::string Cursor::mailbox() {
    const auto name = mailbox_octets();
    if (equals_ignoring_case(name, "INBOX")) return "INBOX";
    return name_in(name);
}

// An "&" begins modified UTF-7 only where names come so: else it is one.
std::string Cursor::name_in(std::string_view octets) {
    if (names_ == NameForm::modified_utf7) return decode_mailbox_name(octets);
    if (!is_utf8(octets)) fail("a name in UTF-8");
    return std::string(octets);
}

std::string Cursor::literal(bool binary) {
    const auto announced = literal_at_start(rest());
    if (!announced || announced->form == Literal::Form::streamed ||
        !rest().substr(announced->length).starts_with("\r\n")) {
        fail("a literal");
        return {};
    }
    const auto octets = rest().substr(announced->length + 2);
    if (announced->size > octets.size()) {
        fail("all octets of a literal");
        return {};
    }
    std::string value(octets.substr(0, announced->size));
    // RFC 3501 9, CHAR8: NUL has no place in a literal. quirk: nul_in_literal, from servers, which
    // got it as mail.
    if (from_ == From::client && !binary && value.find('\0') != std::string::npos) {
        fail("a literal without NUL");
        return {};
    }
    position_ += announced->length + 2 + announced->size;
    return value;
}

std::string Cursor::quoted() {
    std::string value;
    expect('"');
    while (!accept('"')) {
        const bool escaped = accept('\\');
        const char c = peek();
        // RFC 3501 9, QUOTED-CHAR. quirk: eight_bit_in_quoted; it is UTF-8 (RFC 9051), or whatever
        // the charset of SEARCH says.
        if (at_end() || c == '\r' || c == '\n' || c == '\0') {
            fail("the end of a quoted string");
            return {};
        }
        // quirk: needless_escape, from servers; a client's could as well be a forgotten one.
        if (escaped && c != '"' && c != '\\' && from_ == From::client) {
            fail("\\\" or \\\\ after a backslash");
            return {};
        }
        value += c;
        ++position_;
    }
    return value;
}

std::uint32_t Cursor::sequence_number() {
    if (accept('*')) return star;
    // quirk: greatest_number. 4294967295 is a number, not "*": no message has it, and the next
    // below means the same.
    return std::min(number("a message number or *", 1), star - 1);
}

SequenceSet Cursor::sequence_set() {
    if (from_ == From::client && accept('$')) return saved_result;
    SequenceSet set;
    do {
        const auto first = sequence_number();
        const auto last = accept(':') ? sequence_number() : first;
        if (failed()) return {};
        if (set.size() == max_set_ranges) {
            refuse(fmt::format("more than {} ranges in a set", max_set_ranges));
            return {};
        }
        set.emplace_back(std::min(first, last), std::max(first, last));
    } while (accept(','));
    return set;
}

PartialRange Cursor::partial_range() {
    const bool from_end = peek() == '-';
    const auto position = [&] {
        if (from_end) expect('-');
        return number("a position", 1);
    };
    const auto first = position();
    expect(':');
    const auto last = position();
    return {std::min(first, last), std::max(first, last), from_end};
}

std::string Cursor::flag() {
    const auto start = position_;
    accept('\\');
    if (from_ == From::client) {
        take_some(is_atom_char, "a flag");
    } else {
        // quirk: raw_flag. "\*" is a flag of PERMANENTFLAGS and FLAGS; some keywords hold brackets
        // or 8-bit octets.
        take_some([](char c) { return c != ' ' && c != '(' && c != ')' && !is_control(c); },
                  "a flag");
    }
    return failed() ? std::string() : std::string(since(start));
}

}  // namespace mailhold::imap::wire

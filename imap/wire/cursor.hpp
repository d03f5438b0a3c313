// Reads one whole command or response from left to right, with functions named after the grammar
// (RFC 3501 and 9051, section 9). The first failure sticks: it moves the cursor to the end, where
// nothing is accepted any more and every function gives an empty value. So the parsers read
// straight on, and ask once, at the end, whether all went well.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/wire/values.hpp"

namespace mailhold::imap::wire {

class Cursor {
  public:
    // Whose words are read. A client must write what the grammar says; a server has the mail, so
    // that where no other reading is possible more is taken from it (the quirks are named where
    // they are obeyed).
    enum class From { client, server };
    Cursor(std::string_view octets, From from, NameForm names = NameForm::modified_utf7)
        : octets_(octets), from_(from), names_(names) {}

    bool failed() const { return !error_.empty(); }
    const std::string& error() const { return error_; }
    void fail(std::string_view expected);  // "expected a mailbox name at column 12"
    void refuse(std::string_view text);    // "too many search keys at column 12"
    void refuse_at(std::size_t position, std::string_view text);  // something already read

    bool at_end() const { return position_ == octets_.size(); }
    char peek() const { return at_end() ? '\0' : octets_[position_]; }
    std::size_t position() const { return position_; }
    bool at(std::string_view text) const { return rest().starts_with(text); }
    std::string_view rest() const { return octets_.substr(position_); }
    std::string_view since(std::size_t start) const {
        return octets_.substr(start, position_ - start);
    }
    std::string_view take_rest();
    void skip(std::size_t octets) { position_ += std::min(octets, octets_.size() - position_); }

    bool accept(char c);
    void expect(char c);
    bool accept_word(
        std::string_view word);  // whatever its case, and not as the start of a longer atom
    bool blanks();               // all that are there; false if none
    void space();                // SP; quirk: superfluous_blanks
    void end();                  // nothing more; quirk: trailing_blanks
    // True if blanks and then something more follow; both sides of an optional argument.
    bool more();

    template <class Predicate>
    std::string_view take_while(Predicate belongs) {
        const auto start = position_;
        while (!at_end() && belongs(octets_[position_])) ++position_;
        return since(start);
    }
    template <class Predicate>
    std::string_view take_some(Predicate belongs, std::string_view expected) {
        const auto taken = take_while(belongs);
        if (taken.empty()) fail(expected);
        return taken;
    }
    // "(" item *(SP item) ")", or "()"; `item` reads one and fails where there is none.
    template <class Item>
    void parenthesised(Item item) {
        expect('(');
        blanks();
        if (accept(')') || failed()) return;
        do item();
        while (blanks() && peek() != ')');
        expect(')');
    }

    std::string_view atom(std::string_view expected);
    std::string keyword(std::string_view expected);  // an atom in upper case
    std::uint64_t number64(std::string_view expected, std::uint64_t least = 0);  // up to 2^63 - 1
    std::uint32_t number(std::string_view expected, std::uint32_t least = 0);

    bool at_string() const;                         // a quoted string or a literal
    std::string string(std::string_view expected);  // 8-bit octets come as they are; no NUL
    std::string astring(std::string_view expected);
    NString nstring(std::string_view expected);
    std::string message(std::string_view expected);   // a literal or literal8 of any octets
    std::optional<std::uint64_t> streamed_literal();  // the framer's mark of one, if it is there
    std::string mailbox_octets();                     // as they were sent
    std::string mailbox();  // UTF-8; INBOX in any case is "INBOX" (RFC 3501 5.1)
    std::string name_in(std::string_view octets);  // UTF-8, of a name or pattern as it was sent

    SequenceSet sequence_set();
    PartialRange partial_range();
    std::string flag();
    std::chrono::sys_days date();  // RFC 3501 "date": quoted or not
    ZonedSeconds date_time();

  private:
    std::string literal(bool binary);
    std::string quoted();
    std::uint32_t sequence_number();
    std::chrono::sys_days date_text();
    unsigned digits(std::size_t least, std::size_t most, std::string_view expected);

    std::string_view octets_;
    From from_;
    NameForm names_;
    std::size_t position_ = 0;
    std::string error_;
};

}  // namespace mailhold::imap::wire

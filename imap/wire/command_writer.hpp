// Puts a command together: text, and strings in the form they need. With synchronising literals a
// new piece begins behind each announcement, to be sent when the server has asked for it (RFC
// 3501 4.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/command.hpp"
#include "imap/wire/utf8_names.hpp"

namespace mailhold::imap::wire {

class CommandWriter {
  public:
    CommandWriter(LiteralForm form, NameForm names) : form_(form), names_(names) {}

    CommandWriter& text(std::string_view octets);
    CommandWriter& string(std::string_view octets);
    CommandWriter& astring(std::string_view octets);
    CommandWriter& nstring(const NString& value);
    CommandWriter& mailbox(std::string_view utf8_name);
    CommandWriter& pattern(std::string_view utf8_pattern);  // of LIST
    CommandWriter& message(
        std::string_view octets);  // always a literal; literal8 where there is a NUL
    // "(" items with a blank between ")"; `write` writes one.
    template <class Items, class Write>
    CommandWriter& list(const Items& items, Write write) {
        text("(");
        bool first = true;
        for (const auto& item : items) {
            if (!first) text(" ");
            first = false;
            write(item);
        }
        return text(")");
    }
    std::vector<std::string> finish();  // the pieces; the last ends the line

  private:
    CommandWriter& literal(std::string_view octets);

    std::string encoded(std::string_view utf8_name) const;

    LiteralForm form_;
    NameForm names_;
    std::vector<std::string> pieces_{{}};
};

// write_search.cpp
void write_search(CommandWriter& out, const Search& command);
void write_search(CommandWriter& out, const Sort& command);
void write_search(CommandWriter& out, const Thread& command);
void write_search(CommandWriter& out, const MultiSearch& command);
void write_filter(CommandWriter& out, const MailboxFilter& filter);

}  // namespace mailhold::imap::wire

// The pieces of a command: only a synchronising literal begins a new one.
#include "imap/wire/command_writer.hpp"

#include <fmt/format.h>

#include <utility>

#include "imap/wire/encode.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {

CommandWriter& CommandWriter::text(std::string_view octets) {
    pieces_.back() += octets;
    return *this;
}

CommandWriter& CommandWriter::string(std::string_view octets) {
    return can_be_quoted(octets) ? text(quoted_text(octets)) : literal(octets);
}

CommandWriter& CommandWriter::astring(std::string_view octets) {
    return can_be_atom(octets) ? text(octets) : string(octets);
}

CommandWriter& CommandWriter::nstring(const NString& value) {
    return value ? string(*value) : text("NIL");
}

CommandWriter& CommandWriter::mailbox(std::string_view utf8_name) {
    return astring(encoded(utf8_name));
}

CommandWriter& CommandWriter::pattern(std::string_view utf8_pattern) {
    return string(encoded(utf8_pattern));
}

std::string CommandWriter::encoded(std::string_view utf8_name) const {
    return names_ == NameForm::utf8 ? std::string(utf8_name) : to_modified_utf7(utf8_name);
}

CommandWriter& CommandWriter::message(std::string_view octets) {
    if (octets.find('\0') != std::string_view::npos) text("~");
    return literal(octets);
}

CommandWriter& CommandWriter::literal(std::string_view octets) {
    const bool waits = form_ == LiteralForm::synchronising;
    text(fmt::format("{{{}{}}}\r\n", octets.size(), waits ? "" : "+"));
    if (waits) pieces_.emplace_back();
    return text(octets);
}

std::vector<std::string> CommandWriter::finish() {
    text("\r\n");
    return std::move(pieces_);
}

}  // namespace mailhold::imap::wire

// The rendering keeps what a person can read and marks the rest; the mark at the end tells raw
// octets from modified UTF-7 with the same text. Text that holds U+FFFD itself is rendered as raw.
#include "imap/sync/names.hpp"

#include <fmt/format.h>

#include <charconv>

#include "imap/wire/utf7.hpp"

namespace mailhold::imap::sync {
namespace {

constexpr std::string_view mark = "\ufffd";

std::string escaped(unsigned char octet) {
    return fmt::format("{}{:02X}", mark, octet);
}

// How many octets at the front of `octets` are one character to be kept: printable, well-formed
// UTF-8 (RFC 3629, whose judge here is the round trip of the encoder), and not the mark.
std::size_t kept(std::string_view octets) {
    const auto lead = static_cast<unsigned char>(octets.front());
    if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    const auto character = octets.substr(0, length);
    if (character == mark) return 0;
    const auto again = wire::from_modified_utf7(wire::to_modified_utf7(character));
    return again == character ? length : 0;
}

std::string rendered(std::string_view octets) {
    std::string name;
    while (!octets.empty()) {
        const auto length = kept(octets);
        if (length == 0)
            name += escaped(static_cast<unsigned char>(octets.front()));
        else
            name += octets.substr(0, length);
        octets.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return name.append(mark);
}

std::string name_from(const std::string& mailbox, const std::string& spelling) {
    if (!spelling.empty()) return rendered(spelling);
    return mailbox.contains(mark) ? rendered(wire::to_modified_utf7(mailbox)) : mailbox;
}

}  // namespace

std::string name_of(const wire::ListData& listed) {
    return name_from(listed.mailbox, listed.spelling);
}

std::string name_of(const wire::StatusData& status) {
    return name_from(status.mailbox, status.spelling);
}

std::string spelling_of(std::string_view name) {
    std::string octets;
    if (!name.ends_with(mark)) return octets;
    name = readable(name);
    while (!name.empty()) {
        unsigned octet = 0;
        const bool marked = name.starts_with(mark) && name.size() >= mark.size() + 2;
        const auto* digits = name.data() + mark.size();
        if (marked && std::from_chars(digits, digits + 2, octet, 16).ec == std::errc()) {
            octets += static_cast<char>(static_cast<unsigned char>(octet));
            name.remove_prefix(mark.size() + 2);
        } else {
            octets += name.front();
            name.remove_prefix(1);
        }
    }
    return octets;
}

std::string_view readable(std::string_view name) {
    if (name.ends_with(mark)) name.remove_suffix(mark.size());
    return name;
}

}  // namespace mailhold::imap::sync

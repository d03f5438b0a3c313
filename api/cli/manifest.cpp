// Export's formats.
#include "api/cli/manifest.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "api/cli/format.hpp"

namespace mailhold::cli {
namespace {

// Whether a line begins with any number of > and then "From ", which a reader of mboxrd unquotes by
// one.
bool is_from_line(std::string_view line) {
    auto letters = line.find_first_not_of('>');
    return letters != std::string_view::npos && line.substr(letters).starts_with("From ");
}

// Calls `line` for each line of the text with its line end.
template <class Line>
void for_each_line(std::string_view text, Line line) {
    while (!text.empty()) {
        auto size = std::min(text.find('\n'), text.size() - 1) + 1;
        line(text.substr(0, size));
        text.remove_prefix(size);
    }
}

std::string escaped(std::string_view text) {
    std::string result;
    for (char c : text) {
        switch (c) {
            case '\t':
                result += "\\t";
                break;
            case '\n':
                result += "\\n";
                break;
            case '\r':
                result += "\\r";
                break;
            case '\\':
                result += "\\\\";
                break;
            default:
                result += c;
        }
    }
    return result;
}

}  // namespace

std::string mbox_entry(std::string_view octets, const ZonedSeconds& date) {
    // RFC 4155: the separator's time is UTC in asctime's form.
    std::string entry = fmt::format("From mailhold {:%a %b %e %H:%M:%S %Y}\n",
                                    fmt::gmtime(date.utc.time_since_epoch().count()));
    for_each_line(octets, [&](std::string_view line) {
        if (is_from_line(line)) entry += '>';
        entry += line;
    });
    if (!octets.ends_with('\n')) entry += '\n';
    return entry + '\n';
}

std::string from_mbox(std::string_view entry, std::size_t size) {
    std::string octets;
    for_each_line(entry, [&](std::string_view line) {
        octets += line.starts_with('>') && is_from_line(line) ? line.substr(1) : line;
    });
    octets.resize(std::min(size, octets.size()));
    return octets;
}

std::string file_name(std::string_view name) {
    constexpr std::size_t longest = 200;
    std::string safe;
    for (char c : name) {
        bool special = static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
                       std::string_view("/\\%:*?\"<>|").contains(c) || (c == '.' && safe.empty());
        safe += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
    }
    // A name that is too long keeps its beginning, and its digest keeps it apart from others.
    if (safe.size() > longest)
        safe = safe.substr(0, longest - 20) + "%" + to_hex(sha256(name)).substr(0, 16);
    return safe.empty() ? "%" : safe;
}

std::string manifest_row(const store::StoredMessage& message, std::string_view file,
                         const store::Location& location) {
    std::string flags;
    for (const auto& flag : location.flags) flags += (flags.empty() ? "" : " ") + flag;
    return fmt::format(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", to_hex(message.digest), message.size,
        escaped(file), escaped(location.generation.account), escaped(location.generation.mailbox),
        number(location.generation.uidvalidity), number(location.uid),
        date_text(location.internal_date), escaped(flags), location.vanished ? "gone" : "present");
}

}  // namespace mailhold::cli

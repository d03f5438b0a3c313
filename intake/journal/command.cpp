// A recipient is an address of ours, and must be one. A sender is taken as it is, be it no address at
// all (RFC 5321 4.1.2, RFC 6531 3.5 would refuse it): an archive that does has lost the mail. Only
// control characters are refused, in any line.
#include "intake/journal/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "indexer/mime/charset.hpp"

namespace mailhold::intake::journal {
namespace {

constexpr std::size_t longest_name = 255;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// What follows `prefix`, which is in lower case; case does not matter.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
    if (lower_ascii(text.substr(0, prefix.size())) != prefix) return std::nullopt;
    return text.substr(prefix.size());
}

struct Path {
    std::string address;
    std::string_view rest;  // after the ">"
};

// RFC 5321 4.1.2. Outside a quoted local part ">" ends it; in one "\" takes the next octet.
std::optional<Path> parse_path(std::string_view text) {
    text = trimmed(text);  // some write "FROM: <...>"
    if (!text.starts_with('<')) return std::nullopt;
    bool quoted = false;
    std::size_t end = 1;
    for (; end < text.size() && (quoted || text[end] != '>'); ++end) {
        if (text[end] == '"') quoted = !quoted;
        if (quoted && text[end] == '\\') ++end;
        if (!quoted && (text[end] == ' ' || text[end] == '<')) return std::nullopt;
    }
    if (end >= text.size()) return std::nullopt;
    auto address = text.substr(1, end - 1);
    if (address.starts_with('@')) {  // appendix C: a source route is passed over
        const auto colon = address.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        address.remove_prefix(colon + 1);
        if (address.empty()) return std::nullopt;
    }
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(' ')) return std::nullopt;
    if (address.starts_with('@') || address.ends_with('@')) return std::nullopt;
    return Path{std::string(address), rest};
}

// What stands between "<" and the first ">" that may end it; without "<", the first word.
std::optional<Path> parse_odd_path(std::string_view text) {
    text = trimmed(text);
    const bool bare = !text.starts_with('<');
    if (!bare) text.remove_prefix(1);
    auto end = bare ? std::min(text.find(' '), text.size()) : text.find('>');
    while (!bare && end < text.size() && end + 1 < text.size() && text[end + 1] != ' ')
        end = text.find('>', end + 1);
    if (end > text.size() || (bare && end == 0)) return std::nullopt;
    return Path{std::string(text.substr(0, end)), text.substr(std::min(end + 1, text.size()))};
}

// As a record tells it apart from any other.
std::string escaped(const std::string& address) {
    if (indexer::mime::is_utf8(address)) return address;
    std::string text;
    for (const char c : address) {
        const auto octet = static_cast<unsigned char>(c);
        text += octet < 0x80 ? std::string(1, c) : fmt::format("\\x{:02X}", octet);
    }
    return text;
}

// Calls `take` with each "KEY=value" or "KEY"; false where it refused one.
template <class Take>
bool each_parameter(std::string_view text, const Take& take) {
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        const auto equals = std::min(word.find('='), word.size());
        const auto value = equals < word.size() ? word.substr(equals + 1) : std::string_view();
        if (!take(lower_ascii(word.substr(0, equals)), value)) return false;
        text.remove_prefix(end);
    }
    return true;
}

std::optional<std::uint64_t> parse_size(std::string_view digits) {
    std::uint64_t size = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (digits.empty() || digits.size() > 20 || end != digits.data() + digits.size())
        return std::nullopt;
    return problem == std::errc{} ? std::optional(size) : ~std::uint64_t{0};
}

Command parse_mail(std::string_view text) {
    auto path = parse_path(text);
    if (!path) path = parse_odd_path(text);
    if (!path) return Wrong{"501 5.1.7 Write MAIL FROM:<address>"};
    MailFrom mail{.sender = escaped(path->address), .size = {}, .utf8 = false};
    std::string wrong;
    const bool known = each_parameter(path->rest, [&](const std::string& key, auto value) {
        if (key == "size") {
            mail.size = parse_size(value);
            return mail.size.has_value();
        }
        if (key == "body") {  // RFC 6152
            const auto body = lower_ascii(value);
            return body == "7bit" || body == "8bitmime";
        }
        mail.utf8 = mail.utf8 || key == "smtputf8";
        return key == "smtputf8" && value.empty();
    });
    // RFC 5321 4.1.1.11
    if (!known) return Wrong{"555 5.5.4 Known here are SIZE, BODY=7BIT, BODY=8BITMIME, SMTPUTF8"};
    return mail;
}

Command parse_rcpt(std::string_view text) {
    const auto path = parse_path(text);
    if (!path || path->address.empty()) return Wrong{"501 5.1.3 Write RCPT TO:<address>"};
    if (!trimmed(path->rest).empty()) return Wrong{"555 5.5.4 No parameters are known here"};
    return RcptTo{path->address};
}

Command parse_hello(Hello::Verb verb, std::string_view text) {
    const auto name = trimmed(text);
    if (name.empty() || name.size() > longest_name)
        return Wrong{"501 5.5.4 Say who you are: a host's name"};
    return Hello{verb, std::string(name)};
}

Command parse_plain(Plain command, std::string_view rest) {
    const bool takes_text =
        command == Plain::noop || command == Plain::help || command == Plain::vrfy;
    if (!takes_text && !trimmed(rest).empty()) return Wrong{"501 5.5.4 Nothing may follow"};
    return command;
}

}  // namespace

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

Command parse_command(std::string_view line) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
    };
    const Wrong strange{"500 5.5.2 Octets that no command holds"};
    if (std::ranges::any_of(line, is_control)) return strange;
    if (const auto rest = after(line, "mail from:")) return parse_mail(*rest);
    if (!indexer::mime::is_utf8(line)) return strange;
    if (const auto rest = after(line, "rcpt to:")) return parse_rcpt(*rest);
    const auto verb_end = std::min(line.find(' '), line.size());
    const auto verb = lower_ascii(line.substr(0, verb_end));
    const auto rest = line.substr(verb_end);
    using enum Hello::Verb;
    for (const auto& [name, hello] : {std::pair{"helo", helo}, {"ehlo", ehlo}, {"lhlo", lhlo}})
        if (verb == name) return parse_hello(hello, rest);
    static constexpr std::array<std::pair<std::string_view, Plain>, 7> plain{
        {{"data", Plain::data},
         {"rset", Plain::rset},
         {"noop", Plain::noop},
         {"quit", Plain::quit},
         {"help", Plain::help},
         {"vrfy", Plain::vrfy},
         {"starttls", Plain::starttls}}};
    for (const auto& [name, command] : plain)
        if (verb == name) return parse_plain(command, rest);
    if (verb == "mail" || verb == "rcpt")
        return Wrong{"501 5.5.4 Write MAIL FROM:<address>, or RCPT TO:<address>"};
    return Wrong{"500 5.5.1 Not a command of this server"};
}

}  // namespace mailhold::intake::journal

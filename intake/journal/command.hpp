// One command line of LMTP or SMTP (RFC 5321 4.1, RFC 2033 4.1), parsed into a value or into the reply
// that says what is wrong with it. No state: what may come when is the session's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mailhold::intake::journal {

struct Hello {
    enum class Verb { helo, ehlo, lhlo };
    Verb verb = Verb::helo;
    std::string name;  // as the client calls itself
    bool operator==(const Hello&) const = default;
};
struct MailFrom {
    std::string sender;                 // empty: <>; octets that are no UTF-8 as "\\xEE"
    std::optional<std::uint64_t> size;  // RFC 1870
    bool utf8 = false;                  // RFC 6531
    bool operator==(const MailFrom&) const = default;
};
struct RcptTo {
    std::string recipient;
    bool operator==(const RcptTo&) const = default;
};
enum class Plain { data, rset, noop, quit, help, vrfy, starttls };
struct Wrong {
    std::string reply;  // without CR LF
    bool operator==(const Wrong&) const = default;
};
using Command = std::variant<Hello, MailFrom, RcptTo, Plain, Wrong>;

// `line` is without its CR LF. Total: any octets give one of them.
Command parse_command(std::string_view line);

bool is_ascii(std::string_view text);
std::string lower_ascii(std::string_view text);

}  // namespace mailhold::intake::journal

// Arguments of AUTHENTICATE, LOGIN, ENABLE, ID and COMPRESS. An error never repeats what was read: it may be
// a password.
#include "imap/wire/base64.hpp"
#include "imap/wire/characters.hpp"
#include "imap/wire/command_parser.hpp"

namespace mailhold::imap::wire {

Authenticate parse_authenticate(Cursor& in) {
    in.space();
    Authenticate command;
    command.mechanism = in.keyword("a SASL mechanism");
    if (!in.more()) return command;
    const auto text = in.take_some(is_base64_char, "base64");
    // RFC 4959 3: an initial response without octets is a single "=".
    command.initial_response = text == "=" ? std::string() : from_base64(text);
    if (!command.initial_response) in.fail("canonical base64");
    return command;
}

Login parse_login(Cursor& in) {
    Login command;
    in.space();
    command.user = in.astring("a user name");
    in.space();
    command.password = in.astring("a password");
    return command;
}

Enable parse_enable(Cursor& in) {
    Enable command;
    in.space();
    do command.capabilities.push_back(in.keyword("a capability"));
    while (in.more());
    return command;
}

Id parse_id(Cursor& in) {
    Id command;
    in.space();
    if (in.accept_word("NIL")) return command;
    in.parenthesised([&] {
        auto name = in.string("a field name");
        in.space();
        command.fields.emplace_back(std::move(name), in.nstring("a string or NIL"));
    });
    return command;
}

Compress parse_compress(Cursor& in) {
    in.space();
    const auto start = in.position();
    if (in.keyword("a compression mechanism") != "DEFLATE")
        in.refuse_at(start, "unknown compression mechanism");
    return {};
}

}  // namespace mailhold::imap::wire

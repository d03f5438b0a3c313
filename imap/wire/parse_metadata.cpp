// Arguments of GETMETADATA and SETMETADATA (RFC 5464 5), and of the return option of LIST (RFC 9590).
#include "imap/wire/command_parser.hpp"

namespace mailhold::imap::wire {
namespace {

std::string entry(Cursor& in) {
    return in.astring("an entry's name");
}

void options(Cursor& in, GetMetadata& command) {
    in.parenthesised([&] {
        if (in.accept_word("MAXSIZE")) {
            in.space();
            command.max_size = in.number64("a size");
            return;
        }
        if (!in.accept_word("DEPTH")) in.fail("MAXSIZE or DEPTH");
        in.space();
        if (in.accept_word("infinity"))
            command.depth = GetMetadata::Depth::infinity;
        else if (in.accept('1'))
            command.depth = GetMetadata::Depth::one;
        else if (!in.accept('0'))
            in.fail("0, 1 or infinity");
    });
}

}  // namespace

std::vector<std::string> parse_metadata_entries(Cursor& in) {
    if (in.peek() != '(') return {entry(in)};
    std::vector<std::string> entries;
    in.parenthesised([&] { entries.push_back(entry(in)); });
    if (entries.empty()) in.fail("at least one entry");
    return entries;
}

// The grammar has the options before the mailbox, the RFC's own examples behind it: both are taken.
GetMetadata parse_get_metadata(Cursor& in) {
    GetMetadata command;
    in.space();
    const bool first = in.peek() == '(';
    if (first) {
        options(in, command);
        in.space();
    }
    command.mailbox = in.mailbox();
    in.space();
    if (!first && (in.at("(MAXSIZE ") || in.at("(DEPTH "))) {
        options(in, command);
        in.space();
    }
    command.entries = parse_metadata_entries(in);
    return command;
}

SetMetadata parse_set_metadata(Cursor& in) {
    SetMetadata command;
    command.mailbox = parse_mailbox(in);
    in.space();
    in.parenthesised([&] {
        auto name = entry(in);
        in.space();
        command.values.emplace_back(std::move(name), in.nstring("a value or NIL"));
    });
    if (command.values.empty()) in.fail("at least one entry");
    return command;
}

}  // namespace mailhold::imap::wire

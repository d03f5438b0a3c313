// Arguments of LIST, with the extended syntax of RFC 5258 and the STATUS return option of RFC 5819,
// and of LSUB.
#include "imap/wire/characters.hpp"
#include "imap/wire/command_parser.hpp"

namespace mailhold::imap::wire {
namespace {

// list-mailbox: a bare pattern may hold wildcards, and is a name in modified UTF-7 otherwise.
std::string pattern(Cursor& in) {
    constexpr std::string_view expected = "a mailbox name or pattern";
    if (in.at_string()) return in.name_in(in.string(expected));
    return in.name_in(in.take_some(is_list_char, expected));
}

void return_options(Cursor& in, List& command) {
    in.parenthesised([&] {
        auto option = in.keyword("a return option");
        if (option == "STATUS") {
            in.space();
            command.status = parse_status_items(in);
        } else if (option == "METADATA") {
            in.space();
            command.metadata = parse_metadata_entries(in);
        } else {
            command.returns.push_back(std::move(option));
        }
    });
}

std::string reference(Cursor& in) {
    return in.name_in(in.astring("a reference name"));
}

}  // namespace

List parse_list(Cursor& in) {
    List command;
    in.space();
    if (in.peek() == '(') {
        command.extended = true;
        in.parenthesised([&] { command.selection.push_back(in.keyword("a selection option")); });
        in.space();
    }
    command.reference = reference(in);
    in.space();
    if (in.peek() == '(') {
        command.extended = true;
        in.parenthesised([&] { command.patterns.push_back(pattern(in)); });
        if (command.patterns.empty()) in.fail("at least one pattern");
    } else {
        command.patterns.push_back(pattern(in));
    }
    if (in.more()) {
        command.extended = true;
        if (in.keyword("RETURN") != "RETURN") in.fail("RETURN");
        in.space();
        return_options(in, command);
    }
    return command;
}

List parse_lsub(Cursor& in) {
    List command;
    command.lsub = true;
    in.space();
    command.reference = reference(in);
    in.space();
    command.patterns.push_back(pattern(in));
    return command;
}

}  // namespace mailhold::imap::wire

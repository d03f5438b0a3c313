// Arguments of the commands of access control (RFC 4314 5).
#include "imap/wire/command_parser.hpp"

namespace mailhold::imap::wire {
namespace {

std::string identifier(Cursor& in) {
    in.space();
    return in.astring("an identifier");
}

}  // namespace

SetAcl parse_set_acl(Cursor& in) {
    SetAcl command{.mailbox = parse_mailbox(in), .identifier = identifier(in), .rights = {}};
    in.space();
    command.rights = in.astring("rights");
    if (command.rights.starts_with('+') || command.rights.starts_with('-')) {
        command.sign = command.rights.front();
        command.rights.erase(0, 1);
    }
    return command;
}

DeleteAcl parse_delete_acl(Cursor& in) {
    return {.mailbox = parse_mailbox(in), .identifier = identifier(in)};
}

ListRights parse_list_rights(Cursor& in) {
    return {.mailbox = parse_mailbox(in), .identifier = identifier(in)};
}

}  // namespace mailhold::imap::wire

// SETACL, DELETEACL, GETACL, LISTRIGHTS and MYRIGHTS (RFC 4314): who may do what in a workspace.
// The lists of mailboxes that follow an origin are the configuration's, and not shown here.
#include <fmt/format.h>

#include "imap/server/commands/commands.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

// RFC 4314 2.1.1: with the letters of RFC 2086 for what is a part of them.
std::string shown(std::string_view rights) {
    std::string text(rights);
    if (store::has(rights, 'k') || store::has(rights, 'x')) text += 'c';
    if (store::has(rights, 't') || store::has(rights, 'e')) text += 'd';
    return text;
}

std::string pair(std::string_view identifier, std::string_view rights) {
    return fmt::format(" {} {}", wire::astring_text(identifier), wire::astring_text(shown(rights)));
}

std::string name_text(const State& state, const std::string& mailbox) {
    return wire::mailbox_text(mailbox, state.enabled.names());
}

Reply change(State& state, const std::string& name, const std::string& identifier,
             const store::Workspaces::Grant& grant) {
    if (!store::is_identifier(identifier)) return bad("This is no identifier");
    const auto mailbox = find_mailbox(state, name, 'a');
    if (!mailbox) return mailbox.error();
    const auto done =
        state.backend.workspaces.grant(actor(*state.user), mailbox->id, identifier, grant);
    if (done) return ok("Changed");
    if (done.error().code == Errc::invalid) return no("CANNOT", "The owner has all rights");
    return failed(done.error());
}

}  // namespace

std::string my_rights_text(const State& state, const std::string& mailbox,
                           std::string_view rights) {
    return fmt::format("* MYRIGHTS {} {}\r\n", name_text(state, mailbox),
                       wire::astring_text(shown(rights)));
}

Reply run(State& state, const wire::SetAcl& command, Output&) {
    using How = store::Workspaces::Grant::How;
    const auto rights = store::rights_named(command.rights);
    if (!rights) return bad("There is no such right");
    const How how = command.sign == '+'   ? How::add
                    : command.sign == '-' ? How::remove
                                          : How::replace;
    return change(state, command.mailbox, command.identifier, {how, *rights});
}

Reply run(State& state, const wire::DeleteAcl& command, Output&) {
    return change(state, command.mailbox, command.identifier, {});
}

Reply run(State& state, const wire::GetAcl& command, Output& out) {
    const auto mailbox = find_mailbox(state, command.mailbox, 'a');
    if (!mailbox) return mailbox.error();
    std::string text =
        "* ACL " + name_text(state, command.mailbox) + pair(mailbox->owner, store::all_rights);
    for (const auto& [identifier, rights] : mailbox->acl) text += pair(identifier, rights);
    out.add(text + "\r\n");
    return ok("These are its rights");
}

// No right is tied to another; the owner has them all whatever the list says.
Reply run(State& state, const wire::ListRights& command, Output& out) {
    if (!store::is_identifier(command.identifier)) return bad("This is no identifier");
    const auto mailbox = find_mailbox(state, command.mailbox, 'a');
    if (!mailbox) return mailbox.error();
    std::string text = fmt::format("* LISTRIGHTS {} {}", name_text(state, command.mailbox),
                                   wire::astring_text(command.identifier));
    const bool owner = command.identifier == mailbox->owner;
    text += " " + (owner ? shown(store::all_rights) : std::string("\"\""));
    for (const char right : shown(store::all_rights)) {
        if (!owner) text.append(" ").push_back(right);
    }
    out.add(text + "\r\n");
    return ok("These can be given");
}

Reply run(State& state, const wire::MyRights& command, Output& out) {
    const auto known = find_known(state, command.mailbox);
    if (!known) return known.error();
    out.add(my_rights_text(state, command.mailbox, known->rights));
    return ok("These are yours");
}

}  // namespace mailhold::imap::server

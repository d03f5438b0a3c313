// What would change the archive is refused, with the reason: its mailboxes follow their origin, and
// nothing else.
#include "imap/server/commands.hpp"

namespace mailhold::imap::server {
namespace {

// RFC 5530: a NO that trying again, or creating the mailbox, will not mend.
Answer refuse(std::string text) {
    return no("NOPERM", std::move(text));
}

}  // namespace

Reply run(State&, const wire::Create&, Output&) {
    return refuse("The archive is read-only: mailboxes are made at the origin");
}
Reply run(State&, const wire::Delete&, Output&) {
    return refuse("The archive is read-only: nothing is deleted from it");
}
Reply run(State&, const wire::Rename&, Output&) {
    return refuse("The archive is read-only: mailboxes are renamed at the origin");
}
Reply run(State&, const wire::Append&, Output&) {
    return refuse("The archive is read-only: messages come from the origin");
}
Reply run(State&, const wire::Store&, Output&) {
    return refuse("The archive is read-only: flags are those of the origin");
}
Reply run(State&, const wire::Copy&, Output&) {
    return refuse("The archive is read-only: messages are copied at the origin");
}
Reply run(State&, const wire::Expunge&, Output&) {
    return refuse("The archive is read-only: nothing is deleted from it");
}

// Capabilities that are not offered. RFC 4978 3 lets a server refuse; RFC 5465 6.1: there is nothing to be told of.
Reply run(State&, const wire::Compress&, Output&) {
    return no("CANNOT", "Compression is not offered here");
}
Reply run(State&, const wire::Notify&, Output&) {
    return no("CANNOT", "Notifications are not offered here");
}

}  // namespace mailhold::imap::server

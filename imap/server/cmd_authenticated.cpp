// ENABLE, NAMESPACE, SUBSCRIBE, UNSUBSCRIBE.
#include "imap/server/commands.hpp"

namespace mailhold::imap::server {

// RFC 5161 3.1: what is unknown is ignored, and nothing we have needs enabling. mutt enables
// UTF8=ACCEPT without being offered it, and gives up unless this is OK.
Reply run(State&, const wire::Enable&, Output& out) {
    out.add("* ENABLED\r\n");
    return ok("Nothing to enable");
}

Reply run(State&, const wire::Namespace&, Output& out) {  // RFC 2342
    out.add("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
    return ok("All names are personal");
}

// An archive shows all it has: every mailbox counts as subscribed, and stays so.
Reply run(State&, const wire::Subscribe&, Output&) {
    return ok("All mailboxes are subscribed");
}
Reply run(State&, const wire::Unsubscribe&, Output&) {
    return ok("All mailboxes stay subscribed");
}

}  // namespace mailhold::imap::server

// ENABLE, NAMESPACE, SUBSCRIBE, UNSUBSCRIBE.
#include <algorithm>

#include "imap/server/commands.hpp"

namespace mailhold::imap::server {

// RFC 5161 3.1: what is unknown, or enabled already, is passed over. mutt enables UTF8=ACCEPT
// without being offered it, and gives up unless this is OK.
Reply run(State& state, const wire::Enable& command, Output& out) {
    Enabled& enabled = state.enabled;
    std::string text = "* ENABLED";
    const auto enable = [&](std::string_view name, bool& on) {
        if (on || std::ranges::find(command.capabilities, name) == command.capabilities.end())
            return;
        on = true;
        text.append(" ").append(name);
    };
    enable("CONDSTORE", enabled.condstore);
    enable("QRESYNC", enabled.qresync);
    enabled.condstore = enabled.condstore || enabled.qresync;  // RFC 7162 3.2.3
    out.add(text + "\r\n");
    return ok("Enabled");
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

// ENABLE, NAMESPACE and COMPRESS.
#include <algorithm>

#include "imap/server/ascii.hpp"
#include "imap/server/commands/commands.hpp"

namespace mailhold::imap::server {

// RFC 5161 3.1: what is unknown, or enabled already, is passed over.
Reply run(State& state, const wire::Enable& command, Output& out) {
    Enabled& enabled = state.enabled;
    std::string text = "* ENABLED";
    const auto enable = [&](std::string_view name, bool& on) {
        const auto asked = [&](const std::string& each) { return equal_ignoring_case(each, name); };
        if (on || std::ranges::none_of(command.capabilities, asked)) return;
        on = true;
        text.append(" ").append(name);
    };
    enable("CONDSTORE", enabled.condstore);
    enable("QRESYNC", enabled.qresync);
    enable("UTF8=ACCEPT", enabled.utf8);
    enable("IMAP4rev2", enabled.rev2);
    enable("UIDONLY", enabled.uid_only);
    enabled.condstore = enabled.condstore || enabled.qresync;  // RFC 7162 3.2.3
    if (enabled.uid_only && state.selected)  // their numbers mean nothing to the client from now on
        std::erase_if(state.selected->contexts, [](const SearchContext& context) {
            return context.search.kind == wire::NumberKind::sequence;
        });
    out.add(text + "\r\n");
    return ok("Enabled");
}

Reply run(State&, const wire::Namespace&, Output& out) {  // RFC 2342
    out.add("* NAMESPACE ((\"\" \"/\")) ((\"Other users/\" \"/\")) NIL\r\n");
    return ok("These are the roots of names");
}

Reply run(State& state, const wire::Compress&, Output&) {
    if (!state.channel.compression_offered) return no("CANNOT", "Compression is not offered here");
    // RFC 4978 3: one layer is enough.
    if (state.channel.compressed) return no("COMPRESSIONACTIVE", "The line is compressed already");
    state.awaiting = Awaiting::compression;
    return ok("Compressed from here on");
}

}  // namespace mailhold::imap::server

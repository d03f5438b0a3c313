// THREAD and UID THREAD (RFC 5256).
#include "imap/server/commands/commands.hpp"
#include "imap/server/search/command.hpp"
#include "imap/server/search/gather.hpp"
#include "imap/server/search/order.hpp"
#include "imap/server/search/threads.hpp"

namespace mailhold::imap::server {
namespace {

std::string threads_of(const Gathered& gathered, Threading algorithm, wire::NumberKind kind) {
    std::vector<ThreadMessage> messages;
    for (std::size_t i = 0; i < gathered.places.size(); ++i) {
        const auto place = gathered.places[i];
        const auto& entry = gathered.mailbox->entries[place];
        const auto& facts = *gathered.facts[i];
        messages.push_back({kind == wire::NumberKind::uid ? number(entry.uid) : place + 1,
                            sent_date(entry, facts), &facts,
                            gathered.links.empty() ? nullptr : gathered.links[i].get()});
    }
    return threads_text(algorithm, messages);
}

}  // namespace

Reply run(State& state, const wire::Thread& command, Output&) {
    const auto algorithm = threading(command.algorithm);
    if (!algorithm) return bad("Unknown threading algorithm");
    const Wanted wanted{
        .order = true, .links = *algorithm != Threading::ordered_subject, .rank_by = {}};
    const auto threaded = [algorithm = *algorithm, kind = command.search.kind](
                              Gathered& gathered, Output& out) -> Reply {
        const auto threads = threads_of(gathered, algorithm, kind);
        out.add(threads.empty() ? "* THREAD\r\n" : "* THREAD " + threads + "\r\n");
        return ok("Threaded");
    };
    return search_selected(
        state, command.search, {}, [&state, wanted, threaded](Places found, Output&) {
            return gather_then(state, wanted, state.selected->snapshot, std::move(found), threaded);
        });
}

}  // namespace mailhold::imap::server

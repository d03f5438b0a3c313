// COPY, MOVE and EXPUNGE (RFC 3501 6.4.3, 6.4.7, RFC 6851) with UIDPLUS's answers (RFC 4315). A copy
// is a reference to the same archived octets.
#include <fmt/format.h>

#include <algorithm>

#include "imap/server/accesses.hpp"
#include "imap/server/commands/commands.hpp"
#include "imap/server/commands/limit.hpp"
#include "imap/server/mailbox/rows_ahead.hpp"
#include "imap/server/search/command.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

using store::Workspaces;

Result<std::vector<Workspaces::Leaving>> read(const State& state,
                                              const std::vector<std::uint32_t>& places) {
    const auto& view = *state.selected->snapshot;
    const auto& archive = state.backend.archive;
    RowsAhead<store::StoredMessage> rows;
    std::vector<Workspaces::Leaving> messages;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& entry = view.entries[places[i]];
        const auto row = rows.row(i, places, view,
                                  [&](const auto& numbers) { return archive.messages(numbers); });
        if (!row) return std::unexpected(row.error());
        const auto* stored = *row;
        if (!stored) return fail(Errc::not_found, "the catalog lacks a message");
        messages.push_back(
            {entry.uid, {stored->digest, entry.internal_date, view.flags_of(entry)}});
    }
    return messages;
}

wire::ResponseCode copy_uid(const Workspaces::Stood& stood) {
    const auto first = number(stood.first);
    const auto count = static_cast<std::uint32_t>(stood.sources.size());
    return {"COPYUID", fmt::format("{} {} {}", number(stood.uidvalidity),
                                   wire::set_text(set_of(stood.sources)),
                                   wire::set_text({{first, first + count - 1}}))};
}

Answer copied(State& state, MailboxId target, std::vector<Workspaces::Leaving> messages) {
    std::vector<Uid> sources;
    std::vector<store::Filed::Message> copies;
    for (auto& message : messages) {
        sources.push_back(message.uid);
        copies.push_back(std::move(message.message));
    }
    auto stood = state.backend.workspaces.copy(actor(*state.user), target, std::move(copies));
    if (!stood) return failed(stood.error());
    stood->sources = std::move(sources);
    return {wire::Condition::ok, copy_uid(*stood), "Copied"};
}

Answer moved(State& state, MailboxId target, std::vector<Workspaces::Leaving> messages,
             Output& out) {
    const auto stood = state.backend.workspaces.move(actor(*state.user), state.selected->mailbox,
                                                     target, std::move(messages));
    if (!stood) return failed(stood.error());
    state.expunged = true;
    // RFC 6851 4.3: ahead of the expunges.
    if (!stood->sources.empty())
        out.add(
            wire::write(wire::StatusResponse{"*", wire::Condition::ok, copy_uid(*stood), "Moved"}));
    return ok("Moved");
}

}  // namespace

Reply run(State& state, const wire::Copy& command, Output& out) {
    if (command.move) {
        for (const char right : {'t', 'e'}) {  // RFC 6851 4.4
            if (auto refused = refused_without(state, right)) return refused;
        }
    }
    const auto target = find_workspace(state, command.mailbox);
    if (!target) return target.error();
    const std::size_t all = state.selected->snapshot->entries.size();
    if (command.kind == wire::NumberKind::sequence && names_too_much(command.numbers, all))
        return bad("There are not so many messages");
    const auto places = named_places(state, command.numbers, command.kind);
    if (places.empty()) return ok("Nothing to copy");
    if (auto refused = too_many(state, places.size())) return refused;
    if (places.size() > Workspaces::most_at_once) return no("LIMIT", "Too many at once");
    const auto what = (command.move ? "MOVE to " : "COPY to ") + command.mailbox;
    if (auto unrecorded = note_messages(state, What::copy, places, what)) return unrecorded;
    auto messages = read(state, places);
    if (!messages) return failed(messages.error());
    if (command.move) return moved(state, target->id, std::move(*messages), out);
    return copied(state, target->id, std::move(*messages));
}

Result<std::optional<wire::ResponseCode>> expunge(State& state,
                                                  const std::optional<wire::SequenceSet>& set) {
    const auto newest = view_of(state, state.selected->mailbox);
    if (!newest) return std::unexpected(newest.error());
    const auto& view = **newest;
    const auto wanted =
        set ? resolve(*set == wire::saved_result ? set_of(state.selected->saved) : *set,
                      wire::NumberKind::uid, view)
            : wire::SequenceSet{};
    Places places;
    for (std::uint32_t place = 0; place < view.entries.size(); ++place) {
        const auto& entry = view.entries[place];
        const auto& flags = view.flags_of(entry);
        if (std::ranges::find(flags, "\\Deleted") == flags.end()) continue;
        if (!set || contains(wanted, number(entry.uid))) places.push_back(place);
    }
    std::optional<wire::ResponseCode> cut;
    if (set) cut = server::cut(state, view, places);
    if (places.empty()) return cut;
    std::vector<Uid> uids;
    for (const auto place : places) uids.push_back(view.entries[place].uid);
    const auto done =
        state.backend.workspaces.expunge(actor(*state.user), state.selected->mailbox, uids);
    if (!done) return std::unexpected(done.error());
    return cut;
}

Reply run(State& state, const wire::Expunge& command, Output& out) {
    if (auto refused = refused_without(state, 'e')) return refused;
    const auto cut = expunge(state, command.uids);
    if (!cut) return failed(cut.error());
    state.expunged = true;
    if (!state.enabled.qresync) return cut_short(ok("Expunged"), *cut, out);
    const auto newest = view_of(state, state.selected->mailbox);
    if (!newest) return failed(newest.error());
    return cut_short({wire::Condition::ok,  // RFC 7162 3.2.7
                      wire::ResponseCode{"HIGHESTMODSEQ",
                                         fmt::to_string(number((*newest)->mailbox.highest_modseq))},
                      "Expunged"},
                     *cut, out);
}

}  // namespace mailhold::imap::server

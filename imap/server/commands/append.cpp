// APPEND (RFC 3501 6.3.11) of one or more messages (RFC 3502) to a workspace, and REPLACE of one by
// another (RFC 8508), with UIDPLUS's answer (RFC 4315 3). What they bring is archived like everything
// else, byte for byte, before it is OK.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "imap/server/accesses.hpp"
#include "imap/server/commands/commands.hpp"
#include "imap/server/commands/limit.hpp"
#include "imap/server/dispatch.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

using Incoming = std::vector<store::Workspaces::Incoming>;

// The messages' octets: those that the framer handed out follow each other in `literals`.
std::optional<std::vector<Blob>> octets_of(std::span<const wire::Append::Message> messages,
                                           const Blob& literals) {
    std::vector<Blob> all;
    std::size_t offset = 0;
    for (const auto& message : messages) {
        if (!message.streamed) {
            all.emplace_back(message.octets);
            continue;
        }
        if (*message.streamed > literals.size() - offset) return std::nullopt;
        all.push_back(literals.part(offset, *message.streamed));
        offset += *message.streamed;
    }
    return all;
}

std::expected<Incoming, Answer> incoming(const State& state,
                                         std::span<const wire::Append::Message> told) {
    if (!state.literals) return std::unexpected(failed(state.literals.error()));
    auto octets = octets_of(told, *state.literals);
    if (!octets) return std::unexpected(bad("A message is missing"));
    const ZonedSeconds now{std::chrono::floor<std::chrono::seconds>(utc_now()), 0};
    Incoming messages;
    for (std::size_t i = 0; i < octets->size(); ++i) {
        if (auto wrong = wrong_flags(told[i].flags)) return std::unexpected(*wrong);
        // RFC 3502 6.3.11: the client thought better of it.
        if ((*octets)[i].size() == 0)
            return std::unexpected(no("CANNOT", "A message is empty: nothing was stored"));
        // Also with octets in its header that are not ASCII, which RFC 6855 4 would have refused
        // before an ENABLE: mail is full of them, and an archive keeps what it is given.
        messages.push_back({std::move((*octets)[i]), told[i].date.value_or(now), told[i].flags});
    }
    return messages;
}

std::string stood_text(const store::Workspaces::Stood& stood, std::size_t count) {
    const auto first = number(stood.first);
    return wire::set_text({{first, first + static_cast<std::uint32_t>(count) - 1}});
}

wire::ResponseCode append_uid(const store::Workspaces::Stood& stood, std::size_t count) {
    return {"APPENDUID", fmt::format("{} {}", number(stood.uidvalidity), stood_text(stood, count))};
}

}  // namespace

Reply refused_ahead(const State& state, const wire::CommandBody& command) {
    const auto* append = std::get_if<wire::Append>(&command);
    const auto* replace = std::get_if<wire::Replace>(&command);
    if (!append && !replace) return std::nullopt;
    if (auto wrong = wrong_state(rule_of(command).needs, state.stage)) return wrong;
    const auto target = find_workspace(state, append ? append->mailbox : replace->mailbox);
    if (!target) return target.error();
    return append ? too_many(state, append->messages.size()) : std::nullopt;
}

Reply run(State& state, const wire::Append& command, Output&) {
    const auto workspace = find_workspace(state, command.mailbox);
    if (!workspace) return workspace.error();
    if (auto refused = too_many(state, command.messages.size())) return refused;
    auto messages = incoming(state, command.messages);
    if (!messages) return messages.error();
    const auto count = messages->size();
    const auto stood =
        state.backend.workspaces.append(actor(*state.user), workspace->id, std::move(*messages));
    if (!stood) return failed(stood.error());
    // Nothing was shown, and what was stored is: no reason to take the OK back.
    std::ignore = note(state, What::append, command.mailbox, stood_text(*stood, count));
    return Answer{wire::Condition::ok, append_uid(*stood, count), "Archived"};
}

Reply run(State& state, const wire::Replace& command, Output& out) {
    for (const char right : {'t', 'e'}) {  // as the STORE and EXPUNGE that it stands for
        if (auto refused = refused_without(state, right)) return refused;
    }
    const wire::SequenceSet set{{command.replaced, command.replaced}};
    const auto places = server::places(set, command.kind, *state.selected->snapshot);
    const bool there = command.replaced == wire::star ||
                       !names_too_much(set, state.selected->snapshot->entries.size());
    if (command.kind == wire::NumberKind::sequence && (!there || places.empty()))
        return bad("There are not so many messages");
    if (places.empty()) return no("NONEXISTENT", "There is no message of this UID");
    const auto target = find_workspace(state, command.mailbox);
    if (!target) return target.error();
    auto messages = incoming(state, {&command.message, 1});
    if (!messages) return messages.error();
    const auto uid = state.selected->snapshot->entries[places.front()].uid;
    const auto stood =
        state.backend.workspaces.replace(actor(*state.user), {state.selected->mailbox, uid},
                                         target->id, std::move(messages->front()));
    if (!stood) return failed(stood.error());
    std::ignore = note(state, What::append, command.mailbox, stood_text(*stood, 1));
    state.expunged = true;
    // RFC 8508 4.3: ahead of the expunge.
    out.add(wire::write(
        wire::StatusResponse{"*", wire::Condition::ok, append_uid(*stood, 1), "Archived"}));
    return ok("Replaced");
}

}  // namespace mailhold::imap::server

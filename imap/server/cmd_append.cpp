// APPEND (RFC 3501 6.3.11) of one or more messages (RFC 3502) to a workspace, with UIDPLUS's answer
// (RFC 4315 3). What it brings is archived like everything else, byte for byte, before it is OK.
#include <fmt/format.h>

#include "imap/server/accesses.hpp"
#include "imap/server/commands.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

// The messages' octets: those that the framer handed out follow each other in `literals`.
std::optional<std::vector<Blob>> octets_of(const wire::Append& command, const Blob& literals) {
    std::vector<Blob> messages;
    std::size_t offset = 0;
    for (const auto& message : command.messages) {
        if (!message.streamed) {
            messages.emplace_back(message.octets);
            continue;
        }
        if (*message.streamed > literals.size() - offset) return std::nullopt;
        messages.push_back(literals.part(offset, *message.streamed));
        offset += *message.streamed;
    }
    return messages;
}

}  // namespace

Reply run(State& state, const wire::Append& command, Output&) {
    const auto workspace = find_workspace(state, command.mailbox);
    if (!workspace) return workspace.error();
    if (!state.literals) return failed(state.literals.error());
    auto octets = octets_of(command, *state.literals);
    if (!octets) return bad("A message is missing");
    const ZonedSeconds now{std::chrono::floor<std::chrono::seconds>(utc_now()), 0};
    std::vector<store::Workspaces::Incoming> messages;
    for (std::size_t i = 0; i < octets->size(); ++i) {
        const auto& told = command.messages[i];
        if (auto wrong = wrong_flags(told.flags)) return wrong;
        // RFC 3502 6.3.11: the client thought better of it.
        if ((*octets)[i].size() == 0) return no("CANNOT", "A message is empty: nothing was stored");
        messages.push_back({std::move((*octets)[i]), told.date.value_or(now), told.flags});
    }
    const auto count = static_cast<std::uint32_t>(messages.size());
    const auto stood =
        state.backend.workspaces.append(actor(*state.user), workspace->id, std::move(messages));
    if (!stood) return failed(stood.error());
    const auto first = number(stood->first);
    // Nothing was shown, and what was stored is: no reason to take the OK back.
    std::ignore =
        note(state, What::append, command.mailbox, wire::set_text({{first, first + count - 1}}));
    return Answer{
        wire::Condition::ok,
        wire::ResponseCode{"APPENDUID", fmt::format("{} {}", number(stood->uidvalidity),
                                                    wire::set_text({{first, first + count - 1}}))},
        "Archived"};
}

}  // namespace mailhold::imap::server

#include "imap/server/commands/limit.hpp"

#include <fmt/format.h>

#include <utility>

namespace mailhold::imap::server {

std::optional<wire::ResponseCode> cut(const State& state, const store::MailboxSnapshot& mailbox,
                                      Places& places) {
    const auto most = state.backend.message_limit;
    if (most == 0 || places.size() <= most) return std::nullopt;
    places.erase(places.begin(), places.end() - static_cast<std::ptrdiff_t>(most));
    const auto lowest = mailbox.entries[places.front()].uid;
    return wire::ResponseCode{"MESSAGELIMIT", fmt::format("{} {}", most, number(lowest))};
}

Answer cut_short(Answer answer, std::optional<wire::ResponseCode> cut, Output& out) {
    if (!cut) return answer;
    const std::string text = "Done with as many as one command takes on; go on with what is below";
    if (answer.code) {
        out.add(wire::write(wire::StatusResponse{"*", wire::Condition::no, std::move(cut), text}));
        return answer;
    }
    return {answer.condition, std::move(cut), text};
}

Reply too_many(const State& state, std::size_t messages) {
    const auto most = state.backend.message_limit;
    if (most == 0 || messages <= most) return std::nullopt;
    return Answer{wire::Condition::no, wire::ResponseCode{"MESSAGELIMIT", std::to_string(most)},
                  "These are more messages than one command takes on: nothing was done"};
}

}  // namespace mailhold::imap::server

// NOTIFY (RFC 5465): what the client wants to be told of without asking.
#include <algorithm>
#include <array>

#include "imap/server/commands/commands.hpp"
#include "imap/server/mailbox/filters.hpp"
#include "imap/server/notify/news.hpp"

namespace mailhold::imap::server {
namespace {

using Events = Wishes::Events;

// RFC 5465 5: the first two go together, and the third with them.
std::expected<Events, Answer> read(const std::vector<std::string>& names) {
    static constexpr std::array<std::string_view, 7> known = {
        "MESSAGENEW",         "MESSAGEEXPUNGE",        "FLAGCHANGE",          "MAILBOXNAME",
        "SUBSCRIPTIONCHANGE", "MAILBOXMETADATACHANGE", "SERVERMETADATACHANGE"};
    const auto named = [&](std::string_view name) {
        return std::ranges::find(names, name) != names.end();
    };
    for (const auto& name : names) {
        if (std::ranges::find(known, name) == known.end())
            return std::unexpected(
                Answer{wire::Condition::no,
                       wire::ResponseCode{"BADEVENT",
                                          "(MessageNew MessageExpunge FlagChange MailboxName "
                                          "SubscriptionChange MailboxMetadataChange "
                                          "ServerMetadataChange)"},
                       "There are no such events here"});
    }
    if (named(known[0]) != named(known[1]) || (named(known[2]) && !named(known[0])))
        return std::unexpected(
            bad("MessageNew and MessageExpunge go together, and FlagChange with them"));
    return Events{.messages = named(known[0]),
                  .flags = named(known[2]),
                  .names = named(known[3]),
                  .subscriptions = named(known[4]),
                  .metadata = named(known[5])};
}

// Of no mailbox, wherever it stands.
bool wants_server_metadata(const wire::Notify::Group& group) {
    return std::ranges::find(group.events, "SERVERMETADATACHANGE") != group.events.end();
}

bool has_items(const wire::Notify::Group& group) {
    return !group.items.empty();
}

std::expected<Wishes, Answer> read(const wire::Notify& command) {
    using Kind = wire::MailboxFilter::Kind;
    constexpr std::size_t most_names = 500;  // each is compared with every mailbox
    Wishes wishes;
    bool seen = false;
    std::size_t names = 0;
    for (const auto& group : command.groups) {
        names += 1 + group.filter.names.size();
        if (names > most_names) return std::unexpected(no("LIMIT", "These are too many names"));
        const auto events = read(group.events);
        if (!events) return std::unexpected(events.error());
        const auto kind = group.filter.kind;
        if (kind != Kind::selected && kind != Kind::selected_delayed) {
            if (has_items(group))
                return std::unexpected(bad("Only what is new where one is selected can be shown"));
            wishes.others.push_back({with_forms(group.filter), *events, group.events.empty()});
            wishes.server_metadata = wishes.server_metadata || wants_server_metadata(group);
            continue;
        }
        // RFC 5465 6.1.
        if (seen || events->names || events->subscriptions || events->metadata ||
            wants_server_metadata(group))
            return std::unexpected(bad("Of the selected mailbox, messages are told of, once"));
        seen = true;
        wishes.selected = *events;
        wishes.delayed = kind == Kind::selected_delayed;
        wishes.items = group.items;
    }
    return wishes;
}

}  // namespace

Reply run(State& state, const wire::Notify& command, Output& out) {
    auto wishes = read(command);
    if (!wishes) return wishes.error();
    if (auto begun = begin_notifying(state, std::move(*wishes)); !begun)
        return failed(begun.error());
    tell_no_access(state, out);
    if (!command.status) return ok("You will be told");
    const auto told = tell_status(state, out);
    if (told && *told) return ok("You will be told");
    state.notifying = Notifying{};
    if (!told) return failed(told.error());
    return no("NOTIFICATIONOVERFLOW", "These are too many mailboxes: nothing is told");
}

}  // namespace mailhold::imap::server

#include "imap/server/notify/sight.hpp"

#include <algorithm>

#include "imap/server/mailbox/filters.hpp"

namespace mailhold::imap::server {
namespace {

using Events = Wishes::Events;

// What is made of other mailboxes costs what selecting it does, and only for who asks for it by name.
bool wants_everything(const State& state, const Wishes& wishes, const Sight& sight) {
    store::Mailbox mailbox;
    mailbox.kind = store::MailboxKind::everything;
    Name name;
    name.full = all_mail_root;
    name.mailbox = &mailbox;
    return events_for(wishes, name, sight).messages &&
           sources_of(*sight.mailboxes, *state.user).size() > 1;
}

// Whether there are counters to tell of: what a search finds is known only while it is selected.
bool is_counted(const Name& name) {
    return name.mailbox && store::has(name.rights, 'r') &&
           name.mailbox->kind != store::MailboxKind::search;
}

void make_set(std::vector<MailboxId>& mailboxes) {
    std::ranges::sort(mailboxes);
    const auto repeated = std::ranges::unique(mailboxes);
    mailboxes.erase(repeated.begin(), repeated.end());
}

}  // namespace

Result<Sight> sight_of(const State& state, const Wishes& wishes) {
    const bool counts =
        std::ranges::any_of(wishes.others, [](const auto& group) { return group.events.messages; });
    const auto mailboxes = state.backend.cache.mailboxes();
    if (!mailboxes) return std::unexpected(mailboxes.error());
    auto personal = counts ? personal_counts(state) : Result<PersonalCounts>(PersonalCounts{});
    if (!personal) return std::unexpected(personal.error());
    auto unsubscribed = state.backend.archive.unsubscribed(state.user->name);
    if (!unsubscribed) return std::unexpected(unsubscribed.error());
    Sight sight{
        *mailboxes, std::move(*personal), {unsubscribed->begin(), unsubscribed->end()}, nullptr};
    if (!wants_everything(state, wishes, sight)) return sight;
    auto everything = view_of(state, everything_id);
    if (!everything) return std::unexpected(everything.error());
    sight.everything = std::move(*everything);
    return sight;
}

std::vector<Name> listed(const State& state, const Sight& sight) {
    auto names = names_among(state, *sight.mailboxes);
    std::erase_if(names, [](const Name& name) { return !store::has(name.rights, 'l'); });
    return names;
}

// RFC 5465 6: those of every group that the mailbox belongs to. NONE means something only where it
// takes a mailbox out of the groups behind it.
Events events_for(const Wishes& wishes, const Name& name, const Sight& sight) {
    const FilterSources sources{{}, sight.unsubscribed};
    Events all;
    for (const auto& [filter, events, is_none] : wishes.others) {
        if (!belongs(filter, name, sources)) continue;
        if (is_none) break;
        all.messages = all.messages || events.messages;
        all.flags = all.flags || events.flags;
        all.names = all.names || events.names;
        all.subscriptions = all.subscriptions || events.subscriptions;
        all.metadata = all.metadata || events.metadata;
    }
    return all;
}

bool tells_messages(const State& state, const Name& name, Events events) {
    return events.messages && is_counted(name) &&
           !(state.selected && state.selected->mailbox == name.mailbox->id);
}

bool tells_metadata(const Name& name, Events events) {
    return events.metadata && name.mailbox && store::has(name.rights, 'r');
}

const store::Mailbox& counted(const Name& name, const Sight& sight) {
    const bool is_made = name.mailbox->kind == store::MailboxKind::everything && sight.everything;
    return is_made ? sight.everything->mailbox : *name.mailbox;
}

std::shared_ptr<const Watched> watched_by(const State& state, const Wishes& wishes,
                                          const std::vector<Name>& names, const Sight& sight) {
    auto watched = std::make_shared<Watched>();
    watched->user = state.user->name;
    watched->list = !wishes.others.empty();  // a new one may belong to a group
    watched->subscriptions = std::ranges::any_of(wishes.others, [](const auto& group) {
        return group.events.subscriptions ||
               group.filter.kind == wire::MailboxFilter::Kind::subscribed;
    });
    if (wishes.server_metadata) watched->noted.push_back(store::the_server);
    for (const Name& name : names) {
        const Events events = events_for(wishes, name, sight);
        if (tells_metadata(name, events))
            watched->noted.push_back(store::flagged_as(name.mailbox->id));
        if (is_counted(name) && events.messages) watched->mailboxes.push_back(name.mailbox->id);
    }
    if (sight.everything) {
        for (const auto* source : sources_of(*sight.mailboxes, *state.user))
            watched->mailboxes.push_back(source->id);
    }
    make_set(watched->mailboxes);
    make_set(watched->noted);
    return watched;
}

}  // namespace mailhold::imap::server

#include "imap/server/notify/news.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "imap/server/commands/commands.hpp"
#include "imap/server/notify/sight.hpp"
#include "imap/wire/encode.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

using Events = Wishes::Events;

Result<std::string> status_of(const State& state, const Name& name, Events events,
                              const Sight& sight) {
    using enum wire::StatusItem;
    std::vector<wire::StatusItem> items{messages, uidnext, uidvalidity};
    if (events.flags) items.push_back(unseen);
    if (state.enabled.condstore) items.push_back(highestmodseq);
    return status_text(state, *name.mailbox, name.full, items, sight.personal);
}

// The names of one sight, ready to be looked up. They point into its mailboxes.
struct Listing {
    explicit Listing(std::vector<Name> all) : names(std::move(all)) {
        for (const Name& name : names) {
            by_name.emplace(name.full, &name);
            if (name.mailbox) by_id.emplace(name.mailbox->id, &name);
        }
    }
    Listing(const Listing&) = delete;
    Listing& operator=(const Listing&) = delete;
    const Name* called(const std::string& full) const { return at(by_name, full); }
    const Name* of(const store::Mailbox* mailbox) const {
        return mailbox ? at(by_id, mailbox->id) : nullptr;
    }
    template <class Map, class Key>
    static const Name* at(const Map& map, const Key& key) {
        const auto found = map.find(key);
        return found == map.end() ? nullptr : found->second;
    }

    std::vector<Name> names;
    std::unordered_map<std::string_view, const Name*> by_name;
    std::unordered_map<MailboxId, const Name*> by_id;
};

std::tuple<ModSeq, std::int64_t> counts(const store::PersonalCount& personal) {
    return {personal.highest_modseq, personal.unseen};
}

// What changed between two sights, and the notes that did meanwhile.
class News {
  public:
    News(const State& state, const Sight& before, const Sight& after, const Notices::Counts& notes)
        : state_(state),
          wishes_(state.notifying->wishes),
          before_(before),
          after_(after),
          old_(listed(state, before)),
          new_(listed(state, after)) {
        for (const auto& [note, times] : notes) {
            notes_[note.mailbox].push_back(full_entry(note.user.empty(), note.entry));
        }
    }

    Status gather() {
        if (wishes_.server_metadata) tell_notes(store::the_server, "");
        for (const Name& name : old_.names) {
            if (!new_.called(name.full) && !is_told_renamed(name)) tell_gone(name);
        }
        for (const Name& name : new_.names) {
            if (auto told = tell(name); !told) return told;
        }
        return {};
    }
    const std::vector<std::string>& lines() const { return lines_; }
    const std::vector<Name>& names() const { return new_.names; }

  private:
    bool is_told_renamed(const Name& name) const {
        const Name* now = new_.of(name.mailbox);
        return now && events_for(wishes_, *now, after_).names;
    }

    // RFC 5465 5.4; who may not see it any more learns no more than that.
    void tell_gone(const Name& name) {
        if (!events_for(wishes_, name, before_).names) return;
        lines_.push_back(wire::write(wire::ListData{.attributes = {"\\NonExistent"},
                                                    .separator = std::string(separator),
                                                    .mailbox = name.full},
                                     state_.enabled.names()));
    }

    Status tell(const Name& name) {
        const Events events = events_for(wishes_, name, after_);
        const Name* before = old_.called(name.full);
        const auto id = [](const Name& each) {
            return each.mailbox ? each.mailbox->id : MailboxId{};
        };
        const bool same = before && id(*before) == id(name);
        if (events.names && !same) {
            const Name* old = before ? nullptr : old_.of(name.mailbox);
            lines_.push_back(list_text(state_, name, {}, old ? old->full : std::string()));
        }
        if (events.subscriptions && before) tell_subscription(name);
        if (tells_metadata(name, events))
            tell_notes(store::flagged_as(name.mailbox->id), name.full);
        if (!tells_messages(state_, name, events)) return {};
        if (same && !differs(counted(*before, before_), counted(name, after_), events)) return {};
        auto text = status_of(state_, name, events, after_);
        if (!text) return std::unexpected(text.error());
        lines_.push_back(std::move(*text));
        return {};
    }

    void tell_subscription(const Name& name) {
        const bool off = after_.unsubscribed.contains(name.full);
        if (off == before_.unsubscribed.contains(name.full)) return;
        std::vector<std::string> more;
        if (!off) more.emplace_back("\\Subscribed");
        lines_.push_back(list_text(state_, name, std::move(more)));
    }

    // RFC 5465 5.6, 5.7: what they say now is for the client to ask.
    void tell_notes(MailboxId noted, const std::string& name) {
        const auto found = notes_.find(noted);
        if (found == notes_.end()) return;
        auto lines = metadata_text(state_, name, found->second);
        std::ranges::move(lines, std::back_inserter(lines_));
    }

    bool differs(const store::Mailbox& before, const store::Mailbox& after, Events events) const {
        const auto messages = [](const store::Mailbox& mailbox) {
            return std::tuple(mailbox.messages, mailbox.uidnext, mailbox.uidvalidity);
        };
        const auto flags = [](const store::Mailbox& mailbox, const PersonalCounts& personal) {
            const auto own = personal.find(mailbox.id);
            const auto mine = own == personal.end() ? store::PersonalCount{} : own->second;
            return std::tuple(mailbox.highest_modseq, counts(mine));
        };
        return messages(before) != messages(after) ||
               (events.flags && flags(before, before_.personal) != flags(after, after_.personal));
    }

    const State& state_;
    const Wishes& wishes_;
    const Sight& before_;
    const Sight& after_;
    Listing old_, new_;
    std::map<MailboxId, std::vector<std::string>> notes_;  // entries
    std::vector<std::string> lines_;
};

}  // namespace

Status begin_notifying(State& state, Wishes wishes) {
    const bool tells_notes =
        wishes.server_metadata ||
        std::ranges::any_of(wishes.others, [](const auto& group) { return group.events.metadata; });
    // What was gathered for other wishes is told where it fits these.
    auto notices = state.notifying && tells_notes ? state.notifying->notices : nullptr;
    if (tells_notes && !notices)
        notices = state.backend.cache.notices.join(std::min(state.backend.most_news, most_notices),
                                                   state.user->name);
    const auto lists = notices ? notices->lists() : 0;
    auto sight = sight_of(state, wishes);
    if (!sight) return std::unexpected(sight.error());
    auto watched = watched_by(state, wishes, listed(state, *sight), *sight);
    if (notices) notices->watch(watched, lists);
    state.notifying =
        Notifying{std::move(wishes), std::move(*sight), std::move(watched), std::move(notices)};
    return {};
}

void tell_no_access(const State& state, Output& out) {  // RFC 5465 3.1
    const Notifying& own = *state.notifying;
    for (const Name& name : listed(state, own.told)) {
        if (!name.mailbox || store::has(name.rights, 'r')) continue;
        const Events events = events_for(own.wishes, name, own.told);
        if (events.messages || events.metadata) out.add(list_text(state, name, {"\\NoAccess"}));
    }
}

Result<bool> tell_status(const State& state, Output& out) {
    const Notifying& own = *state.notifying;
    std::vector<std::string> lines;
    for (const Name& name : listed(state, own.told)) {
        const Events events = events_for(own.wishes, name, own.told);
        if (!tells_messages(state, name, events)) continue;
        auto text = status_of(state, name, events, own.told);
        if (!text) return std::unexpected(text.error());
        lines.push_back(std::move(*text));
    }
    if (lines.size() > state.backend.most_news) return false;
    for (const auto& line : lines) out.add(line);
    return true;
}

namespace {

void overflow(State& state, Output& out) {
    out.add("* OK [NOTIFICATIONOVERFLOW] Too much changed at once; nothing is told any more\r\n");
    state.notifying = Notifying{};
}

bool is_same(const Sight& before, const Sight& now) {
    return now.mailboxes == before.mailboxes && now.unsubscribed == before.unsubscribed &&
           now.everything == before.everything &&
           std::ranges::equal(now.personal, before.personal, [](const auto& a, const auto& b) {
               return a.first == b.first && counts(a.second) == counts(b.second);
           });
}

Status tell_changes(State& state, const Notices::Taken& taken, Output& out) {
    Notifying& own = *state.notifying;
    // After the notes were taken: who may see them then is told of them.
    auto now = sight_of(state, own.wishes);
    if (!now) return std::unexpected(now.error());
    if (taken.notes.empty() && is_same(own.told, *now)) {
        if (own.notices) own.notices->watch(own.watched, taken.lists);
        return {};
    }
    News news(state, own.told, *now, taken.notes);
    if (auto gathered = news.gather(); !gathered) return gathered;
    if (news.lines().size() > state.backend.most_news) {
        overflow(state, out);
        return {};
    }
    for (const auto& line : news.lines()) out.add(line);
    own.watched = watched_by(state, own.wishes, news.names(), *now);
    if (own.notices) own.notices->watch(own.watched, taken.lists);
    own.told = std::move(*now);
    return {};
}

}  // namespace

void tell_news(State& state, Output& out) {
    const Notifying& own = *state.notifying;
    if (own.wishes.others.empty()) return;
    const auto taken =
        own.notices ? own.notices->take() : std::optional<Notices::Taken>(std::in_place);
    if (!taken) return overflow(state, out);
    const auto told = tell_changes(state, *taken, out);
    if (told) return;
    log::error("session.news", {{"problem", told.error().text}});
    if (own.notices) own.notices->put_back(taken->notes);  // the next news brings these too
}

}  // namespace mailhold::imap::server

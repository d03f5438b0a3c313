#include "imap/server/notify/news.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "imap/server/commands/commands.hpp"
#include "imap/server/mailbox/filters.hpp"
#include "imap/wire/encode.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

using Events = Wishes::Events;

bool wants(const Wishes& wishes, bool Events::* what) {
    return std::ranges::any_of(wishes.others,
                               [&](const auto& group) { return group.events.*what; });
}

// The mailboxes as the user saw them at some moment.
struct Sight {
    Cache::Mailboxes mailboxes;
    PersonalCounts personal;
    std::set<std::string> unsubscribed;
};

Result<Sight> sight_of(const State& state, const Wishes& wishes) {
    const auto mailboxes = state.backend.cache.mailboxes();
    if (!mailboxes) return std::unexpected(mailboxes.error());
    auto personal = wants(wishes, &Events::messages) ? personal_counts(state)
                                                     : Result<PersonalCounts>(PersonalCounts{});
    if (!personal) return std::unexpected(personal.error());
    auto unsubscribed = state.backend.archive.unsubscribed(state.user->name);
    if (!unsubscribed) return std::unexpected(unsubscribed.error());
    return Sight{*mailboxes, std::move(*personal), {unsubscribed->begin(), unsubscribed->end()}};
}

// Those that the user has the right to see.
std::vector<Name> listed(const State& state, const std::vector<store::Mailbox>& mailboxes) {
    auto names = names_among(state, mailboxes);
    std::erase_if(names, [](const Name& name) { return !store::has(name.rights, 'l'); });
    return names;
}

// RFC 5465 3.1: the first group that the mailbox belongs to. For the selected one there are others.
Events events_for(const Wishes& wishes, const Name& name, const Sight& sight) {
    const FilterSources sources{{}, sight.unsubscribed};
    const auto group = std::ranges::find_if(
        wishes.others, [&](const auto& each) { return belongs(each.filter, name, sources); });
    return group == wishes.others.end() ? Events{} : group->events;
}

// Whether there are counters to tell of: what a search finds is known only while it is selected.
bool is_counted(const Name& name) {
    return name.mailbox && store::has(name.rights, 'r') &&
           name.mailbox->kind != store::MailboxKind::search &&
           name.mailbox->kind != store::MailboxKind::everything;
}

bool tells_messages(const State& state, const Name& name, Events events) {
    return events.messages && is_counted(name) &&
           !(state.selected && state.selected->mailbox == name.mailbox->id);
}

std::shared_ptr<const Watched> watched_by(const Wishes& wishes, const std::vector<Name>& names,
                                          const Sight& sight) {
    auto watched = std::make_shared<Watched>();
    watched->list = !wishes.others.empty();  // a new one may belong to a group
    watched->subscriptions = wants(wishes, &Events::subscriptions);
    for (const Name& name : names) {
        if (is_counted(name) && events_for(wishes, name, sight).messages)
            watched->mailboxes.push_back(name.mailbox->id);
    }
    std::ranges::sort(watched->mailboxes);
    return watched;
}

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

// What changed between two sights.
class News {
  public:
    News(const State& state, const Sight& before, const Sight& after)
        : state_(state),
          wishes_(state.notifying->wishes),
          before_(before),
          after_(after),
          old_(listed(state, *before.mailboxes)),
          new_(listed(state, *after.mailboxes)) {}

    Status gather() {
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
        if (!tells_messages(state_, name, events)) return {};
        if (same && !differs(*before->mailbox, *name.mailbox, events)) return {};
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
    std::vector<std::string> lines_;
};

}  // namespace

bool Watched::concerns(const store::Change& change) const {
    const auto is_watched = [this](MailboxId mailbox) {
        return std::ranges::binary_search(mailboxes, mailbox);
    };
    // A subscription changes nothing that a change names.
    const bool nameless =
        change.mailboxes.empty() && change.personal.empty() && !change.mailbox_list;
    return (list && change.mailbox_list) || (subscriptions && nameless) ||
           std::ranges::any_of(change.mailboxes, is_watched) ||
           std::ranges::any_of(change.personal, is_watched);
}

Status begin_notifying(State& state, Wishes wishes) {
    auto sight = sight_of(state, wishes);
    if (!sight) return std::unexpected(sight.error());
    auto watched = watched_by(wishes, listed(state, *sight->mailboxes), *sight);
    state.notifying =
        Notifying{std::move(wishes), std::move(sight->mailboxes), std::move(sight->personal),
                  std::move(sight->unsubscribed), std::move(watched)};
    return {};
}

Result<bool> tell_status(const State& state, Output& out) {
    const Notifying& own = *state.notifying;
    const Sight sight{own.mailboxes, own.personal, own.unsubscribed};
    std::vector<std::string> lines;
    for (const Name& name : listed(state, *own.mailboxes)) {
        const Events events = events_for(own.wishes, name, sight);
        if (!tells_messages(state, name, events)) continue;
        auto text = status_of(state, name, events, sight);
        if (!text) return std::unexpected(text.error());
        lines.push_back(std::move(*text));
    }
    if (lines.size() > state.backend.most_news) return false;
    for (const auto& line : lines) out.add(line);
    return true;
}

void tell_news(State& state, Output& out) {
    Notifying& own = *state.notifying;
    if (own.wishes.others.empty()) return;
    auto now = sight_of(state, own.wishes);
    if (!now) {
        log::error("session.news", {{"problem", now.error().text}});
        return;  // the next news brings these too
    }
    if (now->mailboxes == own.mailboxes && now->unsubscribed == own.unsubscribed &&
        std::ranges::equal(now->personal, own.personal, [](const auto& a, const auto& b) {
            return a.first == b.first && counts(a.second) == counts(b.second);
        }))
        return;
    const Sight before{own.mailboxes, own.personal, own.unsubscribed};
    News news(state, before, *now);
    if (auto gathered = news.gather(); !gathered) {
        log::error("session.news", {{"problem", gathered.error().text}});
        return;
    }
    if (news.lines().size() > state.backend.most_news) {
        out.add(
            "* OK [NOTIFICATIONOVERFLOW] Too much changed at once; nothing is told any more\r\n");
        own = Notifying{};
        return;
    }
    for (const auto& line : news.lines()) out.add(line);
    own.watched = watched_by(own.wishes, news.names(), *now);
    own.mailboxes = std::move(now->mailboxes);
    own.personal = std::move(now->personal);
    own.unsubscribed = std::move(now->unsubscribed);
}

}  // namespace mailhold::imap::server

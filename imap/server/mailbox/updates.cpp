#include "imap/server/mailbox/updates.hpp"

#include <algorithm>
#include <utility>

#include "imap/server/mailbox/search_mailbox.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

// Entries of a view that one session has for itself until its expunges can be told: with more,
// everything else waits for them.
constexpr std::size_t most_kept = 100'000;

void note_arrivals(State& state, const store::MailboxSnapshot& before,
                   const store::MailboxSnapshot& after) {
    if (!state.notifying || state.notifying->wishes.items.empty()) return;
    const Difference change = difference(before, after);
    for (auto i = after.entries.size() - change.appended; i < after.entries.size(); ++i)
        state.selected->arrived.push_back(after.entries[i].uid);
}

void show(State& state, Snapshot now, std::string_view text, Output& out) {
    auto& current = state.selected->snapshot;
    note_arrivals(state, *current, *now);
    const ContextChanges changes = update_contexts(state, *current, *now);
    out.add(changes.removals);
    out.add(text);
    out.add(changes.additions);
    current = std::move(now);
}

const store::Entry* find(const store::MailboxSnapshot& mailbox, Uid uid) {
    const auto entry = std::ranges::lower_bound(mailbox.entries, uid, {}, &store::Entry::uid);
    return entry != mailbox.entries.end() && entry->uid == uid ? &*entry : nullptr;
}

// Whether nothing but flags of these messages changed: sessions then go on sharing one view.
bool differ_only(const store::MailboxSnapshot& before, const store::MailboxSnapshot& after,
                 const std::vector<Uid>& uids) {
    const Difference all = difference(before, after);
    return all.expunged.empty() && all.appended == 0 &&
           std::ranges::all_of(all.flagged, [&](std::uint32_t sequence) {
               return std::ranges::binary_search(uids, after.entries[sequence - 1].uid);
           });
}

// `before` with the flags that these messages have in `flagged`.
Snapshot with_flags(const Snapshot& before, const store::MailboxSnapshot& flagged,
                    const std::vector<Uid>& uids) {
    auto view = std::make_shared<store::MailboxSnapshot>(*before);
    for (auto& entry : view->entries) {
        if (!std::ranges::binary_search(uids, entry.uid)) continue;
        const auto* now = find(flagged, entry.uid);
        if (!now) continue;
        entry.flags = now->flags;
        entry.modseq = now->modseq;
        view->flag_sets[now->flags] = flagged.flags_of(*now);
    }
    return view;
}

// Whether the client wishes to be told of the messages of the selected mailbox.
bool wishes_updates(const State& state) {
    return !state.notifying || state.expunged || state.notifying->wishes.selected.messages;
}

void tell(State& state, Output& out, Updates allowed) {
    if (!state.selected || state.closing) return;
    auto& selected = *state.selected;
    const auto& current = selected.snapshot;
    if (!selected.examined && selected.told_rights != selected.rights) {  // RFC 4314 5.1.1
        const auto told = std::exchange(selected.told_rights, selected.rights);
        const auto text = permanent_flags_text(*current, selected.rights);
        if (text != permanent_flags_text(*current, told)) out.add(flags_text(*current) + text);
    }
    const bool is_wished = wishes_updates(state);
    state.expunged = false;
    if (!is_wished) return;
    auto told = state.enabled.told();
    if (state.notifying) told.flags = state.notifying->wishes.selected.flags;
    auto newest = view_of(state, state.selected->mailbox);
    if (!newest) {
        log::error("session.snapshot", {{"problem", newest.error().text}});
        return;
    }
    if (*newest == current) return;
    if (allowed == Updates::all_but_expunges && current->entries.size() > most_kept)
        allowed = Updates::without_expunge;
    if (allowed == Updates::all_but_expunges) {
        *newest = with_expunged(current, *newest);
        if (difference(*current, **newest) == Difference{}) return;
    }
    const auto text = updates_text(*current, **newest, allowed, told);
    if (text) show(state, std::move(*newest), *text, out);
}

}  // namespace

void tell_updates(State& state, Output& out, Updates allowed,
                  std::move_only_function<void(Output&)> then) {
    const bool asks =
        state.selected && !state.closing && state.selected->search && wishes_updates(state);
    auto go_on = [&state, allowed, then = std::move(then)](Output& later) mutable {
        tell(state, later, allowed);
        then(later);
    };
    if (asks) return ask_again(state, out, std::move(go_on));
    go_on(out);
}

Result<std::vector<Uid>> adopt(State& state, const std::vector<Uid>& uids, Output& out) {
    const Snapshot before = state.selected->snapshot;
    const auto& search = state.selected->search;
    const auto newest = view_of(state, search ? search->searched_mailbox : state.selected->mailbox);
    if (!newest) return std::unexpected(newest.error());
    const auto& now = **newest;
    auto view =
        !search && differ_only(*before, now, uids) ? *newest : with_flags(before, now, uids);
    const auto flags = flags_text(*view);
    show(state, std::move(view), flags == flags_text(*before) ? std::string() : flags, out);
    std::vector<Uid> gone = uids;
    std::erase_if(gone, [&](Uid uid) {
        return std::ranges::binary_search(now.entries, uid, {}, &store::Entry::uid);
    });
    return gone;
}

}  // namespace mailhold::imap::server

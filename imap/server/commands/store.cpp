// STORE and UID STORE (RFC 3501 6.4.6; UNCHANGEDSINCE of RFC 7162 3.1.3), and the \Seen that FETCH
// sets: the flags of messages in a workspace.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "imap/server/ascii.hpp"
#include "imap/server/commands/commands.hpp"
#include "imap/server/commands/limit.hpp"
#include "imap/server/mailbox/standing.hpp"
#include "imap/server/mailbox/updates.hpp"
#include "imap/server/search/command.hpp"
#include "imap/wire/encode.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

using How = store::Workspaces::FlagChange::How;

std::vector<Uid> uids_of(const State& state, const std::vector<std::uint32_t>& places) {
    std::vector<Uid> uids;
    for (const auto place : places) uids.push_back(state.selected->snapshot->entries[place].uid);
    return uids;
}

How how(const wire::Store& command) {
    if (command.item.starts_with('+')) return How::add;
    return command.item.starts_with('-') ? How::remove : How::replace;
}

// Those that were not changed for `unchanged_since`, ascending.
Result<std::vector<Uid>> flag(const State& state, const std::vector<Uid>& uids,
                              const store::Workspaces::FlagChange& change) {
    auto places = standing(state, uids);
    if (!places) return std::unexpected(places.error());
    // What stands in workspaces alone is flagged there.
    std::erase_if(*places, [](const StandingIn& there) {
        return there.mailbox.kind == store::MailboxKind::all_mail && !there.mailbox.owner.empty();
    });
    if (places->empty() && !uids.empty())
        return fail(Errc::denied, "what is in workspaces alone is flagged there");
    std::vector<Uid> modified;
    for (const auto& [mailbox, messages] : *places) {
        std::vector<Uid> there;
        for (const auto& message : messages) there.push_back(message.uid);
        const auto kept =
            state.backend.workspaces.flag(actor(*state.user), mailbox.id, there, change);
        if (!kept) return std::unexpected(kept.error());
        for (const auto& message : messages) {
            if (std::ranges::binary_search(*kept, message.uid)) modified.push_back(message.here);
        }
    }
    std::ranges::sort(modified);
    return modified;
}

// What the client is told of a message whose flags it changed.
std::string changed_text(const State& state, std::uint32_t place, bool silent) {
    const Told told = state.enabled.told();
    const auto& view = *state.selected->snapshot;
    if (!silent) return flags_update_text(view, place, told);
    if (!told.modseq) return {};
    const auto& entry = view.entries[place];
    return fmt::format("{}{}MODSEQ ({}))\r\n", fetch_begin_text(view, place, told),
                       told.uids ? "" : fmt::format("UID {} ", number(entry.uid)),
                       number(entry.modseq));
}

}  // namespace

Reply wrong_flags(const std::vector<std::string>& flags) {
    static constexpr std::array<std::string_view, 5> system = {"\\Answered", "\\Flagged",
                                                               "\\Deleted", "\\Seen", "\\Draft"};
    constexpr std::size_t longest = 200;
    for (const auto& flag : flags) {
        const bool known = std::ranges::any_of(
            system, [&](std::string_view each) { return equal_ignoring_case(each, flag); });
        if ((flag.starts_with('\\') && !known) || flag.size() > longest)
            return bad("A message cannot have this flag");
    }
    if (flags.size() > store::Workspaces::most_flags) return no("LIMIT", "Too many flags");
    return std::nullopt;
}

Reply refused_without(const State& state, char right) {
    if (state.selected->may(right)) return std::nullopt;
    if (state.selected->snapshot->mailbox.kind == store::MailboxKind::workspace)
        return no("NOPERM", state.selected->examined ? "The mailbox is opened read-only: SELECT it"
                                                     : "You have no right to do this here");
    return no("NOPERM",
              "The archive is read-only but for Workspaces/: this mailbox follows its "
              "origin");
}

namespace {

Reply not_flaggable(const State& state, const std::vector<std::string>& flags) {
    const auto& selected = *state.selected;
    // RFC 4314 4: one that he may change is enough, and the others stay as they are.
    if (!selected.may('s') && !selected.may('w') && !selected.may('t'))
        return refused_without(state, 'w');
    const bool deletes = std::ranges::any_of(
        flags, [](const std::string& flag) { return equal_ignoring_case(flag, "\\Deleted"); });
    if (deletes && selected.snapshot->mailbox.kind != store::MailboxKind::workspace)
        return no("NOPERM", "Nothing is deleted from the archive");
    return std::nullopt;
}

}  // namespace

Reply run(State& state, const wire::Store& command, Output& out) {
    if (command.unchanged_since) state.enabled.condstore = true;  // RFC 7162 3.1
    if (auto refused = not_flaggable(state, command.flags)) return refused;
    const std::size_t messages = state.selected->snapshot->entries.size();
    if (command.kind == wire::NumberKind::sequence && names_too_much(command.numbers, messages))
        return bad("There are not so many messages");
    if (auto wrong = wrong_flags(command.flags)) return wrong;
    auto places = named_places(state, command.numbers, command.kind);
    const auto cut = server::cut(state, *state.selected->snapshot, places);
    const auto uids = uids_of(state, places);
    const bool deletes = state.selected->snapshot->mailbox.kind == store::MailboxKind::workspace;
    const auto modified =
        flag(state, uids, {how(command), command.flags, command.unchanged_since, deletes});
    if (!modified) return failed(modified.error());
    std::vector<Uid> stored;
    std::ranges::set_difference(uids, *modified, std::back_inserter(stored));
    const auto gone = adopt(state, stored, out);
    if (!gone) return failed(gone.error());
    std::vector<std::uint32_t> failed_numbers;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (std::ranges::binary_search(*gone, uids[i])) continue;
        if (!std::ranges::binary_search(*modified, uids[i]))
            out.add(changed_text(state, places[i], command.silent));
        else
            failed_numbers.push_back(command.kind == wire::NumberKind::uid ? number(uids[i])
                                                                           : places[i] + 1);
    }
    // RFC 2180 4.2; UIDs that stand for nothing are no error (RFC 3501 6.4.8).
    if (!gone->empty() && command.kind == wire::NumberKind::sequence)
        return cut_short(no("EXPUNGEISSUED", "Some are not there any more"), cut, out);
    if (failed_numbers.empty()) return cut_short(ok("Stored"), cut, out);
    return cut_short({wire::Condition::ok,
                      wire::ResponseCode{"MODIFIED", wire::set_text(wire::set_of(failed_numbers))},
                      "Some were changed meanwhile"},
                     cut, out);
}

std::string mark_seen(State& state, const std::vector<std::uint32_t>& places, Output& out) {
    std::vector<std::uint32_t> unseen;
    for (const auto place : places) {
        const auto& view = *state.selected->snapshot;
        const auto& flags = view.flags_of(view.entries[place]);
        if (std::ranges::find(flags, "\\Seen") == flags.end()) unseen.push_back(place);
    }
    if (unseen.empty()) return {};
    const auto uids = uids_of(state, unseen);
    const auto done = flag(state, uids, {.how = How::add, .flags = {"\\Seen"}});
    if (!done || !adopt(state, uids, out)) {
        log::warning("fetch.not_marked_seen", {});  // reading goes before marking
        return {};
    }
    std::string changed;
    for (const auto place : unseen) changed += changed_text(state, place, false);
    return changed;
}

}  // namespace mailhold::imap::server

// SELECT, EXAMINE, UNSELECT, CLOSE, CHECK (RFC 3501 6.3.1, 6.4, RFC 3691, 7162). A
// mailbox that follows an origin takes personal flags at most.
#include <fmt/format.h>

#include <algorithm>

#include "imap/server/accesses.hpp"
#include "imap/server/commands/commands.hpp"
#include "imap/server/mailbox/object_ids.hpp"
#include "imap/server/mailbox/search_mailbox.hpp"
#include "imap/server/search/command.hpp"

namespace mailhold::imap::server {
namespace {

// Of a million messages that are all seen in a few milliseconds: sets of flags are few.
std::string first_unseen_text(const store::MailboxSnapshot& mailbox) {
    std::vector<FlagSetId> seen;  // ascending
    for (const auto& [id, flags] : mailbox.flag_sets) {
        if (std::ranges::find(flags, "\\Seen") != flags.end()) seen.push_back(id);
    }
    const auto unseen = std::ranges::find_if_not(mailbox.entries, [&](const store::Entry& entry) {
        return std::ranges::binary_search(seen, entry.flags);
    });
    if (unseen == mailbox.entries.end()) return {};
    return fmt::format("* OK [UNSEEN {}] First unseen\r\n", unseen - mailbox.entries.begin() + 1);
}

void leave(State& state) {
    state.selected.reset();
    if (state.stage == Stage::selected) state.stage = Stage::authenticated;
}

Reply show(State& state, const wire::Select& command, const Snapshot& snapshot,
           std::shared_ptr<SearchMailbox> search, Output& out) {
    const store::MailboxSnapshot& view = *snapshot;
    out.add(flags_text(view));
    state.selected = Selected{.mailbox = view.mailbox.id,
                              .snapshot = snapshot,
                              .examined = command.examine,
                              .search = std::move(search)};
    Selected& selected = *state.selected;
    selected.rights = selected.told_rights = rights_now(state);
    out.add(permanent_flags_text(view, command.examine ? "" : selected.rights));
    out.add(fmt::format("* {} EXISTS\r\n", view.entries.size()));
    if (!state.enabled.rev2) {
        out.add("* 0 RECENT\r\n");
        if (!state.enabled.uid_only) out.add(first_unseen_text(view));
    }
    out.add(fmt::format("* OK [UIDVALIDITY {}] UIDs are valid for ever\r\n",
                        number(view.mailbox.uidvalidity)));
    out.add(fmt::format("* OK [UIDNEXT {}] Next UID\r\n", number(view.mailbox.uidnext)));
    out.add(
        fmt::format("* OK [HIGHESTMODSEQ {}] Highest\r\n", number(view.mailbox.highest_modseq)));
    out.add(fmt::format("* OK [MAILBOXID ({})] Its id\r\n", mailbox_id(view.mailbox)));
    if (state.enabled.rev2) {
        const auto names = names_of(state);
        const Name* name = names ? find_name(names->names, command.mailbox) : nullptr;
        if (name) out.add(list_text(state, *name));  // else it went this very moment
    }
    state.stage = Stage::selected;
    // RFC 4314 5.2.
    const bool writes = std::ranges::any_of(std::string_view("ieswt"),
                                            [&](char right) { return selected.may(right); });
    Answer done{wire::Condition::ok, wire::ResponseCode{writes ? "READ-WRITE" : "READ-ONLY", ""},
                "Selected"};
    // RFC 7162 3.2.5.1: what the client knows of another UIDVALIDITY is worth nothing.
    if (!command.resync || command.resync->uidvalidity != view.mailbox.uidvalidity) return done;
    return fetch_changes(state, *command.resync, std::move(done), out);
}

// What the query finds now; the session goes on when it is known.
Reply search_and_show(State& state, const wire::Select& command, const store::Mailbox& mailbox,
                      Output& out) {
    auto opened = open_search(state, mailbox);
    if (!opened) return opened.error();
    auto search = std::make_shared<SearchMailbox>(std::move(*opened));
    if (!search->query) {
        out.add("* OK SETMETADATA /private/vendor/mailhold/query says what this mailbox shows\r\n");
        show_found(*search, {});
        return show(state, command, search->view, search, out);
    }
    return search_in_view(state, *search,
                          [&state, command, search](const Places& found, Output& later) {
                              show_found(*search, found);
                              return show(state, command, search->view, search, later);
                          });
}

}  // namespace

// Parameters of extensions that are not offered are tolerated: without them the answer is what RFC
// 3501 says.
Reply run(State& state, const wire::Select& command, Output& out) {
    if (command.resync && !state.enabled.qresync) return bad("ENABLE QRESYNC first");
    if (command.condstore) state.enabled.condstore = true;
    // RFC 7162 3.2.11: where the responses about the old mailbox end.
    if (state.selected && (state.enabled.qresync || state.enabled.rev2))
        out.add("* OK [CLOSED] The other is left\r\n");
    // Lives until the end, so that nobody has to read it again where it is the same mailbox.
    const Snapshot before = state.selected ? state.selected->snapshot : nullptr;
    leave(state);  // RFC 3501 6.3.1: also when this SELECT fails
    const auto mailbox = find_mailbox(state, command.mailbox);
    const std::string how = command.examine ? "EXAMINE" : "SELECT";
    auto unrecorded = note(state, What::select, command.mailbox, how,
                           mailbox ? "ok" : mailbox.error().code->name);
    if (unrecorded) return unrecorded;
    if (!mailbox) return mailbox.error();
    if (mailbox->kind == store::MailboxKind::search)
        return search_and_show(state, command, *mailbox, out);
    const auto snapshot = view_of(state, mailbox->id);
    if (!snapshot) return failed(snapshot.error());
    return show(state, command, *snapshot, nullptr, out);
}

Reply run(State& state, const wire::Unselect&, Output&) {
    leave(state);
    return ok("Unselected");
}

Reply run(State& state, const wire::Close&, Output&) {
    if (state.selected->may('e')) {  // RFC 4314 4: without, nothing is expunged
        auto done = expunge(state, std::nullopt);
        if (!done && done.error().code != Errc::denied) return failed(done.error());
    }
    leave(state);
    return ok("Closed");
}

Reply run(State&, const wire::Check&, Output&) {
    return ok("Everything is on disk");
}

}  // namespace mailhold::imap::server

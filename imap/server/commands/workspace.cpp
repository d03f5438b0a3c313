// CREATE, DELETE, RENAME (RFC 3501 6.3.3 to 6.3.5, RFC 6154), SUBSCRIBE, UNSUBSCRIBE: what a user
// does with his workspaces. All other mailboxes are made, named and deleted at their origin.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <expected>

#include "imap/server/commands/commands.hpp"
#include "imap/server/mailbox/object_ids.hpp"
#include "indexer/text/composed.hpp"

namespace mailhold::imap::server {
namespace {

Answer elsewhere(std::string_view name) {
    const bool is_ours = std::ranges::any_of(
        std::array{workspaces_root, searches_root, shared_root},
        [&](std::string_view root) { return name == root || is_below(name, root); });
    if (is_ours) return no("CANNOT", "This is no name for a mailbox");
    return no("NOPERM",
              "The archive is read-only but for Workspaces/ and Searches/: other mailboxes follow "
              "their origin");
}

Answer too_deep() {
    return no("CANNOT", fmt::format("A name has {} levels at most", most_levels));
}

// RFC 6855 3: what a mailbox may be called from now on, in one form (RFC 5198 3). U+FFFD stands
// where there was no UTF-8.
std::expected<WorkspaceName, Answer> new_name(const State& state, const std::string& text) {
    auto name = workspace_name(indexer::text::composed(text), state.user->name);
    if (!name) return std::unexpected(elsewhere(text));
    bool is_strange = false;
    for (std::string_view rest = name->name; !rest.empty(); rest.remove_prefix(1)) {
        const bool is_control = rest >= "\u0080" && rest < "\u00a0";
        is_strange |= is_control || rest.starts_with("\u2028") || rest.starts_with("\u2029") ||
                      rest.starts_with("\ufffd");
    }
    if (is_strange)
        return std::unexpected(no("CANNOT", "A name has no control characters or ends of lines"));
    if (levels(name->name) > most_levels) return std::unexpected(too_deep());
    return *std::move(name);
}

// How many levels the deepest name has of a mailbox and those below it.
Result<std::size_t> depth_of(const State& state, const WorkspaceName& top) {
    const auto all = state.backend.cache.mailboxes();
    if (!all) return std::unexpected(all.error());
    std::size_t deepest = 0;
    for (const auto& mailbox : **all) {
        const bool stands_there = mailbox.name == top.name || is_below(mailbox.name, top.name);
        if (stands_there && mailbox.owner == top.owner && mailbox.kind == top.kind && !mailbox.gone)
            deepest = std::max(deepest, levels(mailbox.name));
    }
    return deepest;
}

}  // namespace

Reply run(State& state, const wire::Create& command, Output&) {
    static constexpr std::array<std::string_view, 6> uses = {"\\Archive", "\\Drafts", "\\Flagged",
                                                             "\\Junk",    "\\Sent",   "\\Trash"};
    const auto name = new_name(state, command.mailbox);
    if (!name) return name.error();
    for (const auto& use : command.special_use) {
        if (std::ranges::find(uses, use) == uses.end())
            return no("USEATTR", "No mailbox of yours can have this use");
    }
    if (name->kind == store::MailboxKind::search && !command.special_use.empty())
        return no("USEATTR", "A search has no use of its own");
    const auto made = state.backend.workspaces.make(actor(*state.user), name->owner, name->name,
                                                    command.special_use, name->kind);
    if (!made) return failed(made.error());
    const auto all = state.backend.cache.mailboxes();
    if (!all) return failed(all.error());
    const auto mailbox = std::ranges::find(**all, *made, &store::Mailbox::id);
    if (mailbox == (*all)->end()) return ok("Created, and deleted again meanwhile");
    // RFC 8474 4.1.
    return Answer{wire::Condition::ok,
                  wire::ResponseCode{"MAILBOXID", fmt::format("({})", mailbox_id(*mailbox))},
                  "Created"};
}

// RFC 3501 6.3.4: those below it stay, and with them the name.
Reply run(State& state, const wire::Delete& command, Output&) {
    const auto name = workspace_name(command.mailbox, state.user->name);
    if (!name) return elsewhere(command.mailbox);
    const auto mailbox = find_mailbox(state, as_seen(*name, *state.user), 'x');
    if (!mailbox) return mailbox.error();
    const auto removed = state.backend.workspaces.remove(actor(*state.user), mailbox->id);
    return removed ? ok("Deleted; its messages stay in the archive") : failed(removed.error());
}

Reply run(State& state, const wire::Rename& command, Output&) {
    auto from = workspace_name(indexer::text::composed(command.from), state.user->name);
    if (!from) return elsewhere(command.from);
    const auto to = new_name(state, command.to);
    if (!to) return to.error();
    if (from->owner != to->owner) return no("CANNOT", "A mailbox stays with its owner");
    if (from->kind != to->kind) return no("CANNOT", "A search is no workspace");
    const auto known = find_known(state, as_seen(*from, *state.user));
    // A name that only holds others can be changed by the owner alone.
    if (!known && from->owner != state.user->name) return known.error();
    if (known) from->name = known->mailbox.name;
    if (is_below(to->name, from->name)) return no("CANNOT", "A mailbox cannot stand below itself");
    const auto depth = depth_of(state, *from);
    if (!depth) return failed(depth.error());
    const bool goes_deeper = levels(to->name) > levels(from->name);
    if (goes_deeper && *depth + levels(to->name) - levels(from->name) > most_levels)
        return too_deep();
    const auto renamed = state.backend.workspaces.rename(actor(*state.user), from->owner,
                                                         from->name, to->name, from->kind);
    if (renamed) return ok("Renamed");
    if (renamed.error().code == Errc::not_found)
        return no("NONEXISTENT", "There is no such mailbox");
    return failed(renamed.error());
}

namespace {

// Every mailbox is subscribed until its user says otherwise.
Reply subscribe(State& state, const std::string& name, bool wanted) {
    const auto names = names_of(state);
    if (!names) return failed(names.error());
    const Name* known = find_name(names->names, name);
    if (!known || !store::has(known->rights, 'l'))
        return no("NONEXISTENT", "There is no such mailbox");
    const auto done = state.backend.workspaces.subscribe(state.user->name, known->full, wanted);
    if (!done) return failed(done.error());
    return ok(wanted ? "Subscribed" : "Unsubscribed");
}

}  // namespace

Reply run(State& state, const wire::Subscribe& command, Output&) {
    return subscribe(state, command.mailbox, true);
}
Reply run(State& state, const wire::Unsubscribe& command, Output&) {
    return subscribe(state, command.mailbox, false);
}

}  // namespace mailhold::imap::server

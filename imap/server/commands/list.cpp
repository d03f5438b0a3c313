// LIST and LSUB (RFC 3501 6.3.8, 6.3.9), the extended syntax of RFC 5258, SPECIAL-USE (RFC 6154),
// STATUS (RFC 5819), MYRIGHTS (RFC 8440) and METADATA (RFC 9590). LSUB lists what is subscribed, as LIST (SUBSCRIBED) does.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "imap/server/commands/commands.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

bool has(const std::vector<std::string>& options, std::string_view option) {
    return std::ranges::find(options, option) != options.end();
}

bool all_known(const std::vector<std::string>& options, std::span<const std::string_view> known) {
    return std::ranges::all_of(options, [&](const std::string& option) {
        return std::ranges::find(known, option) != known.end();
    });
}

// nullopt where the options are in order.
Reply objection(const wire::List& command) {
    static constexpr std::array<std::string_view, 4> selections = {"SUBSCRIBED", "REMOTE",
                                                                   "RECURSIVEMATCH", "SPECIAL-USE"};
    static constexpr std::array<std::string_view, 4> returns = {"SUBSCRIBED", "CHILDREN",
                                                                "SPECIAL-USE", "MYRIGHTS"};
    if (!all_known(command.selection, selections)) return bad("Unknown selection option");
    if (!all_known(command.returns, returns)) return bad("Unknown return option");
    // RFC 5258 3.1: RECURSIVEMATCH modifies another option, and REMOTE is not one that selects.
    if (has(command.selection, "RECURSIVEMATCH") && !has(command.selection, "SUBSCRIBED") &&
        !has(command.selection, "SPECIAL-USE")) {
        return bad("RECURSIVEMATCH needs an option to select by");
    }
    return std::nullopt;
}

struct Choice {
    const wire::List& command;
    std::vector<std::string> unsubscribed;

    bool subscribed(const Name& name) const { return !has(unsubscribed, name.full); }
    bool takes(const Name& name) const {
        if (has(command.selection, "SPECIAL-USE") && name.special_use.empty()) return false;
        return subscribed(name) || !(command.lsub || has(command.selection, "SUBSCRIBED"));
    }
};

bool selects_below(const Choice& choice, const Names& names, const Name& parent) {
    return parent.has_children && std::ranges::any_of(names.names, [&](const Name& name) {
               return is_below(name.full, parent.full) && store::has(name.rights, 'l') &&
                      choice.takes(name);
           });
}

bool named_by(const wire::List& command, const Name& name) {
    return std::ranges::any_of(command.patterns, [&](const std::string& pattern) {
        return matches_pattern(command.reference + pattern, name.full);
    });
}

wire::ListData data_of(const Name& name) {
    wire::ListData data{.lsub = false,
                        .attributes = name.special_use,
                        .separator = std::string(separator),
                        .mailbox = name.full};
    const auto first = data.attributes.begin();
    data.attributes.emplace(first, name.has_children ? "\\HasChildren" : "\\HasNoChildren");
    if (!name.mailbox) data.attributes.emplace(data.attributes.begin(), "\\NoSelect");
    return data;
}

std::string response(const Choice& choice, const Name& name, bool child_info, wire::NameForm form) {
    const wire::List& command = choice.command;
    wire::ListData data = data_of(name);
    data.lsub = command.lsub;
    if ((has(command.selection, "SUBSCRIBED") || has(command.returns, "SUBSCRIBED")) &&
        choice.subscribed(name)) {
        data.attributes.emplace(data.attributes.end() - std::ssize(name.special_use),
                                "\\Subscribed");
    }
    std::string text = wire::write(data, form);
    if (!child_info) return text;
    // RFC 5258 3.5: which of the options some mailbox below fulfils.
    text.resize(text.size() - 2);
    const bool subscribed = has(command.selection, "SUBSCRIBED");
    const bool special = has(command.selection, "SPECIAL-USE");
    text += " (\"CHILDINFO\" (";
    if (subscribed) text += "\"SUBSCRIBED\"";
    if (special) text += subscribed ? " \"SPECIAL-USE\"" : "\"SPECIAL-USE\"";
    return text + "))\r\n";
}

}  // namespace

std::string list_text(const State& state, const Name& name, std::vector<std::string> more,
                      const std::string& old_name) {
    wire::ListData data = data_of(name);
    std::ranges::move(more, std::back_inserter(data.attributes));
    std::string text = wire::write(data, state.enabled.names());
    if (old_name.empty()) return text;
    text.resize(text.size() - 2);  // RFC 9051 6.3.9.7
    return text + fmt::format(" (\"OLDNAME\" ({}))\r\n",
                              wire::mailbox_text(old_name, state.enabled.names()));
}

Reply run(State& state, const wire::List& command, Output& out) {
    if (auto wrong = objection(command)) return wrong;
    if (auto wrong = wrong_entries(command.metadata)) return wrong;
    if (!command.extended && command.patterns.size() == 1 && command.patterns.front().empty()) {
        // RFC 3501 6.3.8: an empty name asks for the separator and the root of the reference.
        out.add(wire::write(wire::ListData{.lsub = command.lsub,
                                           .attributes = {"\\NoSelect"},
                                           .separator = std::string(separator),
                                           .mailbox = ""},
                            state.enabled.names()));
        return ok("Listed");
    }
    const auto names = names_of(state);
    if (!names) return failed(names.error());
    auto unsubscribed = state.backend.archive.unsubscribed(state.user->name);
    if (!unsubscribed) return failed(unsubscribed.error());
    const Choice choice{command, std::move(*unsubscribed)};
    const auto personal =
        command.status ? personal_counts(state) : Result<PersonalCounts>(PersonalCounts{});
    if (!personal) return failed(personal.error());
    const bool recursive = has(command.selection, "RECURSIVEMATCH");
    for (const Name& name : names->names) {
        if (!named_by(command, name) || !store::has(name.rights, 'l')) continue;
        const bool child_info = recursive && selects_below(choice, *names, name);
        if (!choice.takes(name) && !child_info) continue;
        out.add(response(choice, name, child_info, state.enabled.names()));
        if (!name.mailbox) continue;
        if (has(command.returns, "MYRIGHTS"))  // RFC 8440
            out.add(my_rights_text(state, name.full, name.rights));
        if (!command.metadata.empty()) {  // RFC 9590
            const auto notes = metadata_text(state, name, command.metadata);
            if (!notes) return failed(notes.error());
            out.add(*notes);
        }
        // RFC 5819 2: what would have to be searched for first is left to STATUS.
        const bool is_search = name.mailbox->kind == store::MailboxKind::search;
        if (!command.status || is_search || !store::has(name.rights, 'r')) continue;
        const auto status =
            status_text(state, *name.mailbox, name.full, *command.status, *personal);
        if (!status) return failed(status.error());
        out.add(*status);
    }
    return ok("Listed");
}

}  // namespace mailhold::imap::server

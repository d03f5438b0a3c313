// LIST and LSUB (RFC 3501 6.3.8, 6.3.9), the extended syntax of RFC 5258, SPECIAL-USE (RFC 6154),
// STATUS (RFC 5819), MYRIGHTS (RFC 8440) and METADATA (RFC 9590). LSUB lists what is subscribed, as
// LIST (SUBSCRIBED) does. The answer is given in bounded parts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "imap/server/commands/commands.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

constexpr std::size_t most_patterns = 4096;  // octets of all of a command
// One part of the answer ends once it has cost so much: octets of patterns times octets of names,
// and messages that may have to be counted.
constexpr std::size_t part_work = 4'000'000;
constexpr std::size_t least_work = 100;  // of a name

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
    wire::List command;
    std::set<std::string> unsubscribed;

    bool subscribed(const Name& name) const { return !unsubscribed.contains(name.full); }
    bool takes(const Name& name) const {
        if (has(command.selection, "SPECIAL-USE") && name.special_use.empty()) return false;
        return subscribed(name) || !(command.lsub || has(command.selection, "SUBSCRIBED"));
    }
};

// The names that have some below them which is taken. What is above a name that is known already
// is known too, so each is walked to once.
std::set<std::string_view> above_taken(const Choice& choice, const std::vector<Name>& names) {
    std::set<std::string_view> above;
    for (const Name& name : names) {
        if (!store::has(name.rights, 'l') || !choice.takes(name)) continue;
        std::string_view parent = name.full;
        for (auto cut = parent.rfind('/'); cut != parent.npos; cut = parent.rfind('/')) {
            parent = parent.substr(0, cut);
            if (!above.insert(parent).second) break;
        }
    }
    return above;
}

// The different ones, each with the reference; nullopt where they are too long together.
std::optional<std::set<std::string>> patterns_of(const wire::List& command) {
    std::set<std::string> patterns;
    std::size_t octets = 0;
    for (const auto& pattern : command.patterns) {
        octets += command.reference.size() + pattern.size();
        if (octets > most_patterns) return std::nullopt;
        for (auto& form : forms(without_runs(command.reference + pattern)))
            patterns.insert(std::move(form));
    }
    return patterns;
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

// Goes over the names, as far as one part of the answer goes at a time.
class Listing {
  public:
    Listing(State& state, Choice choice, std::set<std::string> patterns, Names names,
            PersonalCounts personal)
        : state_(state),
          choice_(std::move(choice)),
          patterns_(std::move(patterns)),
          names_(std::move(names)),
          personal_(std::move(personal)) {
        for (const auto& pattern : patterns_) pattern_octets_ += pattern.size();
        if (has(choice_.command.selection, "RECURSIVEMATCH"))
            above_taken_ = above_taken(choice_, names_.names);
    }

    Reply next_part(Output& out) {
        const auto before = out.size();
        for (std::size_t work = 0; out.size() - before < answer_part && work < part_work;) {
            if (metadata_) {
                if (metadata_(out)) metadata_ = nullptr;
                continue;
            }
            if (next_ == names_.names.size()) return ok("Listed");
            const Name& name = names_.names[next_++];
            work += least_work + pattern_octets_ * name.full.size();
            if (!store::has(name.rights, 'l') || !is_named(name)) continue;
            const bool child_info = above_taken_.contains(name.full);
            if (!choice_.takes(name) && !child_info) continue;
            out.add(response(choice_, name, child_info, state_.enabled.names()));
            if (!name.mailbox) continue;
            work += name.mailbox->messages;
            if (auto problem = add_more(out, name)) return problem;
        }
        return std::nullopt;
    }

  private:
    bool is_named(const Name& name) const {
        return std::ranges::any_of(patterns_, [&](const std::string& pattern) {
            return matches_pattern(pattern, name.full);
        });
    }

    // What RETURN asks for about a mailbox.
    Reply add_more(Output& out, const Name& name) {
        const wire::List& command = choice_.command;
        if (has(command.returns, "MYRIGHTS"))  // RFC 8440
            out.add(my_rights_text(state_, name.full, name.rights));
        // RFC 5819 2: what would have to be searched for first is left to STATUS.
        const bool is_search = name.mailbox->kind == store::MailboxKind::search;
        if (command.status && !is_search && store::has(name.rights, 'r')) {
            const auto status =
                status_text(state_, *name.mailbox, name.full, *command.status, personal_);
            if (!status) return failed(status.error());
            out.add(*status);
        }
        if (command.metadata.empty()) return std::nullopt;
        auto parts = metadata_parts(state_, name, command.metadata);  // RFC 9590
        if (!parts) return failed(parts.error());
        metadata_ = std::move(*parts);
        return std::nullopt;
    }

    State& state_;
    Choice choice_;
    std::set<std::string> patterns_;
    std::size_t pattern_octets_ = 0;
    Names names_;
    PersonalCounts personal_;
    std::set<std::string_view> above_taken_;  // into names_
    std::size_t next_ = 0;
    Parts metadata_;  // of the mailbox listed last, while some is left
};

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
    auto patterns = patterns_of(command);
    if (!patterns) return no("LIMIT", "The patterns are too long together; ask for fewer at once");
    auto names = names_of(state);
    if (!names) return failed(names.error());
    const auto unsubscribed = state.backend.archive.unsubscribed(state.user->name);
    if (!unsubscribed) return failed(unsubscribed.error());
    auto personal =
        command.status ? personal_counts(state) : Result<PersonalCounts>(PersonalCounts{});
    if (!personal) return failed(personal.error());
    state.unfinished = [listing =
                            Listing(state, {command, {unsubscribed->begin(), unsubscribed->end()}},
                                    std::move(*patterns), std::move(*names), std::move(*personal))](
                           Output& later) mutable { return listing.next_part(later); };
    return std::nullopt;
}

}  // namespace mailhold::imap::server

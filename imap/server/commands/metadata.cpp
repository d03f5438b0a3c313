// GETMETADATA and SETMETADATA (RFC 5464), and what LIST returns of them (RFC 9590): notes about
// mailboxes and about the server.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "imap/server/ascii.hpp"
#include "imap/server/commands/commands.hpp"
#include "imap/server/mailbox/everything.hpp"
#include "imap/server/mailbox/search_mailbox.hpp"
#include "imap/wire/encode.hpp"
#include "indexer/query/human.hpp"

namespace mailhold::imap::server {
namespace {

constexpr std::size_t longest_value = 32
                                      << 10;  // a command takes no longer literal than twice that
constexpr std::size_t longest_entry = 200;
constexpr std::size_t most_entries = 200;  // of one command
constexpr std::string_view own_prefix = "/private", shared_prefix = "/shared";

// The name as it is kept; nullopt for what is none (RFC 5464 3.2).
std::optional<std::string> entry_named(std::string_view text) {
    std::string entry(text);
    std::ranges::transform(entry, entry.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool strange = std::ranges::any_of(
        entry, [](char c) { return c < 0x20 || c > 0x7e || c == '*' || c == '%'; });
    if (strange || entry.size() > longest_entry || entry.ends_with('/') || entry.contains("//") ||
        (!entry.starts_with("/private/") && !entry.starts_with("/shared/")))
        return std::nullopt;
    return entry;
}

std::string value_text(const wire::NString& value) {
    if (value && value->contains('\0'))
        return fmt::format("~{{{}}}\r\n{}", value->size(), *value);  // RFC 3516 literal8
    return wire::nstring_text(value);
}

// Those that are wanted: the entry itself, and what is below it as deep as that goes.
bool is_wanted(std::string_view entry, std::string_view wanted, wire::GetMetadata::Depth depth) {
    using Depth = wire::GetMetadata::Depth;
    if (entry == wanted) return true;
    if (depth == Depth::none || !is_below(entry, wanted)) return false;
    return depth == Depth::infinity || !entry.substr(wanted.size() + 1).contains('/');
}

}  // namespace

std::string full_entry(bool shared, std::string_view entry) {
    return std::string(shared ? shared_prefix : own_prefix).append(entry);
}

namespace {

// What is told of the notes: each once, however often and in however many ways it is asked for.
struct Chosen {
    std::vector<std::pair<std::string, wire::NString>> entries;
    std::uint64_t too_long = 0;  // the size of the largest that was left out
};

Chosen choose(std::vector<store::Note> notes, const wire::GetMetadata& command) {
    std::vector<std::string> names;
    for (const auto& note : notes) names.push_back(full_entry(note.shared, note.entry));
    Chosen chosen;
    std::set<std::string> told;
    for (const auto& wanted : command.entries) {
        const auto entry = entry_named(wanted).value_or("");
        bool found = false;
        for (std::size_t i = 0; i < notes.size(); ++i) {
            if (!is_wanted(names[i], entry, command.depth)) continue;
            found = true;
            auto& value = notes[i].value;
            if (command.max_size && value.size() > *command.max_size)
                chosen.too_long = std::max<std::uint64_t>(chosen.too_long, value.size());
            else if (told.insert(names[i]).second)
                chosen.entries.emplace_back(names[i], std::move(value));
        }
        if (!found && command.depth == wire::GetMetadata::Depth::none && told.insert(entry).second)
            chosen.entries.emplace_back(entry, std::nullopt);
    }
    return chosen;
}

Parts answer(const State& state, const std::string& mailbox, Chosen chosen) {
    return
        [begin = fmt::format("* METADATA {} (", wire::mailbox_text(mailbox, state.enabled.names())),
         entries = std::move(chosen.entries), next = std::size_t{0}](Output& out) mutable {
            for (const auto before = out.size(); next < entries.size(); ++next) {
                if (out.size() - before >= answer_part) return false;
                const auto& [entry, value] = entries[next];
                out.add(fmt::format("{}{} {}", next == 0 ? begin : " ", wire::astring_text(entry),
                                    value_text(value)));
            }
            if (!entries.empty()) out.add(")\r\n");
            return true;
        };
}

bool may_read(std::string_view rights) {  // RFC 5464 3.1
    return store::has(rights, 'l') && rights.find_first_of("rswip") != std::string_view::npos;
}

// What the notes are about.
std::expected<MailboxId, Answer> subject(const State& state, const std::string& mailbox) {
    if (mailbox.empty()) return store::the_server;
    const auto known = find_known(state, mailbox);
    if (!known) return std::unexpected(known.error());
    if (may_read(known->rights)) return known->mailbox.id;
    return std::unexpected(no("NOPERM", "You have no right to do this there"));
}

// A query that means nothing is told when it is set, not when the mailbox is opened.
Reply wrong_query(const State& state, const wire::SetMetadata& command) {
    for (const auto& [entry, value] : command.values) {
        if (!value || value->empty() ||
            entry_named(entry) != fmt::format("{}{}", own_prefix, query_entry))
            continue;
        const auto query = indexer::query::parse_human(*value);
        if (!query) return no("CANNOT", query.error().text);
        if (!query->mailbox) continue;
        const auto searched = find_mailbox(state, *query->mailbox);
        if (!searched)
            return no(searched.error().code->name,
                      "in: cannot be this: it takes a name as LIST gives it, INBOX, "
                      "account/mailbox, \"All mail/account\" or Workspaces/name");
        if (searched->kind == store::MailboxKind::search)
            return no("CANNOT", "A search cannot search another one");
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> metadata_text(const State& state, const std::string& mailbox,
                                       const std::vector<std::string>& entries) {
    constexpr std::size_t most_of_a_line = 40;
    const auto begin =
        fmt::format("* METADATA {}", wire::mailbox_text(mailbox, state.enabled.names()));
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i % most_of_a_line == 0) lines.push_back(begin);
        lines.back() += " " + wire::astring_text(entries[i]);
    }
    for (auto& line : lines) line += "\r\n";
    return lines;
}

Reply wrong_entries(const std::vector<std::string>& entries) {
    if (entries.size() > most_entries) return no("LIMIT", "Too many entries at once");
    const bool wrong =
        std::ranges::any_of(entries, [](const auto& entry) { return !entry_named(entry); });
    return wrong ? Reply(bad("An entry is named /private/... or /shared/...")) : std::nullopt;
}

Result<Parts> metadata_parts(const State& state, const Name& name,
                             const std::vector<std::string>& entries) {
    if (!may_read(name.rights)) return [](Output&) { return true; };
    auto notes = state.backend.archive.notes(state.user->name, name.mailbox->id);
    if (!notes) return std::unexpected(notes.error());
    return answer(state, name.full, choose(std::move(*notes), {.mailbox = {}, .entries = entries}));
}

Reply run(State& state, const wire::GetMetadata& command, Output&) {
    if (auto wrong = wrong_entries(command.entries)) return wrong;
    const auto mailbox = subject(state, command.mailbox);
    if (!mailbox) return mailbox.error();
    auto notes = state.backend.archive.notes(state.user->name, *mailbox);
    if (!notes) return failed(notes.error());
    auto chosen = choose(std::move(*notes), command);
    auto done = ok("These are the entries");
    if (chosen.too_long != 0)
        done = {wire::Condition::ok,
                wire::ResponseCode{"METADATA", fmt::format("LONGENTRIES {}", chosen.too_long)},
                "Longer ones are left out"};
    state.unfinished = [parts = answer(state, command.mailbox, std::move(chosen)),
                        done = std::move(done)](Output& out) mutable -> Reply {
        return parts(out) ? Reply(done) : std::nullopt;
    };
    return std::nullopt;
}

Reply run(State& state, const wire::SetMetadata& command, Output&) {
    std::vector<std::string> entries;
    for (const auto& [entry, value] : command.values) {
        entries.push_back(entry);
        if (value && value->size() > longest_value)
            return Answer{wire::Condition::no,
                          wire::ResponseCode{"METADATA", fmt::format("MAXSIZE {}", longest_value)},
                          "A value is too long"};
    }
    if (auto wrong = wrong_entries(entries)) return wrong;
    if (auto wrong = wrong_query(state, command)) return wrong;
    const auto mailbox = subject(state, command.mailbox);
    if (!mailbox) return mailbox.error();
    if (*mailbox == everything_id)
        return no("NOPERM", "This shows what is in other mailboxes: notes are about those");
    std::vector<store::Workspaces::NoteChange> changes;
    for (const auto& [name, value] : command.values) {
        const auto entry = *entry_named(name);
        const bool shared = entry.starts_with(shared_prefix);
        changes.push_back(
            {shared, entry.substr((shared ? shared_prefix : own_prefix).size()), value});
    }
    const auto done = state.backend.workspaces.annotate(actor(*state.user), *mailbox, changes);
    if (done) {
        // RFC 5465 5: who did it knows.
        if (state.notifying && state.notifying->notices) state.notifying->notices->forget(*done);
        return ok("Set");
    }
    if (done.error().code == Errc::limit)
        return Answer{wire::Condition::no, wire::ResponseCode{"METADATA", "TOOMANY"},
                      "There are too many entries"};
    return failed(done.error());
}

}  // namespace mailhold::imap::server

// GETMETADATA and SETMETADATA (RFC 5464), and what LIST returns of them (RFC 9590): notes about
// mailboxes and about the server.
#include <fmt/format.h>

#include <algorithm>

#include "imap/server/ascii.hpp"
#include "imap/server/commands/commands.hpp"
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

std::string full_entry(const store::Note& note) {
    return std::string(note.shared ? shared_prefix : own_prefix) + note.entry;
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

struct Answered {
    std::string text;            // "* METADATA ...", or nothing
    std::uint64_t too_long = 0;  // the size of the largest that was left out
};

Answered answer(const State& state, const std::string& mailbox,
                const std::vector<store::Note>& notes, const wire::GetMetadata& command) {
    Answered answered;
    std::string list;
    const auto add = [&](std::string_view entry, const wire::NString& value) {
        list += fmt::format("{}{} {}", list.empty() ? "" : " ", wire::astring_text(entry),
                            value_text(value));
    };
    for (const auto& wanted : command.entries) {
        const auto entry = entry_named(wanted).value_or("");
        bool found = false;
        for (const auto& note : notes) {
            if (!is_wanted(full_entry(note), entry, command.depth)) continue;
            found = true;
            if (command.max_size && note.value.size() > *command.max_size)
                answered.too_long = std::max<std::uint64_t>(answered.too_long, note.value.size());
            else
                add(full_entry(note), note.value);
        }
        if (!found && command.depth == wire::GetMetadata::Depth::none) add(entry, std::nullopt);
    }
    if (!list.empty())
        answered.text = fmt::format("* METADATA {} ({})\r\n",
                                    wire::mailbox_text(mailbox, state.enabled.names()), list);
    return answered;
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
Reply wrong_query(const wire::SetMetadata& command) {
    for (const auto& [entry, value] : command.values) {
        if (!value || value->empty() ||
            entry_named(entry) != fmt::format("{}{}", own_prefix, query_entry))
            continue;
        if (const auto query = indexer::query::parse_human(*value); !query)
            return no("CANNOT", query.error().text);
    }
    return std::nullopt;
}

}  // namespace

Reply wrong_entries(const std::vector<std::string>& entries) {
    if (entries.size() > most_entries) return no("LIMIT", "Too many entries at once");
    const bool wrong =
        std::ranges::any_of(entries, [](const auto& entry) { return !entry_named(entry); });
    return wrong ? Reply(bad("An entry is named /private/... or /shared/...")) : std::nullopt;
}

Result<std::string> metadata_text(const State& state, const Name& name,
                                  const std::vector<std::string>& entries) {
    if (!may_read(name.rights)) return std::string();
    const auto notes = state.backend.archive.notes(state.user->name, name.mailbox->id);
    if (!notes) return std::unexpected(notes.error());
    return answer(state, name.full, *notes, {.mailbox = {}, .entries = entries}).text;
}

Reply run(State& state, const wire::GetMetadata& command, Output& out) {
    if (auto wrong = wrong_entries(command.entries)) return wrong;
    const auto mailbox = subject(state, command.mailbox);
    if (!mailbox) return mailbox.error();
    const auto notes = state.backend.archive.notes(state.user->name, *mailbox);
    if (!notes) return failed(notes.error());
    const auto answered = answer(state, command.mailbox, *notes, command);
    out.add(answered.text);
    if (answered.too_long == 0) return ok("These are the entries");
    return Answer{wire::Condition::ok,
                  wire::ResponseCode{"METADATA", fmt::format("LONGENTRIES {}", answered.too_long)},
                  "Longer ones are left out"};
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
    if (auto wrong = wrong_query(command)) return wrong;
    const auto mailbox = subject(state, command.mailbox);
    if (!mailbox) return mailbox.error();
    std::vector<store::Workspaces::NoteChange> changes;
    for (const auto& [name, value] : command.values) {
        const auto entry = *entry_named(name);
        const bool shared = entry.starts_with(shared_prefix);
        changes.push_back(
            {shared, entry.substr((shared ? shared_prefix : own_prefix).size()), value});
    }
    const auto done = state.backend.workspaces.annotate(actor(*state.user), *mailbox, changes);
    if (done) return ok("Set");
    if (done.error().code == Errc::limit)
        return Answer{wire::Condition::no, wire::ResponseCode{"METADATA", "TOOMANY"},
                      "There are too many entries"};
    return failed(done.error());
}

}  // namespace mailhold::imap::server

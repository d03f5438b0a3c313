#include "imap/server/mailbox/search_mailbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "imap/server/mailbox/object_ids.hpp"
#include "imap/wire/response.hpp"
#include "indexer/query/human.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

namespace query = indexer::query;

using Entries = std::vector<store::Entry>;

// What is found in the same mailbox by another query is, to a client, another mailbox.
UidValidity uidvalidity_of(const SearchMailbox& search) {
    return server::uidvalidity_of(fmt::format("{} {} {}",
                                              number(search.searched->mailbox.uidvalidity),
                                              number(search.mailbox.uidvalidity), search.text));
}

// These entries of `searched`, as the mailbox's own.
Snapshot view_with(const SearchMailbox& search, Entries entries) {
    const auto& searched = *search.searched;
    auto view = std::make_shared<store::MailboxSnapshot>();
    view->mailbox = search.mailbox;
    auto& mailbox = view->mailbox;
    mailbox.uidvalidity = uidvalidity_of(search);
    mailbox.uidnext = searched.mailbox.uidnext;
    mailbox.highest_modseq = searched.mailbox.highest_modseq;
    mailbox.messages = static_cast<std::uint32_t>(entries.size());
    for (const auto& entry : entries) {
        const auto& flags = searched.flags_of(entry);
        mailbox.octets += entry.size;
        if (std::ranges::find(flags, "\\Seen") == flags.end()) ++mailbox.unseen;
        view->flag_sets.try_emplace(entry.flags, flags);
    }
    view->entries = std::move(entries);
    return view;
}

// Entries of `now` that `before` has not, or with other flags.
Entries fresh(const store::MailboxSnapshot& before, const store::MailboxSnapshot& now) {
    Entries fresh;
    auto known = before.entries.begin();
    for (const auto& entry : now.entries) {
        while (known != before.entries.end() && known->uid < entry.uid) ++known;
        const bool same =
            known != before.entries.end() && known->uid == entry.uid && known->flags == entry.flags;
        if (!same) fresh.push_back(entry);
    }
    return fresh;
}

bool has_uid(const Entries& entries, Uid uid) {
    return std::ranges::binary_search(entries, uid, {}, &store::Entry::uid);
}

}  // namespace

std::expected<SearchMailbox, Answer> open_search(const State& state,
                                                 const store::Mailbox& mailbox) {
    SearchMailbox search;
    search.mailbox = mailbox;
    const auto notes = state.backend.archive.notes(state.user->name, mailbox.id);
    if (!notes) return std::unexpected(failed(notes.error()));
    for (const auto& note : *notes) {
        if (!note.shared && note.entry == query_entry) search.text = note.value;
    }
    search.searched_mailbox = everything_id;
    if (!search.text.empty()) {
        const auto parsed = query::parse_human(search.text);
        if (!parsed) return std::unexpected(no("CANNOT", parsed.error().text));
        search.query = parsed->query;
        if (parsed->mailbox) {
            const auto named = find_mailbox(state, *parsed->mailbox);
            if (!named) return std::unexpected(named.error());
            if (named->kind == store::MailboxKind::search)
                return std::unexpected(no("CANNOT", "A search cannot search another one"));
            search.searched_mailbox = named->id;
        }
    }
    auto searched = view_of(state, search.searched_mailbox);
    if (!searched) return std::unexpected(failed(searched.error()));
    search.searched = std::move(*searched);
    return search;
}

void show_found(SearchMailbox& search, const Places& found) {
    Entries entries;
    for (const auto place : found) entries.push_back(search.searched->entries[place]);
    search.view = view_with(search, std::move(entries));
}

namespace {

// What is to be asked: of these messages, as they are `now`.
struct Question {
    Snapshot now;
    std::shared_ptr<const store::MailboxSnapshot> messages;
};

Result<Question> next_question(const State& state, const SearchMailbox& search) {
    auto now = view_of(state, search.searched_mailbox);
    if (!now) return std::unexpected(now.error());
    auto messages = std::make_shared<store::MailboxSnapshot>();
    messages->mailbox = (*now)->mailbox;
    if (*now != search.searched) {
        messages->entries = fresh(*search.searched, **now);
        messages->flag_sets = (*now)->flag_sets;
    }
    return Question{std::move(*now), std::move(messages)};
}

void take_answer(SearchMailbox& search, const Question& asked, const Places& found) {
    const auto& questions = asked.messages->entries;
    Entries entries;
    auto next = found.begin();
    for (const auto& entry : asked.now->entries) {
        while (next != found.end() && questions[*next].uid < entry.uid) ++next;
        const bool is_found = next != found.end() && questions[*next].uid == entry.uid;
        const bool stays =
            has_uid(search.view->entries, entry.uid) && !has_uid(questions, entry.uid);
        if (is_found || stays) entries.push_back(entry);
    }
    search.searched = asked.now;
    search.view = view_with(search, std::move(entries));
    search.given_up = nullptr;
    search.failures = 0;
    search.pass_over = 0;
    search.is_late = false;
}

void give_up(SearchMailbox& search, const Question& asked, const Error& error, Output& out) {
    if (error.code == Errc::cancelled) return;  // its user is going: there is nothing to tell
    const bool is_news = !std::exchange(search.is_late, true);
    const bool did_begin = error.code != Errc::limit;
    if (did_begin) {
        search.given_up = asked.now;
        search.pass_over = std::min((1U << search.failures) - 1, most_passed_over);
        search.failures = std::min(search.failures + 1, 31U);
    }
    if (did_begin || is_news) log::warning("session.search_is_late", {{"problem", error.text}});
    if (!is_news) return;
    out.add(wire::write(wire::StatusResponse{
        "*", wire::Condition::no, failed(error).code,
        "What came or changed was not searched yet: you see what was found before"}));
}

}  // namespace

void ask_again(State& state, Output& out, std::move_only_function<void(Output&)> then) {
    const auto search = state.selected->search;  // shared with what awaits the answer
    auto question = next_question(state, *search);
    if (!question) {
        log::error("session.snapshot", {{"problem", question.error().text}});
        return then(out);
    }
    if (question->now == search->searched || question->now == search->given_up) return then(out);
    if (!search->query || question->messages->entries.empty()) {
        take_answer(*search, *question, {});
        return then(out);
    }
    if (search->pass_over > 0) {
        --search->pass_over;
        search->given_up = question->now;
        return then(out);
    }
    const auto messages = question->messages;
    await_search(state, search->query, messages,
                 [search, asked = std::move(*question), then = std::move(then)](
                     Result<Places> found, Output& later) mutable -> Reply {
                     if (found)
                         take_answer(*search, asked, *found);
                     else
                         give_up(*search, asked, found.error(), later);
                     then(later);
                     return std::nullopt;
                 });
}

}  // namespace mailhold::imap::server

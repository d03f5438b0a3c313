#include "imap/server/accesses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "imap/server/mailbox/names.hpp"
#include "imap/server/mailbox/standing.hpp"
#include "imap/wire/encode.hpp"
#include "imap/wire/fetch_items.hpp"

namespace mailhold::imap::server {
namespace {

// Whether it shows something of what is written in a message.
bool is_content(wire::FetchItem::Kind kind) {
    using Kind = wire::FetchItem::Kind;
    switch (kind) {
        case Kind::uid:
        case Kind::flags:
        case Kind::internal_date:
        case Kind::rfc822_size:
        case Kind::modseq:
        case Kind::save_date:
        case Kind::email_id:
        case Kind::thread_id:
        case Kind::binary_size:
            return false;
        case Kind::envelope:
        case Kind::body:
        case Kind::body_structure:
        case Kind::rfc822:
        case Kind::rfc822_header:
        case Kind::rfc822_text:
        case Kind::preview:
        case Kind::section:
        case Kind::binary:
            return true;
    }
    return true;
}

std::string name_of(const wire::FetchItem& item) {
    if (wire::has_section(item.kind))
        return fmt::format("{}[{}]", wire::section_item_name(item.kind),
                           wire::section_text(item.section));
    return std::string(wire::fetch_item_names[static_cast<std::size_t>(item.kind)]);
}

}  // namespace

Reply note(const State& state, What what, std::string mailbox, std::string detail,
           std::string outcome) {
    auto* audit = state.backend.audit;
    if (!audit || !audit->records(what)) return std::nullopt;
    store::Accessed access;
    access.user = state.user ? state.user->name : state.credentials.user;
    access.address = state.channel.address;
    access.session = state.channel.session;
    access.what = what;
    access.mailbox = std::move(mailbox);
    access.detail = std::move(detail);
    access.outcome = std::move(outcome);
    if (audit->record(std::move(access))) return std::nullopt;
    return no("UNAVAILABLE", "This cannot be put on record now, and so not be done");
}

Reply note_messages(const State& state, What what, const std::vector<std::uint32_t>& places,
                    std::string_view detail) {
    auto* audit = state.backend.audit;
    if (places.empty() || !audit || !audit->records(what)) return std::nullopt;
    const auto& view = *state.selected->snapshot;
    std::vector<Uid> uids;
    for (const auto place : places) uids.push_back(view.entries[place].uid);
    const auto where = standing(state, uids);
    if (!where) return failed(where.error());
    for (const auto& [mailbox, messages] : *where) {
        std::vector<Uid> there;
        for (const auto& message : messages) there.push_back(message.uid);
        auto text = fmt::format("{} {}", wire::set_text(set_of(there)), detail);
        if (mailbox.id != view.mailbox.id)
            text += fmt::format(" in {}", full_name(view.mailbox, *state.user));
        if (auto unrecorded = note(state, what, full_name(mailbox, *state.user), std::move(text)))
            return unrecorded;
    }
    return std::nullopt;
}

namespace {

// "ENVELOPE BODY[TEXT]"; empty where it is none.
std::string content_of(const wire::Fetch& command) {
    std::set<std::string> names;  // chunks of one section are one
    for (const auto& item : command.items) {
        if (is_content(item.kind)) names.insert(name_of(item));
    }
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
}

}  // namespace

Reply note_fetch(State& state, const wire::Fetch& command,
                 const std::vector<std::uint32_t>& places) {
    const auto content = content_of(command);
    if (content.empty()) return std::nullopt;
    if (places.size() != 1) return note_messages(state, What::fetch, places, content);
    const auto message = state.selected->snapshot->entries[places.front()].message;
    State::Noted noted{state.selected->mailbox, message, content};
    const bool goes_on = std::ranges::all_of(command.items, [](const wire::FetchItem& item) {
        return !is_content(item.kind) || (item.partial && item.partial->offset > 0);
    });
    if (goes_on && state.noted == noted) return std::nullopt;
    auto unrecorded = note_messages(state, What::fetch, places, content);
    if (!unrecorded) state.noted = std::move(noted);
    return unrecorded;
}

}  // namespace mailhold::imap::server

// STATUS (RFC 3501 6.3.10; SIZE of RFC 8438, DELETED of RFC 9051, DELETED-STORAGE of RFC 9208,
// MAILBOXID of RFC 8474).
#include <algorithm>

#include "imap/server/commands/commands.hpp"
#include "imap/server/mailbox/object_ids.hpp"
#include "imap/server/mailbox/search_mailbox.hpp"
#include "imap/server/search/command.hpp"
#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

struct Deleted {
    std::uint64_t messages = 0, octets = 0;
};
Result<Deleted> deleted_in(const State& state, MailboxId mailbox) {
    const auto snapshot = view_of(state, mailbox);
    if (!snapshot) return std::unexpected(snapshot.error());
    Deleted deleted;
    for (const store::Entry& entry : (*snapshot)->entries) {
        const auto& flags = (*snapshot)->flags_of(entry);
        if (std::ranges::find(flags, "\\Deleted") == flags.end()) continue;
        ++deleted.messages;
        deleted.octets += entry.size;
    }
    return deleted;
}

Result<std::uint64_t> value_of(const State& state, const store::Mailbox& mailbox,
                               wire::StatusItem item) {
    switch (item) {
        case wire::StatusItem::messages:
            return mailbox.messages;
        case wire::StatusItem::recent:
            return 0;  // nobody is told first: \Recent means nothing in an archive
        case wire::StatusItem::uidnext:
            return number(mailbox.uidnext);
        case wire::StatusItem::uidvalidity:
            return number(mailbox.uidvalidity);
        case wire::StatusItem::unseen:
            return mailbox.unseen;
        case wire::StatusItem::size:
            return mailbox.octets;
        case wire::StatusItem::highestmodseq:
            return number(mailbox.highest_modseq);
        case wire::StatusItem::deleted:
        case wire::StatusItem::deleted_storage: {
            const auto deleted = deleted_in(state, mailbox.id);
            if (!deleted) return std::unexpected(deleted.error());
            return item == wire::StatusItem::deleted ? deleted->messages : deleted->octets;
        }
        case wire::StatusItem::mailbox_id:
            break;  // no number: status_text() knows it
    }
    return 0;
}

}  // namespace

Result<std::string> status_text(const State& state, const store::Mailbox& mailbox,
                                const std::string& name, const std::vector<wire::StatusItem>& items,
                                const PersonalCounts& personal) {
    wire::StatusData data{name, {}};
    store::Mailbox seen = mailbox;  // by the user
    if (mailbox.kind == store::MailboxKind::everything) {
        const auto view = view_of(state, mailbox.id);
        if (!view) return std::unexpected(view.error());
        seen = (*view)->mailbox;
    }
    if (const auto own = personal.find(mailbox.id); own != personal.end() && !mailbox.gone) {
        seen.unseen = static_cast<std::uint32_t>(seen.unseen + own->second.unseen);
        seen.highest_modseq = std::max(seen.highest_modseq, own->second.highest_modseq);
    }
    for (const wire::StatusItem item : items) {
        if (item == wire::StatusItem::mailbox_id) {
            data.mailbox_id = mailbox_id(seen);
            continue;
        }
        const auto value = value_of(state, seen, item);
        if (!value) return std::unexpected(value.error());
        data.items.emplace_back(item, *value);
    }
    return wire::write(data, state.enabled.names());
}

namespace {

Reply search_status(State& state, const wire::Status& command, const store::Mailbox& mailbox) {
    auto opened = open_search(state, mailbox);
    if (!opened) return opened.error();
    auto search = std::make_shared<SearchMailbox>(std::move(*opened));
    const auto answer = [&state, command, search](const Places& found, Output& out) -> Reply {
        show_found(*search, found);
        const auto text =
            status_text(state, search->view->mailbox, command.mailbox, command.items, {});
        if (!text) return failed(text.error());
        out.add(*text);
        return ok("Status given");
    };
    if (!search->query)
        search->query =
            indexer::query::make(indexer::query::Not{indexer::query::make(indexer::query::All{})});
    return search_in_view(state, *search, answer);
}

}  // namespace

Reply run(State& state, const wire::Status& command, Output& out) {
    if (std::ranges::find(command.items, wire::StatusItem::highestmodseq) != command.items.end())
        state.enabled.condstore = true;  // RFC 7162 3.1
    const auto mailbox = find_mailbox(state, command.mailbox);
    if (!mailbox) return mailbox.error();
    if (mailbox->kind == store::MailboxKind::search) return search_status(state, command, *mailbox);
    const auto personal = personal_counts(state);
    if (!personal) return failed(personal.error());
    const auto text = status_text(state, *mailbox, command.mailbox, command.items, *personal);
    if (!text) return failed(text.error());
    out.add(*text);
    return ok("Status given");
}

}  // namespace mailhold::imap::server

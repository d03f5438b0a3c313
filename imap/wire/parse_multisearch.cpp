// Arguments of ESEARCH (RFC 7377), a SEARCH that says in which mailboxes, of NOTIFY (RFC 5465), which says so too, and
// of CANCELUPDATE (RFC 5267).
#include <fmt/format.h>

#include <algorithm>

#include "imap/wire/command_parser.hpp"
#include "imap/wire/search_keys.hpp"

namespace mailhold::imap::wire {
namespace {

MailboxFilter filter(Cursor& in) {
    MailboxFilter filter;
    const auto start = in.position();
    const auto known = std::ranges::find(mailbox_filter_names, in.keyword("which mailboxes"));
    if (known == mailbox_filter_names.end()) {
        in.refuse_at(start, "unknown mailbox filter");
        return filter;
    }
    filter.kind = static_cast<MailboxFilter::Kind>(known - mailbox_filter_names.begin());
    if (!has_names(filter.kind)) return filter;
    in.space();
    const auto name = [&] { filter.names.push_back(in.mailbox()); };
    if (in.peek() == '(')
        in.parenthesised(name);
    else
        name();
    if (filter.names.empty()) in.fail("a mailbox name");
    return filter;
}

}  // namespace

MultiSearch parse_multisearch(Cursor& in) {
    MultiSearch command;
    command.search.kind =
        NumberKind::uid;  // RFC 7377 2: only UIDs mean something in many mailboxes
    in.space();
    if (in.accept_word("IN")) {
        in.space();
        in.parenthesised([&] {
            if (command.sources.size() == max_mailbox_filters)
                in.refuse(fmt::format("more than {} mailbox filters", max_mailbox_filters));
            else
                command.sources.push_back(filter(in));
        });
        if (command.sources.empty()) in.fail("which mailboxes");
        in.space();
    }
    parse_return_options(in, command.search);
    if (in.accept_word("CHARSET")) {
        in.space();
        parse_charset(in, command.search);
    }
    parse_search_keys(in, command.search);
    return command;
}

Notify parse_notify(Cursor& in) {
    Notify command;
    in.space();
    if (in.accept_word("NONE")) return command;
    if (!in.accept_word("SET")) in.fail("SET or NONE");
    in.space();
    command.status = in.accept_word("STATUS");
    if (command.status) in.space();
    do {
        if (in.failed()) return command;
        if (command.groups.size() == max_mailbox_filters) {
            in.refuse(fmt::format("more than {} mailbox filters", max_mailbox_filters));
            return command;
        }
        auto& group = command.groups.emplace_back();
        in.expect('(');
        group.filter = filter(in);
        in.space();
        const auto event = [&] {
            const auto start = in.position();
            const auto name = in.keyword("an event");
            const bool again = std::ranges::find(group.events, name) != group.events.end();
            group.events.push_back(name);
            if (name != "MESSAGENEW") return;
            if (again) in.refuse_at(start, "MessageNew given twice");
            if (!in.at(" (")) return;
            in.space();
            in.parenthesised([&] { parse_fetch_item(in, group.items); });
        };
        if (!in.accept_word("NONE")) in.parenthesised(event);
        in.expect(')');
    } while (in.more());
    return command;
}

CancelUpdate parse_cancel_update(Cursor& in) {
    CancelUpdate command;
    in.space();
    do command.tags.push_back(in.string("a tag in quotes"));
    while (in.more());
    return command;
}

}  // namespace mailhold::imap::wire

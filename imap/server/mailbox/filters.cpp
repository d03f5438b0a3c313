#include "imap/server/mailbox/filters.hpp"

#include <algorithm>
#include <iterator>

#include "imap/server/ascii.hpp"

namespace mailhold::imap::server {
namespace {

using Kind = wire::MailboxFilter::Kind;

// "subtree-one" stops one level below (RFC 7377 2.2).
bool is_within(std::string_view name, std::string_view root, Kind kind) {
    const bool same =
        equal_ignoring_case(root, "INBOX") ? equal_ignoring_case(name, root) : name == root;
    if (same) return true;
    if (kind == Kind::mailboxes || !is_below(name, root)) return false;
    return kind == Kind::subtree || !name.substr(root.size() + 1).contains('/');
}

}  // namespace

wire::MailboxFilter with_forms(wire::MailboxFilter filter) {
    std::vector<std::string> all;
    for (const auto& name : filter.names) std::ranges::move(forms(name), std::back_inserter(all));
    filter.names = std::move(all);
    return filter;
}

bool belongs(const wire::MailboxFilter& filter, const Name& name, const FilterSources& sources) {
    // What is made of other mailboxes is meant where it is asked for by name.
    const bool is_view = name.mailbox && name.mailbox->kind == store::MailboxKind::everything;
    switch (filter.kind) {
        case Kind::selected:
        case Kind::selected_delayed:
            return name.mailbox && sources.selected == name.mailbox->id;
        // RFC 5465 6.3: where new mail arrives.
        case Kind::inboxes:
            return name.mailbox && equal_ignoring_case(name.mailbox->name, "INBOX");
        case Kind::personal:  // RFC 2342: all but what others share
            return !is_view && !is_below(name.full, shared_root);
        case Kind::subscribed:
            return !is_view && !sources.unsubscribed.contains(name.full);
        case Kind::subtree:
        case Kind::subtree_one:
        case Kind::mailboxes:
            return std::ranges::any_of(filter.names, [&](const std::string& root) {
                return is_within(name.full, root, filter.kind);
            });
    }
    return false;
}

}  // namespace mailhold::imap::server

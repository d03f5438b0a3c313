// Which mailboxes ESEARCH (RFC 7377) and NOTIFY (RFC 5465) mean. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "imap/server/mailbox/names.hpp"
#include "imap/wire/command.hpp"

namespace mailhold::imap::server {

struct FilterSources {
    std::optional<MailboxId> selected{};
    const std::set<std::string>& unsubscribed;  // by the user: full names
};

// With its names in all their forms(), as belongs() compares them.
wire::MailboxFilter with_forms(wire::MailboxFilter filter);
bool belongs(const wire::MailboxFilter& filter, const Name& name, const FilterSources& sources);

}  // namespace mailhold::imap::server

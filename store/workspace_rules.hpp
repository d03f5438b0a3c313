// What the operations on workspaces are decided by, on the catalog as it is now. Private to
// workspaces.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/catalog/catalog.hpp"
#include "store/workspaces.hpp"

namespace mailhold::store::rules {

using catalog::CatalogWriter;

Workspace named(const Mailbox& mailbox);
Error denied(const Mailbox& mailbox);
Status allowed(const Mailbox& mailbox, const Actor& who, std::string_view needed);
// The workspace, where he has all of these rights.
Result<Mailbox> standing(CatalogWriter& now, MailboxId id, const Actor& who,
                         std::string_view needed);
// Those of the owner that are there.
Result<std::vector<Mailbox>> all_of(CatalogWriter& now, const std::string& owner, MailboxKind kind);
// The nearest workspace above this name; nullptr where there is none.
const Mailbox* nearest_above(const std::vector<Mailbox>& all, std::string name);
Status may_make_below(const Mailbox* parent, const std::string& owner, const Actor& who);
Result<UidValidity> next_uidvalidity(CatalogWriter& now);
// Under the next UIDs.
Result<Filed> placed(const Mailbox& mailbox, std::vector<Filed::Message> messages);

// Whether so much more is within the quota.
Status fits(const Workspaces::Usage& used, const Quota& quota, const Workspaces::Usage& more);
// Of messages that are stored already.
Result<std::uint64_t> octets_of(CatalogWriter& now, const std::vector<Filed::Message>& messages);

FlagSet changed(FlagSet flags, const Workspaces::FlagChange& change);
// Of the flags before and after, those of the second that he may change.
FlagSet as_allowed(const FlagSet& before, const FlagSet& after, std::string_view rights);
bool may_change(const Workspaces::FlagChange& change, std::string_view rights);

}  // namespace mailhold::store::rules

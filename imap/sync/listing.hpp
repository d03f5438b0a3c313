// What LIST means for the archive: which mailboxes to mirror, and the facts to record. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/namespaces.hpp"
#include "imap/wire/response.hpp"
#include "store/facts.hpp"

namespace mailhold::imap::sync {

// Whether `name` is matched by a LIST pattern (RFC 9051 6.3.9): "*" is anything, "%" anything
// without the separator. INBOX is matched in any case.
bool matches(std::string_view pattern, std::string_view name, std::string_view separator);

// Whose mailbox it is: that of the longest prefix it stands under (RFC 2342). INBOX is one's own, and so is what no
// namespace holds.
enum class Whose { own, other_user, shared };
Whose whose(const wire::NamespaceData& namespaces, std::string_view name);

// Which mailboxes are left out.
struct Rules {
    std::vector<std::string> exclude{};  // patterns
    wire::NamespaceData namespaces{};
    bool other_users = true;  // whether mailboxes of others are mirrored
    bool shared = true;
};

// What the archive has on record.
struct Recorded {
    std::vector<store::MailboxListed> listed;
    std::vector<store::Excluded> excluded;
};
struct ListingPlan {
    std::vector<std::string> mirror;  // INBOX first
    std::vector<store::Fact> facts;   // what is new
    // Of `mirror`: the one of all mail (RFC 6154), if there is one, and those with mail that is not in it.
    std::string all_mail{};
    std::set<std::string> apart{};
};
// What a rule leaves out by now is gone as if it were not listed: what is here of it stays, and is shown no longer.
// Errc::protocol where the answer cannot be whole: it is empty, or lacks the INBOX that was there before.
// (RFC 9051 6.3.9: a server may have none at all, as public-inbox-imapd.)
Result<ListingPlan> plan_listing(const std::string& account,
                                 const std::vector<wire::ListData>& shown, const Recorded& recorded,
                                 const Rules& rules);

}  // namespace mailhold::imap::sync

// The names a user sees, made from the archive's mailboxes. Pure.
//
//   INBOX                  the first account's INBOX, there only
//   <account>/<mailbox>    every other mirrored mailbox, as the origin is now
//   All mail               of all these and the two below, where there are several (everything.hpp)
//   All mail/<account>     every message ever archived from the account
//   All mail/Workspaces    every message that was ever put into the user's workspaces
//   Ever seen/<account>/<mailbox>    what stands in a mirrored mailbox and all that vanished from it,
//                          under the same UIDs; there from the first that vanished
//   Workspaces/<name>      the user's own mailboxes, to do with as he likes
//   Searches/<name>        what a query of the user's finds (search_mailbox.hpp)
//   Other users/<owner>/<name>       workspaces of others, where their lists grant him something
//
// Where only some mailboxes of an account are granted, they are seen, and what was ever seen in
// them; never all mail of the account, as that holds the rest too.
//
// A mailbox that the origin no longer lists is hidden once it is empty: while entries are still
// present in it, they would otherwise be out of reach under their name. Its messages stay in "All
// mail" and "Ever seen" for ever.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/server/login/user.hpp"
#include "store/rights.hpp"

namespace mailhold::imap::server {

inline constexpr std::string_view separator = "/";
inline constexpr std::string_view all_mail_root = "All mail";
inline constexpr std::string_view ever_seen_root = "Ever seen";
inline constexpr std::string_view workspaces_root = "Workspaces";
inline constexpr std::string_view searches_root = "Searches";
inline constexpr std::string_view shared_root = "Other users";

struct Name {
    std::string full;                         // UTF-8
    std::vector<std::string> special_use;     // RFC 6154
    const store::Mailbox* mailbox = nullptr;  // borrowed; none: cannot be selected
    bool has_children = false;
    std::string rights = "l";  // RFC 4314; without "l" LIST passes it over
};

store::Actor actor(const User& user);
// What he may do there; nothing where the mailbox is not for him. In one that follows an origin
// `flags` are the rights for flags of his own.
std::string rights_in(const store::Mailbox& mailbox, const User& user, std::string_view flags);

std::string full_name(const store::Mailbox& mailbox, const User& user);  // as he sees it

// What the user sees: INBOX first, then by octets, every parent included. `mailboxes` must outlive
// the answer.
std::vector<Name> visible_names(const std::vector<store::Mailbox>& mailboxes, const User& user,
                                std::string_view flags = {});

// The mailboxes that "All mail" is made of, ascending by id. They only ever grow.
std::vector<const store::Mailbox*> sources_of(const std::vector<store::Mailbox>& mailboxes,
                                              const User& user);

// What is looked for where a client gives this name or pattern: exactly that, as an origin may have names in any form, then
// the same characters composed (RFC 5198 3), as what is made here is named, then decomposed, as file systems of some origins
// have them. Each form once.
std::vector<std::string> forms(std::string_view name);

// nullptr if there is none. INBOX in any case (RFC 3501 5.1), and by the name that the command line and other users have
// for it, <account>/INBOX; else the first of its forms() that is there.
const Name* find_name(const std::vector<Name>& names, std::string_view full);

// "*" is anything, "%" anything but the separator (RFC 3501 6.3.8); a pattern matches INBOX in any
// case.
bool matches_pattern(std::string_view pattern, std::string_view name);
// A pattern of the same meaning without wildcards side by side.
std::string without_runs(std::string_view pattern);

// Whose workspace or search a full name means, and what it is called among his.
struct WorkspaceName {
    std::string owner;
    std::string name;
    store::MailboxKind kind = store::MailboxKind::workspace;
    bool operator==(const WorkspaceName&) const = default;
};
std::string as_seen(const WorkspaceName& workspace, const User& user);
// nullopt where it is no name for one: its levels may not be empty, nor hold what no client can
// show.
std::optional<WorkspaceName> workspace_name(std::string_view full, std::string_view user);

// What is made has this many at most: every one is a name that all who see it are shown.
inline constexpr std::size_t most_levels = 20;
std::size_t levels(std::string_view name);

// Whether `name` stands below `parent`.
bool is_below(std::string_view name, std::string_view parent);

}  // namespace mailhold::imap::server

// The names a user sees, made from the archive's mailboxes. Pure.
//
//   INBOX                  the first account's INBOX, there only
//   <account>/<mailbox>    every other mirrored mailbox, as the origin is now
//   All mail/<account>     every message ever archived from the account
//   Ever seen/<account>/<mailbox>    what stands in a mirrored mailbox and all that vanished from it,
//                          under the same UIDs; there from the first that vanished
//   Workspaces/<name>      the user's own mailboxes, to do with as he likes
//
// A mailbox that the origin no longer lists is hidden once it is empty: while entries are still
// present in it, they would otherwise be out of reach under their name. Its messages stay in "All
// mail" and "Ever seen" for ever.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/catalog/types.hpp"

namespace mailhold::imap::server {

inline constexpr std::string_view separator = "/";
inline constexpr std::string_view all_mail_root = "All mail";
inline constexpr std::string_view ever_seen_root = "Ever seen";
inline constexpr std::string_view workspaces_root = "Workspaces";

struct Name {
    std::string full;                         // UTF-8
    std::vector<std::string> special_use;     // RFC 6154
    const store::Mailbox* mailbox = nullptr;  // borrowed; none: cannot be selected
    bool has_children = false;
};

// What the user of these accounts sees: INBOX first, then by octets, every parent included. `mailboxes` must outlive the answer.
std::vector<Name> visible_names(const std::vector<store::Mailbox>& mailboxes,
                                const std::vector<std::string>& accounts,
                                std::string_view user = {});

// nullptr if there is none. INBOX in any case (RFC 3501 5.1).
const Name* find_name(const std::vector<Name>& names, std::string_view full);

// "*" is anything, "%" anything but the separator (RFC 3501 6.3.8); a pattern matches INBOX in any
// case.
bool matches_pattern(std::string_view pattern, std::string_view name);

// What a workspace of this full name is called without the root; nullopt where it is no name for one:
// its levels may not be empty, nor hold what no client can show.
std::optional<std::string> workspace_name(std::string_view full);

// Whether `name` stands below `parent`.
bool is_below(std::string_view name, std::string_view parent);

}  // namespace mailhold::imap::server

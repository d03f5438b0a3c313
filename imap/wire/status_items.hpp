// The names of STATUS items (RFC 3501 6.3.10, RFC 9051 6.3.11, RFC 7162 for HIGHESTMODSEQ), for
// both sides.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "imap/wire/values.hpp"

namespace mailhold::imap::wire {

// In the order of the enumerators.
inline constexpr std::array<std::string_view, 10> status_item_names{
    "MESSAGES", "RECENT",        "UIDNEXT", "UIDVALIDITY", "UNSEEN",
    "SIZE",     "HIGHESTMODSEQ", "DELETED", "MAILBOXID",   "DELETED-STORAGE"};

// `name` in upper case.
inline std::optional<StatusItem> status_item(std::string_view name) {
    const auto found = std::ranges::find(status_item_names, name);
    if (found == status_item_names.end()) return std::nullopt;
    return static_cast<StatusItem>(found - status_item_names.begin());
}

}  // namespace mailhold::imap::wire

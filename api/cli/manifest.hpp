// How exported messages are written: file names, mbox quoting, and the manifest's rows. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/catalog/types.hpp"

namespace mailhold::cli {

// One mailbox in an mbox of the "mboxrd" kind: a separator line, the octets with lines of >*From
// quoted by one more
// >, and line ends so that the next separator stands alone. Reversible with the size from the
// manifest.
std::string mbox_entry(std::string_view octets, const ZonedSeconds& date);

// The message's octets again, from what stands between two separator lines.
std::string from_mbox(std::string_view entry, std::size_t size);

// A name that every file system takes: what is special in one becomes %XX, a leading dot too.
std::string file_name(std::string_view name);

constexpr std::string_view manifest_head =
    "sha256\tsize\tfile\taccount\tmailbox\tuidvalidity\tuid\tinternal_date\tflags\tat_origin\n";
// One row a location; tabs, line ends and backslashes in names are written \t, \n, \r and \\.
std::string manifest_row(const store::StoredMessage& message, std::string_view file,
                         const store::Location& location);

}  // namespace mailhold::cli

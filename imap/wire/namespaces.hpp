// The answer to NAMESPACE (RFC 2342): under which prefixes a server shows the mailboxes of whom.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"

namespace mailhold::imap::wire {

struct NamespaceData {
    struct One {
        std::string prefix;     // UTF-8, mostly with the separator at its end: "Shared/"
        std::string separator;  // empty for NIL
        bool operator==(const One&) const = default;
    };
    std::vector<One> personal, other_users, shared;
    bool operator==(const NamespaceData&) const = default;
};

// What stands behind "* NAMESPACE" (OtherData::rest). Total, as parse_response().
Result<NamespaceData> parse_namespaces(std::string_view text);

}  // namespace mailhold::imap::wire

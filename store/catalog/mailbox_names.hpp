// Names of local mailboxes, from the names at the origin. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace mailhold::store::catalog {

// The origin's name with "/" between its levels, whatever the origin's separator (empty: a flat
// name space, one level). A "/" within a level becomes U+2215, a control character U+FFFD; empty
// levels are dropped, and so is a U+FFFD at the end; a first level that is INBOX in any case is "INBOX" (RFC 9051 5.1).
std::string local_name(std::string_view origin_name, std::string_view separator);

// `name`, or the first of "name (2)", "name (3)", ... that is not taken.
std::string free_name(const std::string& name,
                      const std::function<bool(const std::string&)>& taken);

}  // namespace mailhold::store::catalog

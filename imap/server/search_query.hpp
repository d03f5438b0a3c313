// SEARCH's keys (RFC 3501 6.4.4) to the query tree that the whole program shares, and its results
// back to the wire.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/command.hpp"
#include "indexer/query/query.hpp"
#include "store/base/error.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::imap::server {

// Numbers are resolved against the mailbox as the session sees it. Errc::unsupported: the charset
// is not known.
Result<indexer::query::QueryPtr> make_query(const wire::Search& search,
                                            const store::MailboxSnapshot& mailbox);

// "* SEARCH 2 3", or "* ESEARCH (TAG "a1") UID COUNT 2" where RETURN was given (RFC 4731).
std::string search_response(std::string_view tag, const wire::Search& search,
                            const std::vector<std::uint32_t>& numbers);

}  // namespace mailhold::imap::server

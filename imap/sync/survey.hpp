// The look over the whole account that starts each pass: LIST, and STATUS of every mailbox.
#pragma once

#include <string>
#include <vector>

#include "imap/sync/listing.hpp"
#include "imap/sync/mailbox_sync.hpp"

namespace mailhold::imap::sync {

inline constexpr std::size_t mailbox_limit = 100'000;  // of one account

// LIST; records what is new, and returns the plan without its facts.
net::awaitable<Result<ListingPlan>> list_mailboxes(Workplace place, client::Connection& connection);

// STATUS of `mailboxes`, pipelined; returns those in which something has changed or may have, in
// the same order.
net::awaitable<Result<std::vector<std::string>>> survey(Workplace place,
                                                        client::Connection& connection,
                                                        std::vector<std::string> mailboxes,
                                                        Depth depth);

}  // namespace mailhold::imap::sync

// SORT's order (RFC 5256, RFC 5957, RFC 6203): a pure function of the messages' facts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imap/server/mailbox/columns.hpp"
#include "imap/wire/command.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::imap::server {

// The sent date in UTC, or when that cannot be read the internal date (RFC 5256 2.2).
UtcSeconds sent_date(const store::Entry& entry, const OrderFacts& facts);

// Which of `places`, by its place among them, is first, second, ... in the order of `keys`, the first
// key foremost; by sequence number where all are equal. `facts` and `scores` belong to `places`,
// one by one; scores may be empty, then RELEVANCY orders nothing.
std::vector<std::size_t> in_order(std::span<const wire::SortKey> keys,
                                  const store::MailboxSnapshot& mailbox,
                                  std::span<const std::uint32_t> places,
                                  const Columns::Column<OrderFacts>& facts,
                                  std::span<const std::uint8_t> scores = {});

}  // namespace mailhold::imap::server

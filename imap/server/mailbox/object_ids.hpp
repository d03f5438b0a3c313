// The ids of RFC 8474, each made of what never changes: an EMAILID of a message's octets, a THREADID
// of the message that its References name first, a MAILBOXID of the catalog's number.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "imap/server/mailbox/columns.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::imap::server {

std::string email_id(const Digest& digest);  // "M" and 64 digits
std::optional<Digest> digest_of_email_id(std::string_view id);
std::string thread_id(const Links& links, const Digest& digest);  // "T" and 16 digits
std::string mailbox_id(const store::Mailbox& mailbox);            // "F12-1700000000"

// Of a mailbox that is made of others: another one for other content.
UidValidity uidvalidity_of(std::string_view content);

}  // namespace mailhold::imap::server

// SEARCH's keys (RFC 3501 6.4.4 and its extensions) to the query tree that the whole program shares.
#pragma once

#include <vector>

#include "imap/server/mailbox/columns.hpp"
#include "imap/wire/command.hpp"
#include "indexer/query/query.hpp"
#include "store/base/error.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::imap::server {

// What the keys are read against. Keys that no other program part knows (ages, ids, times of
// archiving, "$") become the UIDs that they name in this mailbox at this moment.
struct KeySources {
    const store::MailboxSnapshot& mailbox;    // numbers are resolved in it
    UtcSeconds now{};                         // of OLDER and YOUNGER
    const std::vector<Uid>* saved = nullptr;  // "$", ascending
    Columns* columns = nullptr;
    const store::ArchiveReader* archive = nullptr;
};

// Blocking where a key needs `columns` or `archive`. Errc::unsupported: the charset is not known.
// Errc::invalid: X-GM-RAW is not the human language; the text says where. Errc::limit: too many keys
// of those that become UIDs; the text says which.
Result<indexer::query::QueryPtr> make_query(const wire::Search& search, const KeySources& sources);

// The same key with sequence numbers and "$" put as the UIDs that they name now, so that it means
// the same later (RFC 5267 4.3).
wire::SearchKey fixed(wire::SearchKey key, const KeySources& sources);
// Whether message numbers or "$" occur in it, which mean nothing in other mailboxes (RFC 7377 2).
bool names_numbers(const wire::SearchKey& key);
// Whether MODSEQ occurs in it: the answer then tells one too (RFC 7162 3.1.5).
bool names_modseq(const wire::SearchKey& key);

}  // namespace mailhold::imap::server

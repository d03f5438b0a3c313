// The messages that a human query finds, for `search` and `export`; and a message by what a person
// calls it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "indexer/text/attachment.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {

struct Hit {
    MessageNumber message{};
    ZonedSeconds date;  // INTERNALDATE
    bool operator==(const Hit&) const = default;
};

// Over every account's whole mail, or the mailboxes that in:NAME names ("account/name", "All
// mail/account" or just "name"; any case). Each message once, newest first. An empty query finds
// everything. Blocking. Errc::invalid for a query that cannot be read, Errc::not_found for a
// mailbox that is not there. Attachments of messages that are not indexed yet are read by
// `extractor`.
Result<std::vector<Hit>> select(const store::ArchiveReader& archive, std::string_view query,
                                const indexer::text::Extractor& extractor);

// How mail programs name it: "All mail/alice", "alice/Work/2024".
std::string full_name(const store::Mailbox& mailbox);

// By number (up to nine digits), or by the first digits of the digest, four at least.
// Errc::not_found; Errc::exists lists the candidates where several begin so.
Result<store::StoredMessage> find_message(const store::ArchiveReader& archive, std::string_view id);

constexpr std::size_t id_digits = 16;  // of the digest, where one is printed for people
std::string short_id(const Digest& digest);

}  // namespace mailhold::cli

// The messages that a human query finds, for `search` and `export`; and a message by what a person
// calls it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http/search.hpp"
#include "indexer/text/attachment.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {

using http::full_name;
using http::Hit;

// What the query finds (http::find). Attachments of messages that are not indexed yet are read by
// `extractor`.
Result<std::vector<Hit>> select(const store::ArchiveReader& archive, std::string_view query,
                                const indexer::text::Extractor& extractor);

// By number (up to nine digits), or by the first digits of the digest, four at least.
// Errc::not_found; Errc::exists lists the candidates where several begin so.
Result<store::StoredMessage> find_message(const store::ArchiveReader& archive, std::string_view id);

constexpr std::size_t id_digits = 16;  // of the digest, where one is printed for people
std::string short_id(const Digest& digest);

}  // namespace mailhold::cli

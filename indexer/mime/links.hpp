// What ties a message to others: its Message-ID and those it refers to (RFC 5256 3), as hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailhold::indexer::mime {

// The first eight octets of a message id's SHA-256.
using IdHash = std::uint64_t;
struct Links {
    std::optional<IdHash> id;        // of Message-ID
    std::vector<IdHash> references;  // of References, else the first of In-Reply-To
    bool operator==(const Links&) const = default;
};

// From the header of the message; total.
Links read_links(std::string_view message);

// As the catalog keeps them: hexadecimal, blanks between, "-" for no id. nullopt for other text.
std::string links_text(const Links& links);
std::optional<Links> links_from(std::string_view text);

}  // namespace mailhold::indexer::mime

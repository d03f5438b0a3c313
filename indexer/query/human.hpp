// The human query language of `mailhold search`: words, "phrases", from: to: cc: subject: body:
// filename: header:NAME= has:attachment attachment:STATUS before: after: on: larger: smaller: in:
// is:seen|unseen|flagged|answered, OR, -, parentheses. STATUS is what came of reading some
// attachment's text: indexed, truncated, encrypted, unsupported or failed.
//
// Words side by side must all match; OR binds weaker than that. A bare word is looked for in TEXT
// and in the names of attachments. Dates are 2024-01-31, 2024-01 or 2024, of arrival: before: and
// after: leave the named span out. Sizes take K, M or G (powers of 1024). Quotes keep blanks,
// colons and parentheses: from:"a b", "re: x", header:List-Id="x y".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "indexer/query/query.hpp"
#include "store/base/error.hpp"

namespace mailhold::indexer::query {

struct HumanQuery {
    QueryPtr query;
    std::optional<std::string> mailbox;  // in:NAME, as "account/name" or "name"
};

inline constexpr std::size_t human_nesting_limit = 100;     // parentheses and "-" within each other
inline constexpr std::size_t human_length_limit = 100'000;  // octets

// Errc::invalid says where in the text, and what was expected there.
Result<HumanQuery> parse_human(std::string_view text);

}  // namespace mailhold::indexer::query

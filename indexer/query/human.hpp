// The human query language of `mailhold search`: words, "phrases", from: to: cc: subject: body: filename: header:NAME=
// has:attachment before: after: on: larger: smaller: in: is:seen|unseen|flagged|answered, OR, -, parentheses.
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

// Errc::invalid says where in the text, and what was expected there.
Result<HumanQuery> parse_human(std::string_view text);

}  // namespace mailhold::indexer::query

// The keys of the human query language: a key and its value to a query. Where in the text they
// stand is the parser's.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "indexer/query/query.hpp"

namespace mailhold::indexer::query {

struct HumanValue {
    std::string name;  // of header:NAME=TEXT
    std::string text;
};
struct HumanError {
    enum class Place { key, value } place;
    std::string text;  // what was expected there
};

// `key` in lower case, without its colon.
std::expected<QueryPtr, HumanError> human_key(std::string_view key, const HumanValue& value);

}  // namespace mailhold::indexer::query

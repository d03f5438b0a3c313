// Flag sets, interned: each distinct set of flags is one row with a number. Within a set, flags are
// sorted and spelled in one way: system flags as RFC 9051 writes them, keywords as they were first
// seen.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/catalog/connection.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::store::catalog {

// Lists of words in one column; no word of them may hold a blank (flags and attributes are atoms).
std::string join_words(const std::vector<std::string>& words);
std::vector<std::string> split_words(std::string_view text);

// The writer's view of the two tables, held in memory.
class FlagSets {
  public:
    explicit FlagSets(Connection& connection) : connection_(connection) {}

    std::optional<FlagSetId> find(const std::vector<std::string>& flags);  // writes nothing
    FlagSetId intern(const std::vector<std::string>& flags);
    bool seen(FlagSetId id);  // whether it holds \Seen
    void forget();            // what is in memory, after a rollback

  private:
    enum class Strange { leave, learn };  // what to do about a keyword never seen before
    std::optional<std::string> canonical(const std::vector<std::string>& flags, Strange strange);
    void load();
    void remember(FlagSetId id, const std::string& flags);

    Connection& connection_;
    bool loaded_ = false;
    std::unordered_map<std::string, std::string> spellings_;  // of keywords, by their lower case
    std::unordered_map<std::string, FlagSetId> ids_;
    std::vector<bool> seen_;  // by id; ids are dense from 1
};

}  // namespace mailhold::store::catalog

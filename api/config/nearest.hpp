// The nearest right name for a mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mailhold::config {

// The candidate with the fewest single-character changes (insert, delete, replace, swap of
// neighbours), if at most a third of the word has to change.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// "; did you mean \"listen\"?" or, where nothing is near, "; known here: a, b, c".
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

}  // namespace mailhold::config

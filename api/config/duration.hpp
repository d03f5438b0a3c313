// Lengths of time as people write them in the configuration: "90s", "30m", "12h", "1d". Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mailhold::config {

// Whole numbers with one unit, up to ten years; "never" is 0. Nothing for any other text.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace mailhold::config

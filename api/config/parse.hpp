// TOML to Config, with every mistake found at once, each with its line. toml++ stays in parse.cpp.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "api/config/config.hpp"
#include "store/base/error.hpp"

namespace mailhold::config {

struct Mistake {
    std::size_t line = 0;  // 1-based; 0: the file as a whole
    std::string text;      // what is wrong and what to write instead
    auto operator<=>(const Mistake&) const = default;
};

// Total: any text gives a Config that passed every check, or the mistakes ascending by line. Paths
// in it that are relative are taken from `folder`, that of the file.
std::expected<Config, std::vector<Mistake>> parse(std::string_view toml,
                                                  const std::filesystem::path& folder);

// Reads and parses a file. Errc::invalid holds one "file:line: text" a line.
Result<Config> load(const std::filesystem::path& file);

// The documented default, the text of default.toml.
std::string_view default_toml();

}  // namespace mailhold::config

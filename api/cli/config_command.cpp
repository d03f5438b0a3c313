// mailhold config: the documented default, or the mistakes of the one in use.
#include <fmt/format.h>

#include "api/cli/commands.hpp"
#include "api/cli/place.hpp"
#include "api/config/check.hpp"
#include "api/config/parse.hpp"

namespace mailhold::cli {

Result<int> config_command(const ConfigOptions& options) {
    if (options.action == ConfigAction::print_default) {
        fmt::print("{}", config::default_toml());
        return success;
    }
    auto file = config_file(options.place);
    if (!file) return std::unexpected(file.error());
    auto config = load_config({.config = *file, .data = {}});
    if (!config) return std::unexpected(config.error());
    std::string problems;
    for (const auto& problem : config::unreadable_files(*config))
        problems += fmt::format("{}{}: {}", problems.empty() ? "" : "\n", file->string(), problem);
    if (!problems.empty()) return fail(Errc::invalid, problems);
    fmt::print("{}: good; {} accounts, {} users, data in {}\n", file->string(),
               config->accounts.size(), config->users.size(), config->data.string());
    return success;
}

}  // namespace mailhold::cli

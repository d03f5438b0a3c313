// mailhold config: the documented default, or the mistakes of the one in use.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "api/cli/commands.hpp"
#include "api/cli/place.hpp"
#include "api/config/check.hpp"
#include "api/config/parse.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {
namespace {

// None where there is no archive yet.
std::vector<std::string> archived_accounts(const std::filesystem::path& data) {
    std::vector<std::string> names;
    const auto archive = store::ArchiveReader::open(data);
    const auto accounts =
        archive ? (*archive)->accounts() : Result<std::vector<store::AccountDeclared>>();
    if (accounts)
        for (const auto& account : *accounts) names.push_back(account.account);
    return names;
}

}  // namespace

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
    auto found = config::unreadable_files(*config);
    std::ranges::move(config::unknown_accounts(*config, archived_accounts(config->data)),
                      std::back_inserter(found));
    for (const auto& problem : found)
        problems += fmt::format("{}{}: {}", problems.empty() ? "" : "\n", file->string(), problem);
    if (!problems.empty()) return fail(Errc::invalid, problems);
    fmt::print("{}: good; {} accounts, {} users, data in {}\n", file->string(),
               config->accounts.size(), config->users.size(), config->data.string());
    return success;
}

}  // namespace mailhold::cli

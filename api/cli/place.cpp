// Finding the configuration.
#include "api/cli/place.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "api/config/nearest.hpp"
#include "api/config/parse.hpp"

namespace mailhold::cli {

Result<std::filesystem::path> config_file(const Place& place) {
    if (!place.config.empty()) return place.config;
    const char* named =
        std::getenv("MAILHOLD_CONFIG");  // NOLINT(concurrency-mt-unsafe): before any thread
    if (named != nullptr && *named != '\0') return std::filesystem::path(named);
    constexpr std::array<const char*, 2> usual = {"mailhold.toml", "/etc/mailhold/mailhold.toml"};
    for (const char* file : usual) {
        std::error_code ignored;
        if (std::filesystem::exists(file, ignored)) return std::filesystem::path(file);
    }
    return fail(
        Errc::invalid,
        "there is no configuration at ./mailhold.toml or /etc/mailhold/mailhold.toml: give "
        "--config FILE "
        "(`mailhold config` prints one to start from), or --data DIR where a command takes it");
}

Result<config::Config> load_config(const Place& place) {
    auto file = config_file(place);
    if (!file) return std::unexpected(file.error());
    auto config = config::load(*file);
    if (config) return config;
    if (config.error().code == Errc::invalid)
        return fail(Errc::invalid, "the configuration has mistakes:\n" + config.error().text);
    return fail(Errc::invalid,
                fmt::format("the configuration cannot be read: {}", config.error().text));
}

Result<const config::Account*> find_account(const config::Config& config, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& account : config.accounts) {
        if (account.name == name) return &account;
        names.push_back(account.name);
    }
    return fail(Errc::invalid, fmt::format("there is no [[account]] \"{}\"{}", name,
                                           config::suggestion(name, names)));
}

Result<std::filesystem::path> data_folder(const Place& place) {
    if (!place.data.empty()) return std::filesystem::absolute(place.data).lexically_normal();
    auto config = load_config(place);
    if (!config) return std::unexpected(config.error());
    return config->data;
}

std::string reachable_host(const std::string& host) {
    if (host == "*" || host == "0.0.0.0") return "127.0.0.1";
    return host == "::" ? "::1" : host;
}

}  // namespace mailhold::cli

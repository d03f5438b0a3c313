// Which configuration and which archive a command works on.
#pragma once

#include <filesystem>
#include <string>

#include "api/cli/options.hpp"
#include "api/config/config.hpp"
#include "store/base/error.hpp"

namespace mailhold::cli {

// --config, else $MAILHOLD_CONFIG, ./mailhold.toml, /etc/mailhold/mailhold.toml: the first that is
// given or there.
Result<std::filesystem::path> config_file(const Place& place);
Result<config::Config> load_config(const Place& place);
// The account of that name; Errc::invalid, with the nearest name there is. Borrowed from `config`.
Result<const config::Account*> find_account(const config::Config& config, const std::string& name);
// --data, else what the configuration says.
Result<std::filesystem::path> data_folder(const Place& place);

// Where to reach what listens on `host`: "*" and the unspecified addresses are reached over
// loopback.
std::string reachable_host(const std::string& host);

}  // namespace mailhold::cli

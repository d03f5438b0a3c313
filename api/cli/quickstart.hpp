// The quick start: one origin's URL and a folder, no configuration file. It writes one into the
// folder, so that every other command and the next start can use it.
#pragma once

#include <filesystem>
#include <string>

#include "api/config/config.hpp"
#include "store/base/error.hpp"

namespace mailhold::cli {

struct QuickStart {
    config::Config config;
    std::filesystem::path file;  // the configuration that was written or found: DIR/quickstart.toml
    std::string
        new_password;  // of the local user, shown once; empty when the file was there already
};

// Asks for the origin's password unless $MAILHOLD_PASSWORD has it; it is kept in this process's
// environment only. Call before any thread starts. Errc::invalid for a folder that holds mail of
// another URL; where there is none yet the file is written anew.
Result<QuickStart> quick_start(const std::string& url, const std::filesystem::path& data);

// Pure: the configuration's text, and the account's name from the URL's user.
std::string quick_start_toml(const config::OriginUrl& url, const std::string& password_hash);
std::string quick_start_name(const config::OriginUrl& url);

}  // namespace mailhold::cli

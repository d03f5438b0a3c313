// What a command shows of mail is put on record before it is shown, as over IMAP ([audit]): the user of the operating system
// who runs it, as "cli:root" at "uid 0", and what it shows.
#pragma once

#include <filesystem>
#include <string>

#include "api/cli/options.hpp"
#include "store/audit.hpp"

namespace mailhold::cli {

// On disk when it returns. Where that fails nothing is to be shown.
Status put_on_record(const Place& place, const std::filesystem::path& data,
                     store::Accessed::What what, std::string detail);

}  // namespace mailhold::cli

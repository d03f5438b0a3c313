// Where an account's password comes from. It is read when it is needed, so that a new one is picked
// up, and is never logged or stored.
#pragma once

#include <chrono>
#include <string>

#include "store/base/error.hpp"

namespace mailhold::config {

enum class PasswordFrom { file, environment, command };

struct PasswordSource {
    PasswordFrom from = PasswordFrom::file;
    std::string
        name;  // the file's path, the variable's name or the command for /bin/sh; empty: none
    bool operator==(const PasswordSource&) const = default;
};

// Blocking. A file's final line end is not part of the password; a file that others may read is
// warned of. Of a command's output the first line counts. Errors never hold what the source gave,
// nor the command.
Result<std::string> read_password(
    const PasswordSource& source,
    std::chrono::milliseconds command_timeout = std::chrono::seconds(30));

}  // namespace mailhold::config

// What the operating system refused to do to a file, as an Error.
#pragma once

#include <cerrno>
#include <filesystem>
#include <string_view>

#include "store/base/error.hpp"

namespace mailhold {

std::unexpected<Error> os_error(std::string_view doing, const std::filesystem::path& path,
                                int error = errno);

}  // namespace mailhold

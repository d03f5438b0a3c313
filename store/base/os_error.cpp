#include "store/base/os_error.hpp"

#include <fmt/format.h>

#include <cstring>

namespace mailhold {

std::unexpected<Error> os_error(std::string_view doing, const std::filesystem::path& path,
                                int error) {
    const auto code = error == ENOENT                                       ? Errc::not_found
                      : error == EEXIST                                     ? Errc::exists
                      : error == EACCES || error == EPERM || error == EROFS ? Errc::denied
                      : error == ENOSPC || error == EDQUOT                  ? Errc::no_space
                                                                            : Errc::io;
    return fail(code, fmt::format("{} {}: {}", doing, path.string(), std::strerror(error)));
}

}  // namespace mailhold

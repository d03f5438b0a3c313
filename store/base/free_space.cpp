#include "store/base/free_space.hpp"

#include <fmt/format.h>

namespace mailhold {

Status leaves_free(const std::filesystem::path& folder, std::uint64_t octets,
                   std::uint64_t reserve) {
    std::error_code problem;
    const auto space = std::filesystem::space(folder, problem);
    if (problem || (space.available >= reserve && space.available - reserve >= octets)) return {};
    return fail(
        Errc::no_space,
        fmt::format("the disk of {} has {} MiB left: {} MiB of it are kept free, and {} "
                    "MiB more are needed",
                    folder.string(), space.available >> 20, reserve >> 20, (octets >> 20) + 1));
}

}  // namespace mailhold

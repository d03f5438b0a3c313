// Disk that is left free: what comes from outside must not take the room that the archive needs to go on.
#pragma once

#include <cstdint>
#include <filesystem>

#include "store/base/error.hpp"

namespace mailhold {

// Errc::no_space unless the disk under `folder` has room for `octets`, and `reserve` is left then. Where the disk does not
// tell, writing will. Blocking.
Status leaves_free(const std::filesystem::path& folder, std::uint64_t octets,
                   std::uint64_t reserve);

}  // namespace mailhold

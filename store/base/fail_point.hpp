// Named places where a test can make the next step fail or kill the process, to prove that nothing
// is lost there. Costs one relaxed atomic load where none is armed.
#pragma once

#include <string_view>

#include "store/base/error.hpp"

namespace mailhold::fail_point {

// Arms one point: "NAME:N:ACTION", N-th reach counted from 1, ACTION one of kill (SIGKILL to
// ourselves), error (Errc::io), no_space (Errc::no_space); from the N-th reach on for the latter
// two. "" disarms.
Status arm(std::string_view specification);

// Returns what the armed action says, normally success. Any thread.
Status reach(std::string_view name);

}  // namespace mailhold::fail_point

#include "api/cli/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace mailhold::cli {
namespace {

constexpr std::size_t reserve = 512;  // for all but the connections of the endpoint

}  // namespace

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<std::size_t>::max();
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::size_t connections_within(std::size_t limit, std::size_t wanted) {
    return std::min(wanted, limit > 2 * reserve ? limit - reserve : limit / 2);
}

}  // namespace mailhold::cli

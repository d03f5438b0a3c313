#include "store/base/error.hpp"

#include <cstdio>
#include <cstdlib>

namespace mailhold {

const char* name_of(Errc code) {
    switch (code) {
        case Errc::invalid:
            return "invalid";
        case Errc::not_found:
            return "not_found";
        case Errc::exists:
            return "exists";
        case Errc::denied:
            return "denied";
        case Errc::locked:
            return "locked";
        case Errc::io:
            return "io";
        case Errc::no_space:
            return "no_space";
        case Errc::corrupt:
            return "corrupt";
        case Errc::network:
            return "network";
        case Errc::throttled:
            return "throttled";
        case Errc::tls:
            return "tls";
        case Errc::auth:
            return "auth";
        case Errc::protocol:
            return "protocol";
        case Errc::limit:
            return "limit";
        case Errc::timeout:
            return "timeout";
        case Errc::cancelled:
            return "cancelled";
        case Errc::unsupported:
            return "unsupported";
    }
    return "unknown";
}

void assertion_failed(const char* what, const char* file, int line) {
    std::fprintf(stderr, "mailhold: assertion failed: %s (%s:%d)\n", what, file, line);
    std::abort();
}

}  // namespace mailhold

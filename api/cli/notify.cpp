// One datagram to the socket of the service manager; nothing of libsystemd is needed for it.
#include "api/cli/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace mailhold::cli {

void notify_service_manager(std::string_view state) {
    const char* name = std::getenv(
        "NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): nobody writes the environment
    sockaddr_un address{};
    if (name == nullptr || std::strlen(name) >= sizeof(address.sun_path)) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name, std::strlen(name));
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // the abstract name space
    auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(name));
    int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    // Best effort: a service manager that does not listen notices by its own timeout.
    (void)::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr*>(&address), size);
    ::close(fd);
}

}  // namespace mailhold::cli

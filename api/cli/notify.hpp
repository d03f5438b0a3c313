// Tells systemd how the service is doing (sd_notify(3)), where it asked to be told.
#pragma once

#include <string_view>

namespace mailhold::cli {

// "READY=1", "RELOADING=1", "STOPPING=1". Does nothing without $NOTIFY_SOCKET.
void notify_service_manager(std::string_view state);

}  // namespace mailhold::cli

// What a listener tells of its work while it goes on, for metrics; and why it refuses mail.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace mailhold::intake::journal {

enum class Refusal {
    too_large,
    address,      // a recipient that is not taken, or one that would need SMTPUTF8
    disk,         // there is no room, or there would not be
    trouble,      // it could not be stored for another reason; the log says which
    empty,        // there was no message
    connections,  // too many: turned away at the door
    network,      // likewise, as it is not served
};
inline constexpr std::array<std::string_view, 7> names_of_refusals = {  // in their order
    "too_large", "address", "disk", "trouble", "empty", "connections", "network"};

// Called from any thread.
struct Observer {
    std::function<void(int difference)> connections = [](int) {};
    std::function<void(std::uint64_t octets)> accepted = [](std::uint64_t) {
    };  // a message is on disk
    std::function<void()> unwrapped = [] {};  // of them, a report with the message it carries
    std::function<void(Refusal)> refused = [](Refusal) {};
};

}  // namespace mailhold::intake::journal

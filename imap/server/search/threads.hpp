// The threading algorithms of RFC 5256, and REFS of draft-ietf-morg-inthread. Pure, and without
// recursion: References may chain as many messages as a mailbox holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/server/mailbox/columns.hpp"

namespace mailhold::imap::server {

enum class Threading { ordered_subject, references, refs };
std::optional<Threading> threading(std::string_view name);  // in upper case

// What the algorithms know of a message; borrowed for the call.
struct ThreadMessage {
    std::uint32_t number = 0;  // as the answer names it; ascending
    UtcSeconds sent;
    const OrderFacts* facts = nullptr;
    const Links* links = nullptr;  // not for ordered_subject
};

// "(2)(3 6 (4 23)(44 7 96))", the thread-list of RFC 5256 4; empty where there are no messages.
std::string threads_text(Threading algorithm, const std::vector<ThreadMessage>& messages);

}  // namespace mailhold::imap::server

// One request to a daemon of our own, for `mailhold healthcheck`, `mailhold status` and `mailhold reconcile`.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "store/base/error.hpp"

namespace mailhold::http {

struct Answer {
    unsigned status = 0;
    std::string body;
};

// Blocking; for the main thread of a command. Errc::network where nobody answers.
Result<Answer> get(std::string host, std::uint16_t port, std::string path,
                   std::chrono::milliseconds timeout);
// The same as POST, marked as deliberate (Request::deliberate).
Result<Answer> post(std::string host, std::uint16_t port, std::string path,
                    std::chrono::milliseconds timeout);

// The head's status and what follows the head, of a whole answer whose end is that of the
// connection.
Result<Answer> parse_answer(std::string_view octets);

}  // namespace mailhold::http

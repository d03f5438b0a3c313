// When to try again after a failure: exponential, with jitter, slower where trying cannot help
// soon. Pure.
#pragma once

#include <chrono>

#include "store/base/error.hpp"

namespace mailhold::imap::sync {

class Backoff {
  public:
    static constexpr std::chrono::milliseconds shortest{1'000};
    static constexpr std::chrono::milliseconds longest{300'000};
    // A wrong password or certificate is mended by people; hammering the server with it locks
    // accounts.
    static constexpr std::chrono::milliseconds longest_refused{1'800'000};

    // How long to wait after a failure of this kind. `chance` is in [0, 1): the wait is 50 to 100 %
    // of the step.
    std::chrono::milliseconds after(Errc failure, double chance);
    void succeeded() { failures_ = 0; }

  private:
    unsigned failures_ = 0;
};

}  // namespace mailhold::imap::sync

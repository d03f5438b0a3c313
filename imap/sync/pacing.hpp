// When to try again after a failure: exponential, with jitter, slower where trying cannot help
// soon. Pure.
#pragma once

#include <chrono>

#include "store/base/error.hpp"

namespace mailhold::imap::sync {

// Whether a failure of this kind waits for people.
bool needs_people(Errc failure);

class Backoff {
  public:
    static constexpr std::chrono::milliseconds shortest{1'000};
    static constexpr std::chrono::milliseconds longest{300'000};
    // A certificate or a missing file is mended by people, and may mend itself.
    static constexpr std::chrono::milliseconds longest_refused{1'800'000};
    // A refused password or token is mended by people alone, who then say so (Mirror::retry); each
    // further try brings the server nearer to locking the account.
    static constexpr std::chrono::milliseconds first_login{3'600'000};
    static constexpr std::chrono::milliseconds longest_login{43'200'000};

    // How long to wait after a failure of this kind. `chance` is in [0, 1): the wait is 50 to 100 %
    // of the step.
    std::chrono::milliseconds after(Errc failure, double chance);
    void succeeded() { failures_ = 0; }

  private:
    unsigned failures_ = 0;  // of this kind, in a row
    bool refused_ = false;
};

}  // namespace mailhold::imap::sync

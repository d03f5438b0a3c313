// When to ask again for messages that an origin shows and would not give: exponential, each on its
// own. Pure.
#pragma once

#include <chrono>
#include <map>
#include <set>

#include "store/base/ids.hpp"

namespace mailhold::imap::sync {

// Of one mailbox.
class Retries {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::minutes first{10};
    static constexpr std::chrono::hours first_costly{6};  // asking for it ended the connection
    static constexpr std::chrono::hours longest{24};

    enum class Cost { answer, connection };
    void failed(Uid uid, Cost cost, Time now);
    // Those not to be asked for now.
    std::set<Uid> resting(Time now) const;

  private:
    struct Wait {
        std::chrono::seconds length{};
        Time until{};
    };
    std::map<Uid, Wait> waits_;
};

}  // namespace mailhold::imap::sync

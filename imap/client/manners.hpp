// What the connections of one account may take of its origin, together, and how long the origin has asked
// to be left alone. Plain values and `now` as an argument. One executor.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "imap/wire/response.hpp"

namespace mailhold::imap::client {

// That the origin throttles, and how long it wants us to wait.
struct Throttle {
    std::chrono::milliseconds wait{0};
    std::string reason;  // "OVERQUOTA: Account exceeded bandwidth limits"
};
// RFC 5530's OVERQUOTA, LIMIT, UNAVAILABLE, INUSE, and [THROTTLED], and Exchange's text "Suggested Backoff
// Time: N milliseconds". None for an OK, and for refusals that waiting does not mend.
std::optional<Throttle> throttle_of(const wire::StatusResponse& status);

class Manners {
  public:
    using Time = std::chrono::steady_clock::time_point;
    struct Limits {
        std::size_t commands_a_second = 0;  // 0: no limit, for both
        std::uint64_t octets_a_day = 0;
    };
    struct Hold {
        Time until;
        std::string reason;  // in words, for people
    };

    Manners() : Manners(Limits{}) {}
    explicit Manners(Limits limits) : limits_(limits) {}

    // How many commands may be begun now; and when the next one may, if none.
    std::size_t commands(Time now) const;
    Time next_command(Time now) const;
    void began(std::size_t commands, Time now);

    void received(std::uint64_t octets, Time now);  // over the line, as its provider counts them
    // What the origin has said; a throttle is kept.
    void told(const wire::StatusResponse& status, Time now);
    // Until when nothing should be asked, and why; none while all is well.
    std::optional<Hold> hold(Time now) const;
    std::uint64_t throttled() const { return throttled_; }  // how often, so far

  private:
    struct Hour {
        Time begin;
        std::uint64_t octets = 0;
    };
    Time::duration share() const;  // of a second, for a command
    void hold_until(Time until, std::string reason);

    Limits limits_;
    Time paid_until_{};       // when the commands that were begun are all paid for
    std::deque<Hour> hours_;  // of the last day, oldest first
    std::uint64_t octets_ = 0;
    std::optional<Hold> hold_;
    std::uint64_t throttled_ = 0;
};

}  // namespace mailhold::imap::client

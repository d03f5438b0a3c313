// Failed logins that repeat, as those of a program with an old password do all day: the first is put on record at once, those
// of the same user from the same host in the minute after it as one, with their number, when the minute is over. Pure. A
// crash loses the number of that minute.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "store/facts.hpp"

namespace mailhold::store {

class AuditRepeats {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::minutes window{1};
    static constexpr std::size_t most = 10'000;  // users and hosts; of others each is on record

    // Whether it is counted here; else it is to be put on record. `now` is never earlier than before.
    bool counts(const Accessed& access, Time now);
    // When the next minute is over; none: nothing is remembered.
    std::optional<Time> next() const;
    // What is to be put on record of the minutes that are over at `now`; they are forgotten.
    std::vector<Accessed> over(Time now);

  private:
    struct Minute {
        Time ends;
        Accessed last;
        std::uint64_t more = 0;  // than the first
    };
    using Key = std::tuple<std::string, std::string, std::string>;  // user, host, outcome
    std::map<Key, Minute> minutes_;
    std::deque<Key> order_;  // in which they end
};

}  // namespace mailhold::store

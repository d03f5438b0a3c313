// What an origin wants people to read ([ALERT], RFC 9051 7.1), for the log of one account: each text once, until it says
// another, and a few an hour at most. Pure.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <string_view>

namespace mailhold::imap::sync {

class Alerts {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t an_hour = 4;
    bool is_news(std::string_view text, Time now);

  private:
    std::string last_;
    std::deque<Time> told_;  // within the last hour
};

}  // namespace mailhold::imap::sync

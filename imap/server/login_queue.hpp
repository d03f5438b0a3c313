// Passwords are checked slowly on purpose (argon2id, 64 MiB each): by a few threads, and networks
// take turns, so that whoever guesses delays himself and nobody else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "store/base/threads.hpp"
#include "store/base/turns.hpp"

namespace mailhold::imap::server {

// Any thread.
class LoginQueue {
  public:
    static constexpr std::size_t threads = 2;
    static constexpr std::size_t most_of_one = 32;  // checks of one network that wait
    static constexpr std::size_t most = 1'000;      // of all

    // False: too many wait already, of this network or of all.
    bool has_room(const std::string& network) const;

    // One network's place in the queue, as net::offload() wants it.
    class Place {
      public:
        Place(LoginQueue& queue, std::string network)
            : queue_(queue), network_(std::move(network)) {}
        void post(std::move_only_function<void()> check);

      private:
        LoginQueue& queue_;
        std::string network_;
    };

  private:
    void run();
    mutable std::mutex mutex_;
    Turns<std::move_only_function<void()>> turns_{1};
    WorkerPool pool_{"login", threads};
};

// How often logins failed lately, by network and by user. Pure, and bounded: what is older than one
// or two periods is forgotten, the older half also when there is too much.
class Failures {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr Clock::duration period = std::chrono::minutes(10);
    static constexpr std::size_t most = 100'000;
    static constexpr int most_doublings = 4;

    // Notes one more, and gives how many times the first delay its answer waits: 1, 2, 4, ...
    int note(const std::string& network, const std::string& user, Clock::time_point now);

  private:
    std::uint32_t count(const std::string& key);
    std::map<std::string, std::uint32_t> older_, newer_;
    Clock::time_point begun_{};  // of newer_
};

// A client's name for the log: bounded, and without anything that is not printed as it is.
std::string loggable(std::string_view name);

}  // namespace mailhold::imap::server

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
// or two periods is forgotten, the older half also when there is too much. Delays are told in how
// many times the first one they are: 1, 2, 4, ...
class Failures {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr Clock::duration period = std::chrono::minutes(10);
    static constexpr std::size_t most = 100'000;
    static constexpr int most_doublings = 4;
    // So many are slowed by their answers alone, which wait one beside the other; whoever goes on
    // waits before he is looked at. A user whom many networks guess at is slowed last.
    static constexpr std::uint32_t free_of_network = 40, free_of_user = 200;

    // Notes one more, and gives what its answer waits.
    int note(const std::string& network, const std::string& user, Clock::time_point now);
    // What a login waits before it is looked at; 0: not at all. Where this user was let in from this
    // network, the failures of others do not count.
    int wait(const std::string& network, const std::string& user, Clock::time_point now);
    // He was let in: what this user failed from this network is forgiven.
    void succeeded(const std::string& network, const std::string& user, Clock::time_point now);
    std::size_t remembered() const { return older_.size() + newer_.size(); }

  private:
    using Counts = std::map<std::string, std::uint32_t>;
    void age(Clock::time_point now);
    std::uint32_t count(const std::string& key) const;
    void forgive(const std::string& key, std::uint32_t times);
    Counts older_, newer_;
    Clock::time_point begun_{};  // of newer_
};

// A client's name for the log: bounded, and without anything that is not printed as it is.
std::string loggable(std::string_view name);

}  // namespace mailhold::imap::server

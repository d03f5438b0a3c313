// How a mirror stands, counted as it goes. The one thing that coroutines and other threads share:
// locked inside.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "imap/sync/sync.hpp"

namespace mailhold::imap::sync {

class Progress {
  public:
    explicit Progress(std::string account) { report_.account = std::move(account); }

    Report report() const;
    void state(State state);
    void problem(std::string text);             // empty: none
    void throttled(std::chrono::seconds wait);  // begins
    // A pass over these many mailboxes begins; the figures of the last one are forgotten.
    void pass_begins(std::uint64_t mailboxes);
    void pass_succeeded(UtcMicros now);
    void mailbox_done();
    // Before (estimate) or after the comparison: so many messages of the mailbox are not here yet.
    void missing(const std::string& mailbox, std::uint64_t messages);
    void archived(const std::string& mailbox, std::uint64_t messages, std::uint64_t octets);
    void quarantined(const std::string& mailbox, std::uint64_t messages);
    void forget(const std::string& mailbox);  // it is no longer mirrored

  private:
    struct Counts {
        std::uint64_t missing = 0;
        std::uint64_t quarantined = 0;
    };
    mutable std::mutex mutex_;
    Report report_;
    std::map<std::string, Counts> mailboxes_;
};

}  // namespace mailhold::imap::sync

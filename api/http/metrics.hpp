// The numbers for Prometheus. prometheus-cpp stays in metrics.cpp.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "api/http/status.hpp"
#include "intake/journal/observer.hpp"
#include "store/base/time.hpp"

namespace mailhold::http {

// Counts what happens, and writes it together with a status. Thread-safe.
class Metrics {
  public:
    Metrics();
    ~Metrics();
    void connections(int difference);
    void strangers(int difference);  // of them, those that nobody logged in to yet
    void turned_away();
    void search_time(std::chrono::nanoseconds time);
    void login(bool success);
    // Counts what the listener of a [[journal]] tells. The metrics outlive the observer.
    intake::journal::Observer journal(const std::string& listener, const std::string& account);
    // Prometheus text format 0.0.4. Sync lag is `now` minus an account's last success, or minus the
    // daemon's start.
    std::string text(const Overview& status, UtcMicros now) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailhold::http

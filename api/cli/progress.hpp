// How far a long command is: a bar that redraws itself on a terminal, a plain line now and then
// elsewhere, or JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "api/cli/options.hpp"

namespace mailhold::cli {

struct Step {
    std::string doing;  // "mirroring", "indexing"
    std::uint64_t done = 0;
    std::uint64_t total = 0;        // 0 where unknown
    std::uint64_t octets = 0;       // 0 where not counted
    std::string unit = "messages";  // what done and total count; "octets" are shown as kB, MB
    bool operator==(const Step&) const = default;
};

// Pure: one line about a step that began `elapsed` ago.
std::string progress_text(const Step& step, std::chrono::milliseconds elapsed);
// The same with a bar, no wider than `width`.
std::string progress_bar(const Step& step, std::chrono::milliseconds elapsed, std::size_t width);
std::string progress_json(const Step& step, std::chrono::milliseconds elapsed);

// Writes progress to standard error (JSON: standard output), no more often than is useful. One
// thread.
class Progress {
  public:
    explicit Progress(Output output = Output::text);
    ~Progress();  // ends the bar's line
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void update(const Step& step);
    void finish();  // shows the last step as it ended; a later update begins a new one

  private:
    using Clock = std::chrono::steady_clock;
    enum class Style { bar, lines, json };
    void write(const Step& step, Clock::time_point now);
    Style style_;
    std::optional<Step> last_;
    Clock::time_point began_{}, written_{};
};

}  // namespace mailhold::cli

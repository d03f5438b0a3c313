// Numbers, times and foreign text for people to read. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/base/time.hpp"

namespace mailhold::cli {

std::string grouped(std::uint64_t count);       // 1234567 -> "1,234,567"
std::string octets_text(std::uint64_t octets);  // "999 B", "1.2 kB", "3.4 GB"
std::string duration_text(
    std::chrono::seconds time);                   // "7 s", "3 min 07 s", "2 h 05 min", "4 days 3 h"
std::string time_text(UtcSeconds time);           // "2024-01-02 03:04 UTC"
std::string date_text(const ZonedSeconds& time);  // "2024-01-02 03:04 +0100", in its own zone

// Text of a message made safe for a terminal: control characters, which could command it, become
// U+FFFD. Invalid UTF-8 too.
enum class Lines { keep, join };
std::string printable(std::string_view text, Lines lines);
// At most `width` characters (code points), with "…" where it was cut.
std::string shortened(std::string_view text, std::size_t width);

}  // namespace mailhold::cli

// Wall-clock times as values. Pure code takes `now` as an argument; only shells call utc_now().
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mailhold {

using UtcMicros = std::chrono::sys_time<std::chrono::microseconds>;
using UtcSeconds = std::chrono::sys_seconds;

// An instant with the offset its writer used, as in INTERNALDATE (RFC 3501 date-time).
struct ZonedSeconds {
    UtcSeconds utc{};
    std::int16_t offset_minutes = 0;  // east of Greenwich
    bool operator==(const ZonedSeconds&) const = default;
};

UtcMicros utc_now();

// RFC 3339 in UTC with microseconds: "2026-01-02T03:04:05.000006Z".
std::string to_rfc3339(UtcMicros time);

}  // namespace mailhold

#include "api/config/duration.hpp"

#include <charconv>
#include <cstdint>

namespace mailhold::config {

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    using std::chrono::seconds;
    if (text == "never") return seconds(0);
    std::int64_t count = 0;
    const auto* end = text.data() + text.size();
    const auto [after, problem] = std::from_chars(text.data(), end, count);
    if (problem != std::errc{} || end - after != 1) return std::nullopt;
    const std::int64_t unit = *after == 's'   ? 1
                              : *after == 'm' ? 60
                              : *after == 'h' ? 3'600
                              : *after == 'd' ? 86'400
                                              : 0;
    constexpr std::int64_t longest = 10 * 365 * std::int64_t{86'400};
    if (unit == 0 || count < 1 || count > longest / unit) return std::nullopt;
    return seconds(count * unit);
}

}  // namespace mailhold::config

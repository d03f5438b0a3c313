// Formatting for people.
#include "api/cli/format.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>

namespace mailhold::cli {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// One code point off the front of valid or invalid UTF-8: its octets, or 0 where there is none (RFC
// 3629).
std::size_t code_point_size(std::string_view text) {
    auto at = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    auto follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
    unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first < 0xF0) {
        if (first == 0xE0 && at(1) < 0xA0) return 0;
        if (first == 0xED && at(1) >= 0xA0) return 0;
        return follows(1) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first < 0xF5) {
        if (first == 0xF0 && at(1) < 0x90) return 0;
        if (first == 0xF4 && at(1) >= 0x90) return 0;
        return follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

bool is_control(std::string_view code_point) {
    auto first = static_cast<unsigned char>(code_point[0]);
    if (code_point.size() == 1) return first < 0x20 || first == 0x7F;
    return first == 0xC2 && static_cast<unsigned char>(code_point[1]) < 0xA0;  // U+0080 to U+009F
}

}  // namespace

std::string grouped(std::uint64_t count) {
    auto text = std::to_string(count);
    for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3)
        text.insert(static_cast<std::size_t>(place), ",");
    return text;
}

std::string octets_text(std::uint64_t octets) {
    constexpr std::array<const char*, 6> units = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (octets < 1000) return fmt::format("{} B", octets);
    auto value = static_cast<double>(octets) / 1000;
    std::size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < units.size(); ++unit) value /= 1000;
    return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string duration_text(std::chrono::seconds time) {
    auto seconds = time.count();
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
    if (seconds < 86400) return fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
    return fmt::format("{} days {} h", seconds / 86400, seconds / 3600 % 24);
}

std::string time_text(UtcSeconds time) {
    return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(time.time_since_epoch().count()));
}

std::string date_text(const ZonedSeconds& time) {
    auto local = time.utc + std::chrono::minutes(time.offset_minutes);
    int minutes = std::abs(time.offset_minutes);
    return fmt::format("{:%Y-%m-%d %H:%M} {}{:02}{:02}",
                       fmt::gmtime(local.time_since_epoch().count()),
                       time.offset_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string printable(std::string_view text, Lines lines) {
    std::string safe;
    while (!text.empty()) {
        auto size = code_point_size(text);
        auto code_point = text.substr(0, std::max<std::size_t>(size, 1));
        text.remove_prefix(code_point.size());
        if (size == 0) {
            safe += replacement;
        } else if (code_point == "\n" || code_point == "\t") {
            safe += lines == Lines::keep ? code_point : " ";
        } else if (code_point == "\r" && text.starts_with('\n')) {
            continue;  // CRLF is one line end
        } else {
            safe += is_control(code_point) ? replacement : code_point;
        }
    }
    return safe;
}

std::string shortened(std::string_view text, std::size_t width) {
    std::size_t characters = 0, end = 0, before_last = 0;
    while (end < text.size()) {
        if (characters == width) return std::string(text.substr(0, before_last)) + "…";
        before_last = end;
        end += std::max<std::size_t>(code_point_size(text.substr(end)), 1);
        ++characters;
    }
    return std::string(text);
}

}  // namespace mailhold::cli

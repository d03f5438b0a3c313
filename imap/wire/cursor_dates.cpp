// Dates and date-times (RFC 3501 section 9), as clients and servers write them.
#include "imap/wire/characters.hpp"
#include "imap/wire/cursor.hpp"
#include "imap/wire/dates.hpp"

namespace mailhold::imap::wire {

unsigned Cursor::digits(std::size_t least, std::size_t most, std::string_view expected) {
    const auto start = position_;
    const auto taken = rest().substr(0, std::min(most, rest().find_first_not_of("0123456789")));
    skip(taken.size());
    if (taken.size() < least) {
        position_ = start;
        fail(expected);
        return 0;
    }
    unsigned value = 0;
    for (const char c : taken) value = 10 * value + static_cast<unsigned>(c - '0');
    return value;
}

std::chrono::sys_days Cursor::date_text() {
    const auto start = position_;
    const auto day = digits(1, 2, "a date like 1-Feb-1994");
    expect('-');
    const auto month = rest().substr(0, 3);
    const auto name =
        std::ranges::find_if(month_names, [&](auto m) { return equals_ignoring_case(m, month); });
    if (name == month_names.end()) {
        fail("a month like Feb");
        return {};
    }
    position_ += month.size();
    expect('-');
    const auto year = digits(4, 4, "a year of four digits");
    const std::chrono::year_month_day date{
        std::chrono::year(static_cast<int>(year)),
        std::chrono::month(static_cast<unsigned>(name - month_names.begin()) + 1),
        std::chrono::day(day)};
    if (failed()) return {};
    if (!date.ok()) {
        position_ = start;
        fail("a day that its month has");
        return {};
    }
    return date;
}

std::chrono::sys_days Cursor::date() {
    const bool quoted = accept('"');
    if (quoted) blanks();  // quirk: blank_before_day
    const auto day = date_text();
    if (quoted) expect('"');
    return day;
}

ZonedSeconds Cursor::date_time() {
    using namespace std::chrono;
    const auto up_to = [this](unsigned most, std::string_view expected) {
        const auto value = digits(2, 2, expected);
        if (value > most) fail(expected);
        return value;
    };
    expect('"');
    blanks();  // date-day-fixed is " 1" or "01"; quirk: one_digit_day
    const auto day = date_text();
    space();
    const hours hour(up_to(23, "an hour"));
    expect(':');
    const minutes minute(up_to(59, "a minute"));
    expect(':');
    const seconds second(up_to(60, "a second"));
    space();
    const bool west = accept('-');
    if (!west) expect('+');
    const hours zone_hour(up_to(99, "a zone like +0100"));
    const minutes zone = zone_hour + minutes(up_to(59, "a zone like +0100"));
    expect('"');
    if (failed()) return {};
    const auto offset = west ? -zone : zone;
    return {day + hour + minute + second - offset, static_cast<std::int16_t>(offset.count())};
}

}  // namespace mailhold::imap::wire

// The names of the months in dates (RFC 3501 section 9, date-month), which are never translated.
#pragma once

#include <array>
#include <string_view>

namespace mailhold::imap::wire {

inline constexpr std::array<std::string_view, 12> month_names{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace mailhold::imap::wire

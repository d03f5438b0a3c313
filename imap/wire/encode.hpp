// Writing the protocol: strings in the form they need, sets, dates, and whole untagged responses.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/response.hpp"
#include "imap/wire/values.hpp"

namespace mailhold::imap::wire {

inline constexpr std::size_t max_quoted = 1'000;  // octets; what is longer goes as a literal

bool can_be_quoted(std::string_view octets);       // 7 bit, no CR, LF, NUL, at most max_quoted
bool can_be_atom(std::string_view octets);         // as an astring; NIL is not left bare
std::string quoted_text(std::string_view octets);  // of what can be quoted
// quoted if it can be, else a literal "{n}\r\n...".
std::string string_text(std::string_view octets);
std::string nstring_text(const NString& value);     // NIL where there is none
std::string astring_text(std::string_view octets);  // an atom where it can be one
std::string mailbox_text(std::string_view utf8_name, NameForm form);
std::string set_text(const SequenceSet& set);
std::string range_text(const PartialRange& range);
SequenceSet set_of(const std::vector<std::uint32_t>& ascending);  // shortest ranges
std::string date_text(std::chrono::sys_days day);                 // 1-Feb-1994
std::string date_time_text(const ZonedSeconds& time);  // "17-Jul-1996 02:44:25 -0700", quoted
std::string name_of(StatusItem item);
std::string flag_list_text(const std::vector<std::string>& flags);  // "(\\Seen work)"
std::string section_name(const Section& section);  // path and name without fields: "1.2.MIME"
std::string section_text(const Section& section);  // what stands between the brackets of BODY[...]

// Whole responses with CRLF.
std::string write(const StatusResponse& response);
std::string write(const ListData& response, NameForm form);
std::string write(const StatusData& response, NameForm form);

}  // namespace mailhold::imap::wire

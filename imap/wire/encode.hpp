// Writing the protocol: strings in the form they need, sets, dates, and whole untagged responses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/values.hpp"
#include "imap/wire/response.hpp"

namespace mailhold::imap::wire {

// quoted if it can be (7 bit, no CR, LF, NUL, at most 1,000 octets), else a literal "{n}\r\n...".
std::string string_text(std::string_view octets);
std::string nstring_text(const NString& value);   // NIL where there is none
std::string astring_text(std::string_view octets);  // an atom where it can be one
// A mailbox name: modified UTF-7, or UTF-8 quoted after ENABLE UTF8=ACCEPT or IMAP4rev2.
enum class NameForm { modified_utf7, utf8 };
std::string mailbox_text(std::string_view utf8_name, NameForm form);
std::string set_text(const SequenceSet& set);
SequenceSet set_of(const std::vector<std::uint32_t>& ascending);  // shortest ranges
std::string date_time_text(const ZonedSeconds& time);  // "17-Jul-1996 02:44:25 -0700", quoted
std::string name_of(StatusItem item);
std::string flag_list_text(const std::vector<std::string>& flags);  // "(\\Seen work)"
std::string section_text(const Section& section);      // what stands between the brackets of BODY[...]

// Whole responses with CRLF.
std::string write(const StatusResponse& response);
std::string write(const ListData& response, NameForm form);
std::string write(const StatusData& response, NameForm form);

}  // namespace mailhold::imap::wire

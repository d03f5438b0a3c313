// Mailbox names on a line where UTF-8 was agreed on (RFC 6855 3; RFC 9051 5.1): no modified UTF-7 any more, in either
// direction. What is called "Entwürfe" in our values is so before and after.
#pragma once

#include <string>
#include <vector>

#include "imap/wire/command.hpp"
#include "imap/wire/response.hpp"

namespace mailhold::imap::wire {

std::vector<std::string> write_command(const Command& command, LiteralForm literals,
                                       NameForm names);

// Reads the name in a LIST or STATUS answer anew, as UTF-8; any other response stays as it is.
void read_names_as_utf8(Response& response);

}  // namespace mailhold::imap::wire

// The name by which the archive knows an origin's mailbox: readable UTF-8 from which the octets the
// origin wrote follow again, so that no two mailboxes share a name and each can be opened. Pure.
//
//   modified UTF-7 (RFC 3501 5.1.3)    its text: "Entwürfe"
//   any other octets                   printable ASCII and well-formed UTF-8 as they are, each other
//                                      octet as U+FFFD and two hex digits, and U+FFFD at the end
#pragma once

#include <string>
#include <string_view>

#include "imap/wire/response.hpp"

namespace mailhold::imap::sync {

std::string name_of(const wire::ListData& listed);
std::string name_of(const wire::StatusData& status);
// What SELECT and STATUS must write for it; empty where that is its modified UTF-7.
std::string spelling_of(std::string_view name);
// What people mean by it: without the mark of raw octets.
std::string_view readable(std::string_view name);

}  // namespace mailhold::imap::sync

// Plays a script of several clients' sessions over one archive, step by step, and lets the model
// look after each. A script is text, so that what broke the server can be read and kept:
//
//   1 LOGIN alice secret            client 1 sends "A1 LOGIN alice secret" CRLF
//   2 APPEND Workspaces/a {4+}|x||  "|" is CRLF
//   1>DONE                          without a tag
//   1=A                             without a tag and a line end
//   1 SELECT Workspaces/a$          "$" at the end is what client 1 still knows of it: (QRESYNC (...))
//   0 vanish 2                      the origin does something (place.hpp)
//   0 personal                      users may set flags for themselves in mirrored mailboxes
//
// Clients 1 and 2 are alice, 3 is bob, 4 is mallory, if they log in so: the one that mallory is
// must never be told what is alice's, and so what would let him is left out.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::model {

inline constexpr std::size_t most_lines = 200;  // of a script; more are left out

// Throws Broken with the end of what was said.
void play(std::string_view script);

}  // namespace mailhold::model

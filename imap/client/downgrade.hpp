// Whether an origin shows less security than it did before: as HSTS (RFC 6797) does for the web, an attacker who takes
// something away is met by a memory. Pure.
#pragma once

#include <string>

#include "imap/client/shown.hpp"

namespace mailhold::imap::client {

// What is less in `now`, in words; empty where nothing is: the TLS version, or the strongest of the mechanisms that
// prove a password without giving it away. Certificates and keys are renewed, which is no less.
std::string less_than(const Shown& before, const Shown& now);

// What people confirm when they are shown `now`: this much and no less.
std::string confirmation_of(const Shown& now);

}  // namespace mailhold::imap::client

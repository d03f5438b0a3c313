// The base subject (RFC 5256 2.1): what is left of a Subject without "Re:", "Fwd:", "[list]" and
// "(fwd)". SORT and THREAD compare it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::imap::server {

struct BaseSubject {
    std::string text;               // UTF-8, blanks single, as written otherwise
    bool reply_or_forward = false;  // something said so
};
// `subject` is a decoded Subject field, UTF-8.
BaseSubject base_subject(std::string_view subject);

}  // namespace mailhold::imap::server

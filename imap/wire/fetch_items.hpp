// The names of the FETCH items without a section (RFC 3501 6.4.5; RFC 7162, 8514, 8474 and 8970
// for the younger ones), for parser and writer.
#pragma once

#include <array>
#include <string_view>

#include "imap/wire/values.hpp"

namespace mailhold::imap::wire {

// In the order of the enumerators of FetchItem::Kind; the last, section, has no name of its own.
inline constexpr std::array<std::string_view, 15> fetch_item_names{
    "UID",         "FLAGS",         "INTERNALDATE", "RFC822.SIZE", "ENVELOPE",
    "BODY",        "BODYSTRUCTURE", "MODSEQ",       "RFC822",      "RFC822.HEADER",
    "RFC822.TEXT", "SAVEDATE",      "EMAILID",      "THREADID",    "PREVIEW"};

// In the order of the enumerators of Section::Text.
inline constexpr std::array<std::string_view, 6> section_text_names{
    "", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME"};

}  // namespace mailhold::imap::wire

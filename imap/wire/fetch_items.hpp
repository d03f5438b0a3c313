// The names of the FETCH items without a section (RFC 3501 6.4.5; RFC 7162, 8514, 8474 and 8970
// for the younger ones), for parser and writer.
#pragma once

#include <array>
#include <string_view>

#include "imap/wire/values.hpp"

namespace mailhold::imap::wire {

// In the order of the enumerators of FetchItem::Kind; the last three have a section behind them.
inline constexpr std::array<std::string_view, 15> fetch_item_names{
    "UID",         "FLAGS",         "INTERNALDATE", "RFC822.SIZE", "ENVELOPE",
    "BODY",        "BODYSTRUCTURE", "MODSEQ",       "RFC822",      "RFC822.HEADER",
    "RFC822.TEXT", "SAVEDATE",      "EMAILID",      "THREADID",    "PREVIEW"};

constexpr bool has_section(FetchItem::Kind kind) {
    return kind >= FetchItem::Kind::section;
}
constexpr std::string_view section_item_name(FetchItem::Kind kind) {
    if (kind == FetchItem::Kind::binary) return "BINARY";
    return kind == FetchItem::Kind::binary_size ? "BINARY.SIZE" : "BODY";
}

// In the order of the enumerators of Section::Text.
inline constexpr std::array<std::string_view, 6> section_text_names{
    "", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME"};

}  // namespace mailhold::imap::wire

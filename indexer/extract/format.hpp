// What an attachment is: from what it is declared as, its name, and its first octets together. The
// octets count most, as names and declared types are often wrong.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailhold::indexer::extract {

enum class Format {
    none,  // no reader for it
    text,
    calendar,  // or a contact: folded lines (RFC 5545 3.1, RFC 6350 3.2)
    html,
    rtf,
    pdf,
    zip,  // and every format that is one: OOXML, ODF
    tar,
    gzip,
    mail,
    compound,  // OLE2: legacy office formats, and encrypted new ones
    encrypted  // PGP or CMS: declared so, nothing to read in it
};

inline constexpr std::size_t head_size = 1024;  // octets that decide

// `type` is a media type ("application/pdf"), lower case, or empty; `head` the first octets, at
// most head_size of them. Pure.
Format detect(std::string_view type, std::string_view name, std::string_view head);

}  // namespace mailhold::indexer::extract

// What holds for every parsed message, whatever its octets.
#pragma once

#include <string_view>

#include "indexer/mime/charset.hpp"
#include "indexer/mime/parse.hpp"

namespace mailhold::indexer::mime {

// Header before body, children within their parent's body, in order and apart.
inline bool nests(const Part& part, Range within) {
    if (part.header.begin > part.header.end || part.body.begin > part.body.end) return false;
    if (part.header.end != part.body.begin) return false;
    if (part.header.begin < within.begin || part.body.end > within.end) return false;
    std::size_t last = part.body.begin;
    for (const Part& child : part.children) {
        if (child.header.begin < last || !nests(child, part.body)) return false;
        last = child.body.end;
    }
    return true;
}

// All texts are valid UTF-8.
inline bool decodes(std::string_view octets, const Part& part) {
    for (const HeaderField& field : part.fields)
        if (!is_utf8(field.value)) return false;
    if (!is_utf8(decoded_text(octets, part)) || !is_utf8(part.filename)) return false;
    for (const Part& child : part.children)
        if (!decodes(octets, child)) return false;
    return true;
}

}  // namespace mailhold::indexer::mime

// What a person reads of an HTML part. libxml2 stays in html.cpp.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::indexer::text {

// The visible text: block elements and br separate words, inline elements do not; head, title,
// script, style and comments are not visible; entities decoded. Total: any input gives text, in
// memory linear in the input.
std::string visible_text(std::string_view html_utf8);

}  // namespace mailhold::indexer::text

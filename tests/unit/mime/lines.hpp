// Mail written as lines in a test: each is closed by CRLF.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "indexer/mime/parsed_message.hpp"

inline std::string lines(std::initializer_list<std::string_view> list) {
    std::string mail;
    for (const std::string_view line : list) mail.append(line).append("\r\n");
    return mail;
}

inline std::string_view cut(std::string_view octets, mailhold::indexer::mime::Range range) {
    return octets.substr(range.begin, range.size());
}

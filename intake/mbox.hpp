// Messages of an mbox file (RFC 4155, and what programs write instead). Pure.
//
// A message begins behind a line "From SENDER DATE"; a line whose date cannot be read is one only
// after a blank line, and one without any only before a header field, too. Neither that line nor a blank one before it belongs to a message. Where a
// Content-Length field leads exactly to the next such line or to the end (mboxcl), lines in between
// do not count.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/time.hpp"

namespace mailhold::intake {

struct MboxMessage {
    std::string_view octets;             // as they stand in the file
    std::optional<UtcSeconds> received;  // of the From line, where it can be read
    std::vector<std::string> flags;      // of the fields Status and X-Status, as IMAP names them
};

class MboxReader {
  public:
    explicit MboxReader(std::string_view file) : file_(file) {}
    std::optional<MboxMessage> next();  // nullopt at the end
    std::size_t at() const { return at_; }

  private:
    std::size_t end_of_message(std::size_t begin) const;

    std::string_view file_;
    std::size_t at_ = 0;
};

// Whether a file with this beginning is an mbox.
bool begins_mbox(std::string_view octets);

// Undoes the quoting of mboxrd: each line of one or more ">" and "From " loses its first ">".
std::string unquoted(std::string_view octets);

}  // namespace mailhold::intake

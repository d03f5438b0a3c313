// What comes after DATA: undoes the dots that the client doubled and finds the end. Only CR LF ends a
// line (RFC 5321 2.3.8), and only CR LF "." CR LF ends the message (4.1.1.4): a bare CR or LF is an
// octet like any other and kept, so that nothing in a message can pass for its end, and for the
// commands of another one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailhold::intake::journal {

class DataDecoder {
  public:
    // Appends what `octets` hold of the message to `message` and gives how many it took: all of them,
    // or those up to the end.
    std::size_t feed(std::string_view octets, std::string& message);
    bool ended() const { return state_ == State::ended; }

  private:
    enum class State { line_begins, dot, dot_cr, in_line, cr, ended };
    State state_ = State::line_begins;
};

}  // namespace mailhold::intake::journal

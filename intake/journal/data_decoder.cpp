#include "intake/journal/data_decoder.hpp"

#include <algorithm>

namespace mailhold::intake::journal {

std::size_t DataDecoder::feed(std::string_view octets, std::string& message) {
    std::size_t at = 0;
    while (at < octets.size() && state_ != State::ended) {
        const char c = octets[at];
        switch (state_) {
            case State::line_begins:
                state_ = c == '.' ? State::dot : State::in_line;
                at += c == '.' ? 1 : 0;
                break;
            case State::dot:  // RFC 5321 4.5.2: the first dot of a longer line goes
                state_ = c == '\r' ? State::dot_cr : State::in_line;
                at += c == '\r' ? 1 : 0;
                break;
            case State::dot_cr:
                if (c == '\n') {
                    state_ = State::ended;
                    ++at;
                } else {
                    message += '\r';
                    state_ = State::cr;
                }
                break;
            case State::in_line: {
                const auto end = std::min(octets.find('\r', at), octets.size() - 1) + 1;
                message += octets.substr(at, end - at);
                if (message.back() == '\r') state_ = State::cr;
                at = end;
                break;
            }
            case State::cr:
                state_ = c == '\n' ? State::line_begins : State::in_line;
                if (c != '\n') break;
                message += c;
                ++at;
                break;
            case State::ended:
                break;
        }
    }
    return at;
}

}  // namespace mailhold::intake::journal

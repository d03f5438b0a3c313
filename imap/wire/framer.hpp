// Cuts a byte stream into whole commands or responses: a line with its literals (RFC 3501 2.2, 4.3;
// RFC 7888 LITERAL+/-; literal8 of RFC 3516). Knows nothing of what they mean. No I/O. A lone LF
// ends a line too; what comes out has CRLF between a line and its literal, always.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "imap/wire/line_buffer.hpp"

namespace mailhold::imap::wire {

// Server side: whole commands. Memory is bounded by `Limits`; what is too long is skipped to its
// end, so that the boundary of the next command is never lost.
class CommandFramer {
  public:
    struct Limits {
        std::size_t line = 64 << 10;      // octets of one line, without literals
        std::size_t literal = 64 << 10;   // of one literal
        std::size_t command = 256 << 10;  // of all of a command
        // Of the messages of one APPEND or REPLACE together, which are handed out in pieces; 0: they are
        // literals like others.
        std::uint64_t messages = 0;
    };
    struct Command {
        std::string octets;
    };  // line, CRLF, literal, ... without the last line end
    // The next octets of a message of APPEND, whose literal stands in the command as the mark
    // "{n*}" CRLF that no client can forge: no line of its own ends so and goes on.
    struct Piece {
        std::string octets;
    };
    // Send "+ OK": the client waits before its literal. Or answer the command, and refuse_literal().
    struct NeedContinuation {
        std::string command;  // so far, with the message's mark; where it is one
    };
    struct TooLong {
        std::string tag;
        std::string text;
        std::string name;  // the command's, in upper case, without "UID"
    };  // answer BAD with this text; the command was or will be
        // skipped; a synchronising literal is simply not asked for
    struct Nothing {};  // feed more
    using Event = std::variant<Nothing, Command, Piece, NeedContinuation, TooLong>;

    CommandFramer() : CommandFramer(Limits{}) {}
    explicit CommandFramer(Limits limits) : limits_(limits) {}
    void set_limits(Limits limits) { limits_ = limits; }
    void feed(std::string_view octets) { input_.append(octets); }
    Event next();
    void refuse_literal();  // after NeedContinuation: what comes next is another command
    // Takes the next raw line regardless of literals (AUTHENTICATE and IDLE answers), between
    // commands only.
    Event next_line();
    std::string
    take_rest();  // what is buffered and unread; must be discarded at STARTTLS (injection)

  private:
    enum class Skip { nothing, line, command };
    bool skip_too_long();
    Event too_long(std::string_view first_line, std::string text);
    bool is_message(std::string_view before) const;

    Limits limits_;
    LineBuffer input_;
    std::string command_;             // lines and literals so far
    std::uint64_t literal_left_ = 0;  // octets of a literal still to come
    bool streaming_ = false;          // it is a message
    std::uint64_t streamed_ = 0;      // octets of messages in this command, announced so far
    Skip skipping_ = Skip::nothing;   // what is being thrown away, up to its end
    std::uint64_t skip_left_ = 0;     // octets of a literal to throw away first
};

// Client side: responses, where a FETCH literal may be huge and must not be held in memory.
// Literals larger than `inline_limit` are handed out in pieces as they come; smaller ones stay
// inside the response's text.
class ResponseFramer {
  public:
    struct Limits {
        std::size_t line =
            1 << 20;  // of one line without literals; a server that sends more is broken
        std::size_t inline_limit = 64 << 10;  // literals up to here stay in `octets`
        std::size_t response = 32 << 20;      // lines and inline literals of one response
        std::uint64_t literal = std::uint64_t{4} << 30;
    };
    // A whole response without its last line end. A literal that was streamed stands in it as the
    // mark "{N*}\r\n" followed by nothing, where N is its length (no server can forge it: no line
    // of its own ends so and goes on); `streamed` says how many there were.
    struct Response {
        std::string octets;
        std::size_t streamed = 0;
    };
    struct LiteralBegin {
        std::string before;
        std::uint64_t size = 0;
    };  // the response up to and including its mark
    struct LiteralData {
        std::string_view octets;
    };  // valid until the next call
    struct LiteralEnd {};
    struct Broken {
        std::string text;
    };  // the stream cannot be followed any longer; close it
    struct Nothing {};
    using Event = std::variant<Nothing, Response, LiteralBegin, LiteralData, LiteralEnd, Broken>;

    ResponseFramer() : ResponseFramer(Limits{}) {}
    explicit ResponseFramer(Limits limits) : limits_(limits) {}
    void feed(std::string_view octets) { input_.append(octets); }
    Event next();
    std::string take_rest();  // what is buffered and unread, between responses only
    // False: something came that STARTTLS must not carry over.
    bool empty() const {
        return input_.empty() && response_.empty() && literal_ == InLiteral::none;
    }

  private:
    enum class InLiteral { none, kept, streamed };
    Event broken(std::string text);

    Limits limits_;
    LineBuffer input_;
    std::string response_;            // lines, kept literals and marks so far
    bool literals_possible_ = false;  // not in a status response or a continuation
    InLiteral literal_ = InLiteral::none;
    std::uint64_t literal_left_ = 0;
    std::size_t streamed_ = 0;
    std::string broken_;  // why, once the stream cannot be followed
};

}  // namespace mailhold::imap::wire

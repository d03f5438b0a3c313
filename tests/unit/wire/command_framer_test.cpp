// Every stream here is cut the same fed whole and octet by octet.
#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {
namespace {

using Events = std::vector<std::string>;

struct Case {
    std::string stream;
    Events events;
};

void check(const std::vector<Case>& cases, CommandFramer::Limits limits = {}) {
    for (const auto& [stream, events] : cases) {
        INFO("stream: " << stream);
        CHECK(command_events(stream, Feed::whole, limits) == events);
        CHECK(command_events(stream, Feed::octet_by_octet, limits) == events);
    }
}

}  // namespace

TEST_CASE("command framer cuts lines at CRLF and at a lone LF") {
    check({{"A1 NOOP\r\n", {"command A1 NOOP"}},
           {"A1 NOOP\n", {"command A1 NOOP"}},
           {"A1 NOOP\r\nA2 CHECK\nA3 CLOSE\r\n",
            {"command A1 NOOP", "command A2 CHECK", "command A3 CLOSE"}},
           {"\r\n", {"command "}},
           {"A1 NOOP", {}},
           {"A1 NOOP\r", {}},
           {"a\rb\r\r\n", {"command a\rb\r"}}});
}

TEST_CASE("command framer takes literals of every form") {
    check(
        {{"A1 LOGIN {5}\r\nalice {3}\r\npwd\r\n",
          {"continue", "continue", "command A1 LOGIN {5}\r\nalice {3}\r\npwd"}},
         {"A1 LOGIN {5+}\r\nalice {3+}\r\npwd\r\n", {"command A1 LOGIN {5+}\r\nalice {3+}\r\npwd"}},
         {"A1 LOGIN {5+}\nalice {3+}\npwd\n", {"command A1 LOGIN {5+}\r\nalice {3+}\r\npwd"}},
         {"A1 APPEND x ~{3}\r\na\nb\r\n", {"continue", "command A1 APPEND x ~{3}\r\na\nb"}},
         {"A1 LOGIN {0}\r\n {0+}\r\n\r\n", {"continue", "command A1 LOGIN {0}\r\n {0+}\r\n"}},
         {"A1 X {8+}\r\n{5}\r\nA2 \r\nA3 NOOP\r\n",
          {"command A1 X {8+}\r\n{5}\r\nA2 ", "command A3 NOOP"}}});
}

TEST_CASE("command framer hands the messages of APPEND out, once it may, and nothing else") {
    const CommandFramer::Limits limits{.line = 100, .literal = 5, .command = 120, .messages = 20};
    check({{"A1 APPEND {1}\r\nx (\\Seen) {8}\r\n12345678\r\nA2 NOOP\r\n",
            {"continue", "continue", "piece 12345678",
             "command A1 APPEND {1}\r\nx (\\Seen) {8*}\r\n", "command A2 NOOP"}},
           {"A1 append \"x y\" {10+}\r\n1234567890 {10+}\r\nabcdefghij\r\n",
            {"piece 1234567890abcdefghij", "command A1 append \"x y\" {10*}\r\n {10*}\r\n"}},
           {"A1 APPEND x {0}\r\n\r\n", {"continue", "command A1 APPEND x {0*}\r\n"}},
           {"A1 APPEND x {12+}\r\n123456789012 {9+}\r\nabcdefghi\r\nA2 NOOP\r\n",
            {"piece 123456789012", "too long A1: a message is longer than 20 octets",
             "command A2 NOOP"}},
           {"A1 REPLACE 4 {1}\r\nx {8+}\r\n12345678\r\n",
            {"continue", "piece 12345678", "command A1 REPLACE 4 {1}\r\nx {8*}\r\n"}},
           {"A1 uid Replace 4 x {6}\r\n123456\r\n",
            {"continue", "piece 123456", "command A1 uid Replace 4 x {6*}\r\n"}},
           {"A1 UID REPLACE 4 {6}\r\n", {"too long A1: a literal is longer than 5 octets"}},
           {"A1 UID UID REPLACE 4 x {6}\r\n", {"too long A1: a literal is longer than 5 octets"}},
           {"A1 APPEND x {21}\r\nA2 NOOP\r\n",
            {"too long A1: a message is longer than 20 octets", "command A2 NOOP"}},
           {"A1 APPEND x {5*}\r\nA2 NOOP\r\n", {"command A1 APPEND x {5*}", "command A2 NOOP"}},
           {"A1 LOGIN x {6}\r\n", {"too long A1: a literal is longer than 5 octets"}}},
          limits);
}

TEST_CASE(
    "command framer sees a literal only at the very end of a line, and only in the grammar's "
    "form") {
    check({{"A1 LOGIN {5} x\r\n", {"command A1 LOGIN {5} x"}},
           {"A1 LOGIN \"{5}\"\r\n", {"command A1 LOGIN \"{5}\""}},
           {"A1 LOGIN {}\r\n", {"command A1 LOGIN {}"}},
           {"A1 LOGIN {5-}\r\n", {"command A1 LOGIN {5-}"}},
           {"A1 LOGIN {5*}\r\n", {"command A1 LOGIN {5*}"}},
           {"A1 LOGIN {-5}\r\n", {"command A1 LOGIN {-5}"}},
           {"A1 LOGIN { 5}\r\n", {"command A1 LOGIN { 5}"}},
           {"A1 LOGIN {99999999999999999999}\r\n", {"command A1 LOGIN {99999999999999999999}"}},
           {"A1 LOGIN {9223372036854775808}\r\n", {"command A1 LOGIN {9223372036854775808}"}},
           {"{5}", {}},
           {"}\r\n", {"command }"}}});
}

TEST_CASE("command framer keeps NUL and 8-bit octets") {
    const std::string stream("A1 X {4+}\r\n\0\xff\r\n\"\0\xe9\"\r\n", 21);
    CHECK(command_events(stream, Feed::whole) ==
          Events{"command " + stream.substr(0, stream.size() - 2)});
    CHECK(command_events(stream, Feed::octet_by_octet) == command_events(stream, Feed::whole));
}

TEST_CASE("command framer keeps the boundary after what is too long") {
    const CommandFramer::Limits limits{.line = 20, .literal = 10, .command = 60};
    const std::string next = "A9 NOOP\r\n";
    const std::string ok = "command A9 NOOP";
    const std::string line = "too long A1: a line is longer than 20 octets";
    const std::string literal = "too long A1: a literal is longer than 10 octets";
    const std::string long_line = "A1 SEARCH TEXT 4567890123456789";
    check(
        {{long_line + "\r\n" + next, {line, ok}},
         {long_line + std::string(1000, 'x') + "\r\n" + next, {line, ok}},
         {long_line + " {5}\r\n" + next,
          {line, ok}},  // not asked for: the client goes on with a new command
         {long_line + " {5+}\r\n12\r\n5 more\r\n" + next, {line, ok}},
         {long_line + " {5+}\r\n12\r\n5 {3+}\r\nA1\n\r\n" + next, {line, ok}},
         {"A1 X {11}\r\n" + next, {literal, ok}},
         {"A1 X {11+}\r\nA2 NOOP\r\nAB\r\n" + next, {literal, ok}},
         {"A1 X {11+}\r\nA2 NOOP\r\nAB {9+}\r\nA3 NOOP\r\n and {5}\r\n" + next, {literal, ok}},
         {"A1 X {3+}\r\nabc {11+}\r\nA2 NOOP\r\nAB\r\n" + next, {literal, ok}},
         {"A1 X {9+}\r\n123456789 {9+}\r\n123456789 {9+}\r\n123456789 {9+}\r\n123456789\r\n" + next,
          {"too long A1: a command is longer than 60 octets", ok}},
         {std::string(70, 'A') + " NOOP\r\n" + next,
          {"too long : a line is longer than 20 octets", ok}},
         {"(A1) " + std::string(70, 'A') + "\r\n" + next,
          {"too long : a line is longer than 20 octets", ok}}},
        limits);
}

TEST_CASE("command framer holds little while it skips") {
    CommandFramer framer({.line = 100, .literal = 100, .command = 1000});
    framer.feed("A1 X {1000000000+}\r\n");
    CHECK(std::holds_alternative<CommandFramer::TooLong>(framer.next()));
    const std::string piece(1 << 16, 'x');
    for (int i = 0; i < 1000; ++i) {
        framer.feed(piece);
        CHECK(std::holds_alternative<CommandFramer::Nothing>(framer.next()));
    }
    CHECK(framer.take_rest().empty());
}

TEST_CASE("command framer gives raw lines to AUTHENTICATE and IDLE") {
    CommandFramer framer({.line = 20});
    framer.feed("DONE {5}\r\nA2 NOOP\r\n" + std::string(30, 'x') + "{9+}\r\nA3 NOOP\r\nfoo");
    const auto line = framer.next_line();
    CHECK(std::get<CommandFramer::Command>(line).octets == "DONE {5}");
    CHECK(std::get<CommandFramer::Command>(framer.next()).octets == "A2 NOOP");
    CHECK(std::holds_alternative<CommandFramer::TooLong>(framer.next_line()));
    CHECK(std::get<CommandFramer::Command>(framer.next()).octets == "A3 NOOP");
    CHECK(std::holds_alternative<CommandFramer::Nothing>(framer.next_line()));
    framer.feed(std::string(30, 'x'));
    CHECK(std::holds_alternative<CommandFramer::TooLong>(framer.next_line()));
    CHECK(std::holds_alternative<CommandFramer::Nothing>(framer.next_line()));
    framer.feed("{9+}\nA4 NOOP\n");
    CHECK(std::get<CommandFramer::Command>(framer.next_line()).octets == "A4 NOOP");
}

TEST_CASE("command framer gives up what came before TLS and starts anew") {
    CommandFramer framer;
    framer.feed("A1 STARTTLS\r\nA2 LOGIN a {5");
    CHECK(std::get<CommandFramer::Command>(framer.next()).octets == "A1 STARTTLS");
    CHECK(std::holds_alternative<CommandFramer::Nothing>(framer.next()));
    CHECK(framer.take_rest() == "A2 LOGIN a {5");
    framer.feed("A3 NOOP\r\n");
    CHECK(std::get<CommandFramer::Command>(framer.next()).octets == "A3 NOOP");
}

TEST_CASE("command framer takes many commands in one feed in linear time") {
    std::string stream;
    for (int i = 0; i < 200'000; ++i) stream += "A NOOP\r\n";
    CHECK(command_events(stream, Feed::whole).size() == 200'000);
    CHECK(command_events(stream, Feed::octet_by_octet).size() == 200'000);
}

}  // namespace mailhold::imap::wire

// Every stream here is cut the same fed whole and octet by octet.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "exchange.hpp"

namespace mailhold::imap::wire {
namespace {

using Events = std::vector<std::string>;

struct Case {
    std::string stream;
    Events events;
};

void check(const std::vector<Case>& cases, ResponseFramer::Limits limits = {}) {
    for (const auto& [stream, events] : cases) {
        INFO("stream: " << stream);
        CHECK(response_events(stream, Feed::whole, limits) == events);
        CHECK(response_events(stream, Feed::octet_by_octet, limits) == events);
    }
}

}  // namespace

TEST_CASE("response framer cuts lines and keeps small literals inside") {
    check({{"* OK hello\r\n", {"response 0 * OK hello"}},
           {"* OK hello\nA1 OK done\n", {"response 0 * OK hello", "response 0 A1 OK done"}},
           {"* LIST () \"/\" {3}\r\na\nb\r\n", {"response 0 * LIST () \"/\" {3}\r\na\nb"}},
           {"* 1 FETCH (BODY[] {2}\nab X {0}\n)\n",
            {"response 0 * 1 FETCH (BODY[] {2}\r\nab X {0}\r\n)"}},
           {"* 1 FETCH (BINARY[1] ~{2}\r\n\r\n)\r\n",
            {"response 0 * 1 FETCH (BINARY[1] ~{2}\r\n\r\n)"}},
           {"* OK half", {}}});
}

TEST_CASE("response framer sees no literal in the text of a status response or a continuation") {
    check({{"* OK hello {5}\r\nA1 OK x\r\n", {"response 0 * OK hello {5}", "response 0 A1 OK x"}},
           {"* no  {5}\r\n", {"response 0 * no  {5}"}},
           {"* BAD {5}\r\n", {"response 0 * BAD {5}"}},
           {"* bye {5}\r\n", {"response 0 * bye {5}"}},
           {"* PREAUTH {5}\r\n", {"response 0 * PREAUTH {5}"}},
           {"+ {5}\r\n", {"response 0 + {5}"}},
           {"+{5}\r\n", {"response 0 +{5}"}},
           {"A1 NO {5}\r\n", {"response 0 A1 NO {5}"}},
           {"* OKAY {2}\r\nab\r\n", {"response 0 * OKAY {2}\r\nab"}},
           {"* 1 FETCH (X {5+}\r\n", {"response 0 * 1 FETCH (X {5+}"}},
           {"* 1 FETCH (X {5*}\r\n", {"response 0 * 1 FETCH (X {5*}"}}});
}

TEST_CASE("response framer hands out large literals in pieces") {
    const ResponseFramer::Limits limits{.inline_limit = 4};
    check({{"* 1 FETCH (UID 7 BODY[] {5}\r\n12\r\n5 FLAGS ())\r\n",
            {"begin 5 after * 1 FETCH (UID 7 BODY[] {5*}\r\n", "data 12\r\n5", "end",
             "response 1 * 1 FETCH (UID 7 BODY[] {5*}\r\n FLAGS ())"}},
           {"* 1 FETCH (BODY[1] {5}\r\nabcde BODY[2] {4}\r\nABCD BODY[3] {6}\r\n123456)\r\n* 2 "
            "EXISTS\r\n",
            {"begin 5 after * 1 FETCH (BODY[1] {5*}\r\n", "data abcde", "end",
             "begin 6 after * 1 FETCH (BODY[1] {5*}\r\n BODY[2] {4}\r\nABCD BODY[3] {6*}\r\n",
             "data 123456", "end",
             "response 2 * 1 FETCH (BODY[1] {5*}\r\n BODY[2] {4}\r\nABCD BODY[3] {6*}\r\n)",
             "response 0 * 2 EXISTS"}},
           {"* 1 FETCH (BODY[] ~{5}\r\n12345)\n",
            {"begin 5 after * 1 FETCH (BODY[] ~{5*}\r\n", "data 12345", "end",
             "response 1 * 1 FETCH (BODY[] ~{5*}\r\n)"}}},
          limits);
}

TEST_CASE("a streamed literal and what stands behind it are never taken for each other") {
    // More octets follow than the streamed literal had: only the mark tells that they are not its
    // own.
    const ResponseFramer::Limits limits{.inline_limit = 4};
    const auto events = response_events("* 1 FETCH (BODY[1] {5}\r\nabcde BODY[2] {4}\r\nABCD)\r\n",
                                        Feed::whole, limits);
    const auto response = parse_response(
        std::string_view(events.back()).substr(std::string_view("response 1 ").size()));
    REQUIRE(response);
    const auto& fetch = std::get<FetchData>(*response);
    REQUIRE(fetch.sections.size() == 2);
    CHECK(fetch.sections[0] == FetchData::SectionData{"1", {}, "", true});
    CHECK(fetch.sections[1] == FetchData::SectionData{"2", {}, "ABCD", false});
    // Without the mark an announcement must have its octets.
    CHECK(!parse_response("* 1 FETCH (BODY[] {5}\r\n)"));
    // And the part before the literal, closed, can be read while the octets still come.
    const auto before = parse_response("* 1 FETCH (UID 7 BODY[] {5*}\r\n)");
    REQUIRE(before);
    CHECK(std::get<FetchData>(*before).uid == Uid{7});
}

TEST_CASE("response framer calls the stream broken beyond its limits, once and for all") {
    const ResponseFramer::Limits limits{
        .line = 30, .inline_limit = 10, .response = 50, .literal = 1000};
    check({{"* OK 0123456789012345678901234567890\r\n", {"broken a line is longer than 30 octets"}},
           {"* OK 0123456789012345678901234567890", {"broken a line is longer than 30 octets"}},
           {"* 1 FETCH (BODY[] {1001}\r\n", {"broken a literal is longer than 1000 octets"}},
           {"* 1 FETCH (X {10}\r\n0123456789 Y {10}\r\n0123456789 Z {10}\r\n",
            {"broken a response is longer than 50 octets"}}},
          limits);
}

TEST_CASE("response framer knows whether anything is left for STARTTLS to carry over") {
    ResponseFramer framer({.inline_limit = 4});
    CHECK(framer.empty());
    framer.feed("A1 OK go\r\n");
    CHECK(!framer.empty());
    static_cast<void>(framer.next());
    CHECK(framer.empty());
    framer.feed("* 1 FETCH (BODY[] {2}\r\n");
    static_cast<void>(framer.next());
    CHECK(!framer.empty());
}

TEST_CASE("response framer streams 256 MiB through little memory and in linear time") {
    ResponseFramer framer;
    constexpr std::uint64_t size = 256 << 20;
    framer.feed(fmt::format("* 1 FETCH (BODY[] {{{}}}\r\n", size));
    CHECK(std::get<ResponseFramer::LiteralBegin>(framer.next()).size == size);
    const std::string piece(1 << 16, 'x');
    std::uint64_t seen = 0;
    for (std::uint64_t fed = 0; fed < size; fed += piece.size()) {
        framer.feed(piece);
        while (true) {
            const auto event = framer.next();
            const auto* data = std::get_if<ResponseFramer::LiteralData>(&event);
            if (data == nullptr) break;
            seen += data->octets.size();
        }
    }
    CHECK(seen == size);
    framer.feed(")\r\n");
    CHECK(std::get<ResponseFramer::Response>(framer.next()).octets ==
          fmt::format("* 1 FETCH (BODY[] {{{}*}}\r\n)", size));
}

TEST_CASE("response framer takes a huge line octet by octet in linear time") {
    ResponseFramer framer;
    const std::string line = "* SEARCH" + std::string(1'000'000, ' ');
    for (const char c : line) {
        framer.feed(std::string_view(&c, 1));
        CHECK(std::holds_alternative<ResponseFramer::Nothing>(framer.next()));
    }
    framer.feed("\r\n");
    CHECK(std::get<ResponseFramer::Response>(framer.next()).octets == line);
}

}  // namespace mailhold::imap::wire

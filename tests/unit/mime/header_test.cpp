// Header blocks cut into fields.
#include "indexer/mime/header.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/mime/lines.hpp"

using namespace mailhold::indexer::mime;

TEST_CASE("a header block is cut into its fields, octet for octet") {
    const std::string block = lines(
        {"Subject: one", " two", "\tthree", "X:y", "No field here", "Old : style", "", "body: no"});
    const auto fields = split_fields(block, 100);
    REQUIRE(fields.size() == 4);
    CHECK(fields[0].name == "Subject");
    CHECK(fields[0].octets == "Subject: one\r\n two\r\n\tthree\r\n");
    CHECK(fields[0].value == " one\r\n two\r\n\tthree");
    CHECK(fields[1].name == "X");
    CHECK(fields[1].value == "y");
    CHECK(fields[2].name == "");
    CHECK(fields[2].value == "No field here");
    CHECK(fields[3].name == "Old");
    CHECK(fields[3].value == " style");
    CHECK(block.substr(fields_length(block)) == "\r\nbody: no\r\n");
    CHECK(split_fields(block, 2).size() == 2);
}

TEST_CASE("bare LF ends lines as CRLF does, and the last line may lack its end") {
    const auto fields = split_fields("A: 1\nB: 2\n b\nC: 3", 100);
    REQUIRE(fields.size() == 3);
    CHECK(fields[1].value == " 2\n b");
    CHECK(fields[2].octets == "C: 3");
}

TEST_CASE("unfolding takes the line ends and leaves the blanks") {
    struct Row {
        std::string_view raw, expected;
    };
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {" a", "a"},
        {"a\r\n b", "a b"},
        {"a\n\tb", "a\tb"},
        {"\r\n a", "a"},
        {" a \r\n  b ", "a   b "},
        {"a\rb", "a\rb"},
    }));
    CHECK(unfold(row.raw) == row.expected);
}

TEST_CASE("a header begins with a field or an mbox line") {
    for (const char* line :
         {"A:", "Subject: x", "X-Y : z", "From a@b Thu Jan  1 00:00:00 1970", ">From x"})
        CHECK(starts_header(line));
    for (const char* line : {"", "Dear all,", "two words: x", ": x", " A: b", "\xffx: y", "http"})
        CHECK_FALSE(starts_header(line));
}

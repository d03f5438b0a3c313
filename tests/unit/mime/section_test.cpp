// Sections by number, against the example of RFC 3501 6.4.5.
#include "indexer/mime/section.hpp"

#include <catch2/catch.hpp>

#include "indexer/mime/parse.hpp"
#include "tests/unit/mime/lines.hpp"

using namespace mailhold::indexer::mime;

namespace {

// Parts: 1 text, 2 octets, 3 message (3.1 text, 3.2 octets), 4 multipart (4.1 image, 4.2 message
// (4.2.1 text, 4.2.2 multipart/alternative (4.2.2.1, 4.2.2.2))).
const std::string mail = lines({"Subject: all",
                                "Received: 1",
                                "Content-Type: multipart/mixed; boundary=a",
                                "",
                                "--a",
                                "Content-Type: text/plain",
                                "",
                                "part 1",
                                "--a",
                                "Content-Type: application/octet-stream",
                                "",
                                "part 2",
                                "--a",
                                "Content-Type: message/rfc822",
                                "",
                                "Subject: three",
                                "Content-Type: multipart/mixed; boundary=b",
                                "",
                                "--b",
                                "",
                                "part 3.1",
                                "--b",
                                "Content-Type: application/octet-stream",
                                "",
                                "part 3.2",
                                "--b--",
                                "--a",
                                "Content-Type: multipart/mixed; boundary=c",
                                "",
                                "--c",
                                "Content-Type: image/gif",
                                "",
                                "part 4.1",
                                "--c",
                                "Content-Type: message/rfc822",
                                "",
                                "Subject: four two",
                                "Content-Type: multipart/mixed; boundary=d",
                                "",
                                "--d",
                                "",
                                "part 4.2.1",
                                "--d",
                                "Content-Type: multipart/alternative; boundary=e",
                                "",
                                "--e",
                                "",
                                "part 4.2.2.1",
                                "--e",
                                "Content-Type: text/richtext",
                                "",
                                "part 4.2.2.2",
                                "--e--",
                                "--d--",
                                "--c--",
                                "--a--"});

std::string section(std::string_view octets, const Section& wanted) {
    const auto found = find_section(octets, parse(octets), wanted);
    return found ? std::string(found->bytes()) : "NIL";
}
std::string section(const Section& wanted) {
    return section(mail, wanted);
}

}  // namespace

TEST_CASE("parts are found by their numbers") {
    struct Row {
        std::vector<std::uint32_t> path;
        std::string expected;
    };
    const auto row = GENERATE(values<Row>({
        {{1}, "part 1"},
        {{2}, "part 2"},
        {{3, 1}, "part 3.1"},
        {{3, 2}, "part 3.2"},
        {{4, 1}, "part 4.1"},
        {{4, 2, 1}, "part 4.2.1"},
        {{4, 2, 2, 1}, "part 4.2.2.1"},
        {{4, 2, 2, 2}, "part 4.2.2.2"},
        {{5}, "NIL"},
        {{0}, "NIL"},
        {{1, 1}, "NIL"},
        {{3, 3}, "NIL"},
        {{4, 2, 2, 2, 1}, "NIL"},
        {{4'294'967'295}, "NIL"},
    }));
    CHECK(section({row.path, SectionText::whole, {}}) == row.expected);
}

TEST_CASE("headers and texts are those of messages, MIME headers those of parts") {
    CHECK(section({{}, SectionText::whole, {}}) == mail);
    CHECK(section({{}, SectionText::header, {}}) + section({{}, SectionText::text, {}}) == mail);
    CHECK(section({{}, SectionText::mime, {}}) == "NIL");
    CHECK(section({{1}, SectionText::mime, {}}) == "Content-Type: text/plain\r\n\r\n");
    CHECK(section({{1}, SectionText::header, {}}) == "NIL");
    CHECK(section({{1}, SectionText::text, {}}) == "NIL");
    CHECK(section({{3}, SectionText::mime, {}}) == "Content-Type: message/rfc822\r\n\r\n");
    CHECK(section({{3}, SectionText::header, {}}) ==
          "Subject: three\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    CHECK(section({{3}, SectionText::whole, {}}) ==
          section({{3}, SectionText::header, {}}) + section({{3}, SectionText::text, {}}));
    CHECK(section({{3, 1}, SectionText::mime, {}}) == "\r\n");
    CHECK(section({{4, 2}, SectionText::header, {}}).starts_with("Subject: four two\r\n"));
    CHECK(section({{4}, SectionText::header, {}}) == "NIL");
}

TEST_CASE("header subsets keep the fields' octets and the blank line") {
    CHECK(section({{}, SectionText::header_fields, {"SUBJECT", "to"}}) == "Subject: all\r\n\r\n");
    CHECK(section({{}, SectionText::header_fields_not, {"subject"}}) ==
          "Received: 1\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n");
    CHECK(section({{3}, SectionText::header_fields, {"Subject"}}) == "Subject: three\r\n\r\n");
    CHECK(section({{1}, SectionText::header_fields, {"Content-Type"}}) == "NIL");
    CHECK(section({{}, SectionText::header_fields, {"X"}}) == "\r\n");
    CHECK(section("A : 1\n b\nB: 2\nA:3\n\nx", {{}, SectionText::header_fields, {"a"}}) ==
          "A : 1\n b\nA:3\n\n");
    CHECK(section("A: 1", {{}, SectionText::header_fields, {"a"}}) == "A: 1\r\n\r\n");
}

TEST_CASE("part 1 of a message that is no multipart is its body") {
    const std::string plain = lines({"Subject: x", "", "body"});
    CHECK(section(plain, {{1}, SectionText::whole, {}}) == "body\r\n");
    CHECK(section(plain, {{1}, SectionText::mime, {}}) == "Subject: x\r\n\r\n");
    CHECK(section(plain, {{2}, SectionText::whole, {}}) == "NIL");
    CHECK(section(plain, {{1, 1}, SectionText::whole, {}}) == "NIL");

    const std::string forwarded =
        lines({"Content-Type: message/rfc822", "", "Subject: in", "", "inner"});
    CHECK(section(forwarded, {{1}, SectionText::whole, {}}) == "Subject: in\r\n\r\ninner\r\n");
    CHECK(section(forwarded, {{1}, SectionText::header, {}}) == "Subject: in\r\n\r\n");
    CHECK(section(forwarded, {{1, 1}, SectionText::whole, {}}) == "inner\r\n");
    CHECK(section(forwarded, {{1, 1, 1}, SectionText::whole, {}}) == "NIL");
}

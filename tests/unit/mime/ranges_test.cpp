// Ranges of parts, octet for octet (RFC 2046 5.1.1).
#include <catch2/catch.hpp>

#include "tests/unit/mime/checks.hpp"
#include "tests/unit/mime/lines.hpp"

using namespace mailhold::indexer::mime;

TEST_CASE("header and body of a part are the octets as sent") {
    const std::string mail =
        lines({"Subject: s", "Content-Type: multipart/mixed; boundary=b", "", "pre", "--b", "A: 1",
               "", "one", "", "--b \t", "", "two", "--b--", "post"});
    const ParsedMessage message = parse(mail);
    CHECK(cut(mail, message.root.header) ==
          "Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    CHECK(message.root.body.end == mail.size());
    REQUIRE(message.root.children.size() == 2);
    CHECK(cut(mail, message.root.children[0].header) == "A: 1\r\n\r\n");
    CHECK(cut(mail, message.root.children[0].body) == "one\r\n");
    CHECK(message.root.children[0].lines == 1);
    CHECK(cut(mail, message.root.children[1].header) == "\r\n");
    CHECK(cut(mail, message.root.children[1].body) == "two");
    CHECK(message.root.children[1].lines == 0);
}

TEST_CASE("bare LF mail keeps its own octets") {
    const std::string mail =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nA: 1\n\none\n--b--\n";
    const ParsedMessage message = parse(mail);
    REQUIRE(message.root.children.size() == 1);
    CHECK(cut(mail, message.root.children[0].header) == "A: 1\n\n");
    CHECK(cut(mail, message.root.children[0].body) == "one");
}

TEST_CASE("the line end before a boundary is the boundary's, also where there is no body") {
    const std::string mail =
        lines({"Content-Type: multipart/mixed; boundary=b", "", "--b", "A: 1", "", "--b", "", "--b",
               "B: 2", "--b", "Content-Type: message/rfc822", "", "--b--"});
    const ParsedMessage message = parse(mail);
    REQUIRE(message.root.children.size() == 4);
    CHECK(cut(mail, message.root.children[0].header) == "A: 1\r\n");
    CHECK(cut(mail, message.root.children[1].header) == "");
    CHECK(cut(mail, message.root.children[2].header) == "B: 2");
    CHECK(cut(mail, message.root.children[3].header) == "Content-Type: message/rfc822\r\n");
    for (const Part& part : message.root.children) CHECK(part.body.size() == 0);
    REQUIRE(message.root.children[3].is_message());
    CHECK(message.root.children[3].children[0].header == message.root.children[3].body);
}

TEST_CASE("a header that a boundary cuts off leaves nothing to its message") {
    const std::string mail = lines({"Content-Type: multipart/mixed; boundary=b", "", "--b",
                                    "Content-Type: message/rfc822", "--b--"});
    const ParsedMessage message = parse(mail);
    const Part& part = message.root.children.at(0);
    CHECK(cut(mail, part.header) == "Content-Type: message/rfc822");
    CHECK(nests(message.root, {0, mail.size()}));
}

TEST_CASE("an empty last part of an inner multipart lies within it") {
    const std::string mail =
        lines({"Content-Type: multipart/mixed; boundary=o", "", "--o",
               "Content-Type: multipart/mixed; boundary=i", "", "--i", "", "x", "--i", "--o--"});
    const ParsedMessage message = parse(mail);
    CHECK(cut(mail, message.root.children.at(0).body) == "--i\r\n\r\nx\r\n--i");
    CHECK(message.root.children[0].children.size() == 2);
    CHECK(nests(message.root, {0, mail.size()}));
}

TEST_CASE("an inner multipart ends before the line end that the outer boundary takes") {
    const std::string mail =
        lines({"Content-Type: multipart/mixed; boundary=o", "", "--o",
               "Content-Type: multipart/mixed; boundary=i", "", "--i", "", "x", "--i--", "--o--"});
    const ParsedMessage message = parse(mail);
    REQUIRE(message.root.children.size() == 1);
    CHECK(cut(mail, message.root.children[0].body) == "--i\r\n\r\nx\r\n--i--");
}

TEST_CASE("of boundaries that begin alike the longest wins") {
    const std::string mail = lines({"Content-Type: multipart/mixed; boundary=x", "", "--x",
                                    "Content-Type: multipart/mixed; boundary=xy", "", "--xy", "",
                                    "inner", "--xy--", "--x", "", "outer", "--x--"});
    const ParsedMessage message = parse(mail);
    REQUIRE(message.root.children.size() == 2);
    REQUIRE(message.root.children[0].children.size() == 1);
    CHECK(cut(mail, message.root.children[0].children[0].body) == "inner");
    CHECK(cut(mail, message.root.children[1].body) == "outer");
}

TEST_CASE("a nested message is header and body within its part") {
    const std::string mail =
        lines({"Content-Type: multipart/mixed; boundary=b", "", "--b",
               "Content-Type: message/rfc822", "", "Subject: in", "", "line 1", "line 2", "--b--"});
    const ParsedMessage message = parse(mail);
    const Part& part = message.root.children.at(0);
    REQUIRE(part.is_message());
    CHECK(cut(mail, part.body) == "Subject: in\r\n\r\nline 1\r\nline 2");
    CHECK(part.lines == 3);
    CHECK(cut(mail, part.children[0].header) == "Subject: in\r\n\r\n");
    CHECK(cut(mail, part.children[0].body) == "line 1\r\nline 2");
    CHECK(part.children[0].lines == 1);
}

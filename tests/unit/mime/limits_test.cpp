// Hostile mail: whatever its size or depth, it is parsed, within the limits and in time.
#include <catch2/catch.hpp>

#include "indexer/mime/parse.hpp"
#include "indexer/mime/section.hpp"

using namespace mailhold::indexer::mime;

namespace {

std::size_t count(const Part& part) {
    std::size_t parts = 1;
    for (const Part& child : part.children) parts += count(child);
    return parts;
}
std::size_t depth(const Part& part) {
    std::size_t deepest = 0;
    for (const Part& child : part.children) deepest = std::max(deepest, depth(child));
    return deepest + 1;
}
std::string repeat(std::string_view text, std::size_t times) {
    std::string result;
    result.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) result += text;
    return result;
}
bool serves_everything(std::string_view mail, const ParsedMessage& message) {
    const auto whole = find_section(mail, message, {});
    return whole && whole->bytes() == mail &&
           !structure_text(message, StructureForm::body_structure).empty();
}

}  // namespace

TEST_CASE("20,000 parts: the first ones are parts, the rest is one") {
    const std::string mail = "Content-Type: multipart/mixed; boundary=b\n\n" +
                             repeat("--b\nA: b\n\nx\n", 20'000) + "--b--\n";
    const ParsedMessage message = parse(mail);
    CHECK(message.root.children.size() == 10'000);
    CHECK(message.root.children.back().body.end >= mail.size() - 8);
    CHECK_FALSE(message.damage.empty());
    CHECK(serves_everything(mail, message));
    CHECK(parse(mail, {.parts = 3}).root.children.size() == 3);
}

TEST_CASE("multiparts and messages nested 5,000 deep are cut at the limit") {
    std::string multiparts;
    for (int i = 0; i < 5'000; ++i) {
        const std::string boundary = "b" + std::to_string(i);
        multiparts +=
            "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n";
    }
    const std::string messages =
        repeat("Content-Type: message/rfc822\n\n", 5'000) + "Subject: deep\n\nx";
    const std::string same = repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 5'000);
    for (const std::string& mail : {multiparts, messages, same}) {
        const ParsedMessage message = parse(mail);
        CHECK(depth(message.root) <= 101);
        CHECK_FALSE(message.damage.empty());
        CHECK(serves_everything(mail, message));
    }
    CHECK(depth(parse(multiparts, {.depth = 1000}).root) > 900);
    CHECK(depth(parse(multiparts, {.depth = 1}).root) <= 2);
}

TEST_CASE("tens of megabytes of boundary-like lines within a hundred boundaries") {
    std::string mail;
    for (int i = 0; i < 99; ++i) {
        const std::string boundary = std::string(20, '-') + std::to_string(1000 + i);
        mail +=
            "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n--" + boundary + "\n";
    }
    mail += "\n" + repeat("--------------------1\n", 1'000'000);
    CHECK(count(parse(mail).root) < 200);
    const std::string endless =
        "Content-Type: multipart/mixed; boundary=b\n\n" + repeat("--b\n", 5'000'000);
    CHECK(parse(endless).root.children.size() == 10'000);
}

TEST_CASE("gigantic headers") {
    const std::string one = "Subject: " + std::string(10'000'000, 'x') + "\n\n";
    CHECK(parse(one).root.fields.at(0).value.size() == 10'000'000);
    const std::string folded = "Subject: a" + repeat("\n b", 2'000'000) + "\n\n";
    CHECK(parse(folded).root.fields.size() == 1);
    const std::string many = repeat("A: b\n", 1'000'000) + "\n";
    const ParsedMessage message = parse(many);
    CHECK(message.root.fields.size() == 10'000);
    CHECK(message.root.header.end == many.size());
    const std::string addresses = "To: " + repeat("a@b, ", 1'000'000) + "\n\n";
    CHECK(parse(addresses).envelope.to.size() == 10'000);
    const std::string type = "Content-Type: text/plain" + repeat("; a*1*=x", 500'000) + "\n\n";
    CHECK_NOTHROW(parse(type));
    const std::string words = "Subject: " + repeat("=?utf-8?b?w6k=?= ", 300'000) + "\n\n";
    CHECK(parse(words).root.fields.at(0).value.size() >= 600'000);
}

TEST_CASE("every truncation of a message parses") {
    const std::string mail =
        "Date: Tue, 1 Jul 2025 10:52:37 +0200\r\nTo: \"a\" <b@c>, g: d@e;\r\n"
        "Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html; "
        "charset=gb2312\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nxOO6ww==\r\n--x\r\nContent-Type: "
        "message/rfc822\r\n\r\n"
        "Subject: =?utf-8?Q?=C3=A9?=\r\n\r\nin\r\n--x--\r\n";
    for (std::size_t length = 0; length <= mail.size(); ++length) {
        const std::string_view part = std::string_view(mail).substr(0, length);
        const ParsedMessage message = parse(part);
        REQUIRE(serves_everything(part, message));
        for (const Part& child : message.root.children) CHECK_NOTHROW(decoded_text(part, child));
    }
}

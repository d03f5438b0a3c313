// What a message is read as: fields, types, texts, damage.
#include "indexer/mime/parse.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/mime/lines.hpp"

using namespace mailhold::indexer::mime;

namespace {

bool damaged(const ParsedMessage& message, std::string_view what) {
    for (const std::string& damage : message.damage)
        if (damage.find(what) != std::string::npos) return true;
    return false;
}

std::string text_of(std::string_view mail) {
    const ParsedMessage message = parse(mail);
    return decoded_text(mail, message.root);
}

}  // namespace

TEST_CASE("a plain message has its fields, its date and its text") {
    const std::string mail = lines({"Date: Tue, 1 Jul 2025 10:52:37 +0200",
                                    "From: =?utf-8?Q?J=C3=BCrgen?= <j@example.org>", "Subject: a",
                                    " b", "Message-ID: <1@x>", "", "Hello", "World"});
    const ParsedMessage message = parse(mail);
    CHECK(message.damage.empty());
    REQUIRE(message.root.fields.size() == 4);
    CHECK(message.root.fields[1].value == "Jürgen <j@example.org>");
    CHECK(message.root.fields[1].raw == " =?utf-8?Q?J=C3=BCrgen?= <j@example.org>");
    CHECK(message.root.fields[2].value == "a b");
    CHECK(message.root.fields[2].raw == " a\r\n b");
    CHECK(message.envelope.subject == "a b");
    CHECK(message.envelope.message_id == "<1@x>");
    REQUIRE(message.envelope.from.size() == 1);
    CHECK(message.envelope.from[0].name == "=?utf-8?Q?J=C3=BCrgen?=");
    CHECK(message.envelope.sender.size() == 1);
    CHECK(message.envelope.reply_to.size() == 1);
    CHECK(message.envelope.to.empty());
    REQUIRE(message.sent);
    CHECK(message.sent->utc == mailhold::UtcSeconds(std::chrono::seconds(1751359957)));
    CHECK(message.sent->offset_minutes == 120);
    CHECK(message.root.type == "text");
    CHECK(message.root.lines == 2);
    CHECK(decoded_text(mail, message.root) == "Hello\r\nWorld\r\n");
}

TEST_CASE("the header says what a part is") {
    const std::string mail = lines(
        {"Content-Type: Application/PDF; name=\"a.pdf\"", "Content-ID: <c@d>",
         "Content-Description: a file",
         "Content-Disposition: Attachment; filename*=utf-8''%C3%A9.pdf", "Content-Language: en, de",
         "Content-Location: http://x/y",
         "Content-MD5: Q2hlY2s=", "Content-Transfer-Encoding: BASE64 (comment)", "", "aGVsbG8="});
    const ParsedMessage message = parse(mail);
    const Part& part = message.root;
    CHECK(part.type == "application");
    CHECK(part.subtype == "pdf");
    CHECK(part.parameters == Parameters{{"name", "a.pdf"}});
    CHECK(part.id == "<c@d>");
    CHECK(part.description == "a file");
    CHECK(part.disposition == "attachment");
    CHECK(part.filename == "é.pdf");
    CHECK(part.languages == std::vector<std::string>{"en", "de"});
    CHECK(part.location == "http://x/y");
    CHECK(part.md5 == "Q2hlY2s=");
    CHECK(part.encoding == "base64");
    CHECK(decoded_content(mail, part) == "hello");
}

TEST_CASE("a type that cannot be read is plain text, and digests hold messages") {
    const auto type_of = [](std::string_view field) {
        const std::string mail = lines({field, "", "x"});
        const ParsedMessage message = parse(mail);
        return message.root.type + "/" + message.root.subtype;
    };
    CHECK(type_of("Subject: none") == "text/plain");
    CHECK(type_of("Content-Type: text") == "text/plain");
    CHECK(type_of("Content-Type:") == "text/plain");
    CHECK(type_of("Content-Type: /x") == "text/plain");
    CHECK(type_of("Content-Type: TEXT / HTML (c); charset=x") == "text/html");
    CHECK(type_of("Content-Type: text/html charset=x") == "text/html");

    const std::string digest = lines({"Content-Type: multipart/digest; boundary=d", "", "--d", "",
                                      "Subject: inner", "", "x", "--d--"});
    const ParsedMessage message = parse(digest);
    REQUIRE(message.root.children.size() == 1);
    CHECK(message.root.children[0].is_message());
    CHECK(message.root.children[0].envelope->subject == "inner");
}

TEST_CASE("transfer encodings are undone, broken ones as far as they go") {
    struct Row {
        std::string_view encoding, body, expected;
    };
    const auto row = GENERATE(values<Row>({
        {"7bit", "a=41", "a=41"},
        {"quoted-printable", "a=41=\r\nb =C3=A9", "aAb é"},
        {"quoted-printable", "cut=", "cut"},
        {"quoted-printable", "bad =XY", "bad =XY"},
        {"base64", "aGVsbG8=", "hello"},
        {"base64", "aGVs\r\nbG8", "hello"},
        {"base64", "aGVsbG8=\r\n", "hello"},
        {"base64", "aGVsbA", "hell"},
        {"base64", "!aG?VsbG8=", "hello\n!aG?VsbG8="},
        {"base64", "aGVsbG8=\r\n-- \r\nthe list\r\n", "hello\n-- \r\nthe list\r\n"},
        {"x-uuencode", "begin 644 x\r\n%:&5L;&\\`\r\n`\r\nend\r\n", "hello"},
        {"uuencode", "begin 644 x\n%:&5L;&\\`\n`\nend\n", "hello"},
        {"x-unknown", "as is", "as is"},
    }));
    const std::string mail = "Content-Transfer-Encoding: " + std::string(row.encoding) +
                             "\r\n\r\n" + std::string(row.body);
    INFO(mail);
    CHECK(text_of(mail) == row.expected);
}

TEST_CASE("text is decoded in its charset, any other as UTF-8") {
    CHECK(text_of("Content-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9") == "café");
    CHECK(text_of("Content-Type: text/plain; charset=\" utf-8 \"\n\ncafé") == "café");
    CHECK(text_of("Content-Type: text/plain; charset=nowhere\n\ncafé") == "café");
    CHECK(text_of("Content-Type: text/plain; charset=us-ascii\n\ncafé") == "café");
    CHECK(text_of("A: b\n\ncaf\xe9") == "caf\xef\xbf\xbd");
}

TEST_CASE("raw octets in header fields are guessed, by the body's charset where it has one") {
    const ParsedMessage latin = parse("Subject: gr\xfcn\n\n");
    CHECK(latin.root.fields[0].value == "grün");
    CHECK(damaged(latin, "unnamed charset"));
    const ParsedMessage russian =
        parse("Subject: \xcf\xf0\xe8\nContent-Type: text/plain; charset=windows-1251\n\n");
    CHECK(russian.root.fields[0].value == "При");
    CHECK(russian.envelope.subject == "\xcf\xf0\xe8");
}

TEST_CASE("the parts of a multipart message stand in order, nested as sent") {
    const std::string mail = lines({"MIME-Version: 1.0",
                                    "Content-Type: multipart/mixed; boundary=\"out\"",
                                    "",
                                    "preamble",
                                    "--out",
                                    "Content-Type: multipart/alternative; boundary=outer",
                                    "",
                                    "--outer",
                                    "",
                                    "plain",
                                    "--outer",
                                    "Content-Type: text/html",
                                    "",
                                    "<p>html",
                                    "--outer--",
                                    "",
                                    "--out",
                                    "Content-Type: message/rfc822",
                                    "",
                                    "Subject: inner",
                                    "",
                                    "inside",
                                    "--out--",
                                    "epilogue"});
    const ParsedMessage message = parse(mail);
    CHECK(message.damage.empty());
    REQUIRE(message.root.children.size() == 2);
    const Part& alternative = message.root.children[0];
    REQUIRE(alternative.children.size() == 2);
    CHECK(decoded_text(mail, alternative.children[0]) == "plain");
    CHECK(alternative.children[1].subtype == "html");
    const Part& nested = message.root.children[1];
    REQUIRE(nested.is_message());
    CHECK(nested.envelope->subject == "inner");
    CHECK(decoded_text(mail, nested.children[0]) == "inside");
}

TEST_CASE("damaged mail gives what can be read and says what is wrong") {
    SECTION("nothing at all") {
        const ParsedMessage message = parse("");
        CHECK(message.root.body == Range{0, 0});
        CHECK(message.root.type == "text");
    }
    SECTION("no header") {
        const std::string mail = "Just some text.\r\n\r\nMore: of it.\r\n";
        const ParsedMessage message = parse(mail);
        CHECK(damaged(message, "no header"));
        CHECK(message.root.fields.empty());
        CHECK(decoded_text(mail, message.root) == mail);
    }
    SECTION("nothing but a header") {
        const ParsedMessage message = parse("Subject: x\r\nFrom: a@b");
        CHECK(message.root.fields.size() == 2);
        CHECK(message.root.body.size() == 0);
    }
    SECTION("a first line that belongs to no field") {
        const ParsedMessage message = parse("   \nSubject: x\n\nbody");
        CHECK(message.envelope.subject == "x");
    }
    SECTION("an mbox line") {
        const ParsedMessage message =
            parse("From a@b Thu Jan  1 00:00:00 1970\nSubject: x\n\nbody");
        CHECK(message.envelope.subject == "x");
        CHECK(damaged(message, "no field"));
    }
    SECTION("a header that runs into the first boundary") {
        const std::string mail =
            "Content-Type: multipart/mixed; boundary=b\nThis is MIME\n--b\n\ntext\n--b--\n";
        const ParsedMessage message = parse(mail);
        CHECK(damaged(message, "blank line"));
        REQUIRE(message.root.children.size() == 1);
        CHECK(decoded_text(mail, message.root.children[0]) == "text");
    }
    SECTION("NUL octets") {
        using namespace std::literals;
        const std::string mail = "Subject: a\0b\r\nX\0Y: z\r\n\r\nbo\0dy"s;
        const ParsedMessage message = parse(mail);
        CHECK(message.envelope.subject == "a\0b"sv);
        CHECK(message.root.fields[0].value == "a b");
        CHECK(decoded_text(mail, message.root) == "bo\0dy"sv);
    }
    SECTION("no boundary parameter") {
        const std::string mail = "Content-Type: multipart/mixed\n\n--x\n\ntext\n";
        const ParsedMessage message = parse(mail);
        CHECK(damaged(message, "without a boundary"));
        REQUIRE(message.root.children.size() == 1);
        CHECK(decoded_text(mail, message.root.children[0]) == "--x\n\ntext\n");
    }
    SECTION("a boundary that never comes") {
        const std::string mail = "Content-Type: multipart/mixed; boundary=b\n\ntext\n";
        const ParsedMessage message = parse(mail);
        CHECK(damaged(message, "without parts"));
        REQUIRE(message.root.children.size() == 1);
        CHECK(decoded_text(mail, message.root.children[0]) == "text\n");
    }
    SECTION("a multipart cut off") {
        const std::string mail =
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: "
            "text/html\n\ntw";
        const ParsedMessage message = parse(mail);
        CHECK(damaged(message, "closing boundary"));
        REQUIRE(message.root.children.size() == 2);
        CHECK(decoded_text(mail, message.root.children[1]) == "tw");
    }
    SECTION("an inner multipart that is not closed ends at the outer boundary") {
        const std::string mail = lines({"Content-Type: multipart/mixed; boundary=o", "", "--o",
                                        "Content-Type: multipart/mixed; boundary=i", "", "--i", "",
                                        "inner", "--o", "", "outer", "--o--"});
        const ParsedMessage message = parse(mail);
        REQUIRE(message.root.children.size() == 2);
        CHECK(decoded_text(mail, message.root.children[0].children[0]) == "inner");
        CHECK(decoded_text(mail, message.root.children[1]) == "outer");
    }
    SECTION("one boundary for both levels") {
        const std::string mail = lines({"Content-Type: multipart/mixed; boundary=b", "", "--b",
                                        "Content-Type: multipart/mixed; boundary=b", "", "--b", "",
                                        "x", "--b--", "--b--"});
        CHECK_NOTHROW(parse(mail));
    }
    SECTION("lone CR") {
        const std::string mail = "Subject: x\rFrom: y\r\rbody\r";
        CHECK_NOTHROW(parse(mail));
        CHECK(parse(mail).root.fields.size() == 1);
    }
}

TEST_CASE("dates that senders write are read") {
    struct Row {
        std::string_view date;
        std::int64_t utc;
        int offset;
    };
    const auto row = GENERATE(values<Row>({
        {"Thu, 1 Jan 1970 00:00:00 +0000", 0, 0},
        {"1 Jan 1970 01:00 +0100", 0, 60},
        {"Thu, 01 Jan 1970 00:00:10 GMT", 10, 0},
        {"Wed, 31 Dec 1969 19:00:00 EST", 0, -300},
        {"Thu, 1 Jan 1970 05:30:00 +0530 (IST)", 0, 330},
        {"Thu, 1 Jan 70 00:00:00 -0000", 0, 0},
    }));
    INFO(row.date);
    const auto message = parse("Date: " + std::string(row.date) + "\n\n");
    REQUIRE(message.sent);
    CHECK(message.sent->utc.time_since_epoch().count() == row.utc);
    CHECK(message.sent->offset_minutes == row.offset);
    CHECK_FALSE(parse("Date: yesterday\n\n").sent);
    CHECK_FALSE(parse("Subject: none\n\n").sent);
}

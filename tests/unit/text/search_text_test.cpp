// Messages as SEARCH compares them.
#include "indexer/text/search_text.hpp"

#include <catch2/catch.hpp>

#include "indexer/mime/parse.hpp"
#include "indexer/text/fold.hpp"
#include "tests/unit/mime/lines.hpp"

using namespace mailhold::indexer;
using namespace mailhold::indexer::text;

namespace {

SearchText text_of(std::string_view mail) {
    return make_search_text(mail, mime::parse(mail));
}

bool holds(const std::string& folded, std::string_view needle) {
    return folded.find(fold(needle)) != std::string::npos;
}

}  // namespace

TEST_CASE("header fields are decoded and folded, one by one and together") {
    const SearchText text = text_of(lines(
        {"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "\tan alle", "X-Empty:", "To: a@b", "", ""}));
    REQUIRE(text.fields.size() == 3);
    CHECK(text.fields[0].name == "subject");
    CHECK(text.fields[0].value == fold("Grüße an alle"));
    CHECK(text.fields[1].value == "");
    CHECK(holds(text.header, "subject: grüße an alle"));
    CHECK(holds(text.header, "to: A@B"));
    CHECK_FALSE(text.sent);
}

TEST_CASE("the body is all text, decoded, HTML as source and as seen") {
    const SearchText text =
        text_of(lines({"Content-Type: multipart/mixed; boundary=b",
                       "",
                       "preamble",
                       "--b",
                       "Content-Type: text/plain; charset=iso-8859-1",
                       "Content-Transfer-Encoding: quoted-printable",
                       "",
                       "caf=E9 in=",
                       "voice",
                       "--b",
                       "Content-Type: text/html",
                       "",
                       "<p class=x>Hel<b>lo</b><br>you</p><style>none</style>",
                       "--b",
                       "Content-Type: application/pdf; name=\"r\xc3\xa9sum\xc3\xa9.pdf\"",
                       "Content-Transfer-Encoding: base64",
                       "",
                       "c2VjcmV0",
                       "--b",
                       "Content-Type: message/rfc822",
                       "",
                       "Subject: nested subject",
                       "",
                       "nested body",
                       "--b--",
                       "epilogue"}));
    CHECK(holds(text.body, "CAFÉ invoice"));
    CHECK(holds(text.body, "Hello you"));
    CHECK(holds(text.body, "<p class=x>hel<b>"));
    CHECK(holds(text.body, "nested body"));
    for (const char* absent : {"secret", "preamble", "epilogue", "nested subject"})
        CHECK_FALSE(holds(text.body, absent));
    CHECK(holds(text.mime_headers, "subject: nested subject"));
    CHECK(holds(text.mime_headers, "content-type: application/pdf; name=\"résumé.pdf\""));
    CHECK_FALSE(holds(text.mime_headers, "boundary"));
    CHECK(text.filenames == fold("résumé.pdf") + "\n");
}

TEST_CASE("MIME header fields are found as sent and as decoded") {
    const SearchText text =
        text_of(lines({"Content-Type: multipart/mixed; boundary=b", "", "--b",
                       "Content-Description: =?utf-8?Q?=C3=A9t=C3=A9?=", "", "x", "--b--"}));
    CHECK(holds(text.mime_headers, "content-description: =?utf-8?q?=c3=a9t=c3=a9?="));
    CHECK(holds(text.mime_headers, "content-description: été"));
}

TEST_CASE("status reports and encoded messages are looked into") {
    const SearchText report = text_of(
        lines({"Content-Type: multipart/report; boundary=b", "", "--b",
               "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx", "",
               "Final-Recipient: rfc822; a@b", "Status: 5.1.1", "", "", "free text", "--b--"}));
    CHECK(holds(report.mime_headers, "reporting-mta: dns; mx"));
    CHECK(holds(report.mime_headers, "final-recipient: rfc822; a@b"));
    CHECK(holds(report.body, "free text"));

    const SearchText encoded = text_of(
        lines({"Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", "",
               "U3ViamVjdDogaGlkZGVuCgpub3QgYW55IG1vcmU="}));  // "Subject: hidden\n\nnot any more"
    CHECK(holds(encoded.mime_headers, "subject: hidden"));
    CHECK(holds(encoded.body, "not any more"));
}

TEST_CASE("text that could not be cut into parts is found") {
    CHECK(
        holds(text_of("Content-Type: multipart/mixed\n\n--x\n\nlost words\n").body, "lost words"));
    CHECK(holds(text_of("no header, but words").body, "but words"));
    const std::string deep =
        "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: inner\n\ndeep "
        "words";
    CHECK(holds(make_search_text(deep, mime::parse(deep, {.depth = 1})).body, "deep words"));
}

TEST_CASE("messages within messages without end stay cheap") {
    std::string nested, partial;
    for (int i = 0; i < 20'000; ++i) {
        nested += "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n";
        partial += "Content-Type: message/partial\n\n";
    }
    CHECK_NOTHROW(text_of(nested));
    CHECK_NOTHROW(text_of(partial));
    CHECK_NOTHROW(
        text_of("Content-Type: message/delivery-status\n\n" + std::string(2'000'000, '\n')));
    CHECK_NOTHROW(text_of("Content-Type: message/delivery-status\n\nno field\n\nno field\n"));
}

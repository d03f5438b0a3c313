// What a SearchText says of a message's attachments, with a reader that only tells what it was asked.
#include <catch2/catch.hpp>

#include "indexer/mime/parse.hpp"
#include "indexer/text/search_text.hpp"
#include "indexer/text/unfold.hpp"
#include "tests/unit/mime/lines.hpp"

using namespace mailhold::indexer;
using namespace mailhold::indexer::text;

namespace {

Extraction echo(std::string_view octets, const mime::Part& part) {
    return {part.subtype == "pdf" ? ExtractStatus::indexed : ExtractStatus::unsupported,
            part.subtype == "pdf" ? "" : "no",
            {"text of " + part.filename, mime::decoded_content(octets, part)},
            7};
}

SearchText text_of(std::string_view mail) {
    return make_search_text(mail, mime::parse(mail), echo);
}

const std::string mail = lines({"Content-Type: multipart/mixed; boundary=b",
                                "",
                                "--b",
                                "",
                                "a letter",
                                "--b",
                                "Content-Type: application/pdf; name=a.pdf",
                                "Content-Transfer-Encoding: base64",
                                "",
                                "c3RyYWlnaHQ=",
                                "--b",
                                "Content-Type: message/rfc822",
                                "",
                                "Content-Type: application/pdf; name=root.pdf",
                                "",
                                "nested",
                                "--b",
                                "Content-Type: message/rfc822",
                                "",
                                "Content-Type: multipart/mixed; boundary=c",
                                "",
                                "--c",
                                "Content-Type: text/csv; name=a.csv",
                                "",
                                "1,2",
                                "--c",
                                "Content-Type: image/png; name=a.png",
                                "",
                                "picture",
                                "--c--",
                                "--b--"});

}  // namespace

TEST_CASE("attachments are read part by part, folded, and no phrase runs across") {
    const SearchText text = text_of(mail);
    CHECK(text.attachments ==
          "TEXT OF A.PDF\nSTRAIGHT\nTEXT OF ROOT.PDF\nNESTED\nTEXT OF A.PNG\nPICTURE\n");
    CHECK(text.body == "A LETTER 1,2");
    const std::vector<AttachmentState> states = {
        {"2", ExtractStatus::indexed, "", 7},
        {"3.1", ExtractStatus::indexed, "", 7},
        {"4.1", ExtractStatus::indexed, "", 1},
        {"4.2", ExtractStatus::unsupported, "no", 7},
    };
    CHECK(text.states == states);
}

TEST_CASE("without a reader every attachment has failed, and by chance") {
    const SearchText text = make_search_text(mail, mime::parse(mail));
    CHECK(text.attachments.empty());
    REQUIRE(text.states.size() == 4);
    CHECK(text.states[0].status == ExtractStatus::failed);
    CHECK(text.states[0].maker == 0);
}

TEST_CASE("a mail of text alone has no states, and asks no reader") {
    const std::string plain = lines({"Subject: x", "", "words"});
    const SearchText text = make_search_text(plain, mime::parse(plain),
                                             [](std::string_view, const mime::Part&) -> Extraction {
                                                 FAIL("asked");
                                                 return {};
                                             });
    CHECK(text.states.empty());
    CHECK(text.attachments.empty());
}

TEST_CASE("a message that is nothing but an attachment is its part 1") {
    const SearchText text =
        text_of(lines({"Content-Type: application/pdf; name=a.pdf", "", "words"}));
    REQUIRE(text.states.size() == 1);
    CHECK(text.states[0].number == "1");
}

TEST_CASE("calendars and contacts are found as people read them, and as they are") {
    const SearchText text = text_of(lines({"Content-Type: text/calendar", "", "BEGIN:VCALENDAR",
                                           "SUMMARY:a meet", " ing\\, at noon\\nbring pens"}));
    CHECK(text.body.contains("A MEET ING"));
    CHECK(text.attachments.contains("A MEETING, AT NOON BRING PENS"));
    CHECK(unfold_lines("a\r\n b\n\tc\\;\\\\n\r\nd\\") == "abc;\\n\r\nd\\");
    CHECK(unfold_lines("").empty());
    CHECK(unfold_lines("\r\n ") == "");
}

TEST_CASE("the names of states are what people search for") {
    for (const auto* name : {"indexed", "truncated", "encrypted", "unsupported", "failed"}) {
        const auto status = status_named(name);
        REQUIRE(status);
        CHECK(name_of(*status) == name);
    }
    CHECK_FALSE(status_named("other"));
}

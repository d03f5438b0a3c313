// ENVELOPE, BODY and BODYSTRUCTURE as text.
#include <catch2/catch.hpp>

#include "indexer/mime/parse.hpp"
#include "indexer/mime/section.hpp"
#include "tests/unit/mime/lines.hpp"

using namespace mailhold::indexer::mime;

namespace {

std::string structure(std::string_view mail, StructureForm form = StructureForm::body_structure) {
    return structure_text(parse(mail), form);
}

}  // namespace

TEST_CASE("the envelope has its ten fields, addresses defaulting to From") {
    const std::string mail =
        lines({"Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)",
               "From: Terry Gray <gray@cac.washington.edu>", "Subject: IMAP4rev1 \"WG\" mtg",
               "To: imap@cac.washington.edu", "Cc: g: a@b;",
               "Message-Id: <B27397-0100000@cac.washington.edu>", "", ""});
    const std::string gray = "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\"))";
    CHECK(envelope_text(parse(mail).envelope) ==
          "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 \\\"WG\\\" mtg\" " + gray + " " +
              gray + " " + gray +
              " ((NIL NIL \"imap\" \"cac.washington.edu\"))"
              " ((NIL NIL \"g\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)) NIL NIL "
              "\"<B27397-0100000@cac.washington.edu>\")");
    CHECK(envelope_text(parse("").envelope) == "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
}

TEST_CASE("strings that cannot be quoted are literals, without NUL") {
    using namespace std::literals;
    CHECK(envelope_text(parse("Subject: gr\xfcn\n\n").envelope)
              .starts_with("(NIL {4}\r\ngr\xfcn NIL"));
    CHECK(envelope_text(parse("Subject: a\0b\n\n"sv).envelope).starts_with("(NIL {2}\r\nab NIL"));
    CHECK(envelope_text(parse("Subject: a\rb\n\n").envelope).starts_with("(NIL {3}\r\na\rb NIL"));
    CHECK(envelope_text(parse("Subject:\n\n").envelope).starts_with("(NIL \"\" NIL"));
    CHECK(envelope_text(parse("Subject: " + std::string(2000, 'x') + "\n\n").envelope)
              .starts_with("(NIL {2000}\r\nxxx"));
}

TEST_CASE("single parts give type, parameters, encoding, size and lines") {
    CHECK(structure("A: b\r\n\r\none\r\ntwo\r\n") ==
          R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 2 NIL NIL NIL NIL))");
    CHECK(structure("A: b\r\n\r\none\r\ntwo\r\n", StructureForm::body) ==
          R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 2))");
    CHECK(
        structure(lines({"Content-Type: image/png; name*=utf-8''%41.png", "Content-ID: <i>",
                         "Content-Description: d", "Content-Transfer-Encoding: base64",
                         "Content-MD5: m==", "Content-Disposition: attachment; filename=a.png",
                         "Content-Language: en, de", "Content-Location: l", "", "QQ=="})) ==
        R"(("image" "png" ("name*" "utf-8''%41.png") "<i>" "d" "base64" 6 "m==" ("attachment" ("filename" "a.png")) ("en" "de") "l"))");
}

TEST_CASE("multiparts list their parts, messages their envelope, structure and lines") {
    const std::string mail =
        lines({"Content-Type: multipart/mixed; boundary=b", "", "--b", "", "one", "--b",
               "Content-Type: message/rfc822", "", "Subject: in", "", "x", "--b--"});
    CHECK(
        structure(mail, StructureForm::body) ==
        R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0)("message" "rfc822" NIL NIL NIL "7bit" 16 )"
        R"((NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0) 2) "mixed"))");
    CHECK(structure(mail).ends_with(R"("mixed" ("boundary" "b") NIL NIL NIL))"));
}

TEST_CASE("a multipart never lacks a part, nor a message its structure") {
    CHECK(structure("Content-Type: multipart/mixed; boundary=b\n\n", StructureForm::body) ==
          R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) "mixed"))");
    CHECK(structure_text(parse("Content-Type: message/rfc822\n\nSubject: x\n\n", {.depth = 1}),
                         StructureForm::body) ==
          R"(("message" "rfc822" NIL NIL NIL "7bit" 12 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) )"
          R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) 2))");
}

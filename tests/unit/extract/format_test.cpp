// What an attachment is taken for.
#include "indexer/extract/format.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mailhold::indexer::extract;

TEST_CASE("octets count more than names, names more than declared types") {
    using namespace std::string_literals;
    struct Row {
        std::string type, name, head;
        Format format;
    };
    const Row table[] = {
        {"application/pdf", "a.pdf", "%PDF-1.7 ...", Format::pdf},
        {"application/octet-stream", "a", "%PDF-1.7", Format::pdf},
        {"text/html", "a.html", "PK\3\4....", Format::zip},
        {"application/octet-stream", "scan.pdf", "MZ junk before %PDF-1.4", Format::pdf},
        {"text/plain", "howto.txt", "a file begins with %PDF-1.4", Format::text},
        {"application/msword", "a.doc", "{\\rtf1 x}", Format::rtf},
        {"application/msword", "a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format::compound},
        {"application/octet-stream", "a.tgz", "\x1f\x8b\x08", Format::gzip},
        {"application/x-tar", "a.tar", std::string(257, 'x') + "ustar\0"s, Format::tar},
        {"application/octet-stream", "a.EML", "From: x", Format::mail},
        {"application/octet-stream", "page.htm", "<p>", Format::html},
        {"application/xhtml+xml", "", "<p>", Format::html},
        {"application/octet-stream", "a.ics", "BEGIN:VCALENDAR", Format::calendar},
        {"application/json", "", "{}", Format::text},
        {"application/octet-stream", "readme", "plain words\r\n", Format::text},
        {"application/octet-stream", "a.csv",
         "\xff\xfe"
         "a\0b\0"s,
         Format::text},
        {"application/octet-stream", "a.txt", "\0\1\2"s, Format::none},
        {"image/png", "a.png", "\x89PNG", Format::none},
        {"image/png", "a.png", "not a picture", Format::none},
        {"image/svg+xml", "a.svg", "<svg>", Format::text},
        {"application/pgp-encrypted", "", "Version: 1", Format::encrypted},
        {"application/octet-stream", "x.asc", "-----BEGIN PGP MESSAGE-----", Format::encrypted},
        {"application/pkcs7-mime", "smime.p7m",
         "0\x82\1\1\6\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", Format::encrypted},
        {"application/pkcs7-mime", "smime.p7m",
         "0\x82\1\1\6\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", Format::none},
        {"application/octet-stream", "", "", Format::text},
    };
    for (const auto& row : table) {
        INFO(row.type << " " << row.name << " " << row.head);
        CHECK(static_cast<int>(detect(row.type, row.name, row.head)) ==
              static_cast<int>(row.format));
    }
}

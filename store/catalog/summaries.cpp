// The four texts of a summary behind their lengths, in one zstd frame. Summaries in the catalog can be
// read with this very dictionary only: a change of it raises the schema's number.
#include "store/catalog/summaries.hpp"

#include <array>
#include <cstdint>

namespace mailhold::store::catalog {
namespace {

constexpr int level = 3;

// What ENVELOPE, BODY and BODYSTRUCTURE have in common, the most frequent last.
constexpr std::string_view common = R"text(
"Mon, 01 Jan 2001 00:00:00 -0500" "Tue, 12 Feb 2002 10:11:12 -0800" "Wed, 13 Mar 2013 20:21:22
+0100" "Thu, 14 Apr 2014 09:19:29 +0200" "Fri, 15 May 2015 08:18:28 +0000" "Sat, 16 Jun 2016
07:17:27 -0400" "Sun, 17 Jul 2017 06:16:26 -0700" 18 Aug 2018 30 Sep 2019 31 Oct 2020 28 Nov 2021 25
Dec 2022 2023 2024 2025 2026 GMT (UTC)" "Re: Fwd: [PATCH v2 1/3] " "AW: WG: =?utf-8?Q?=20=C3=BC?=
=?UTF-8?B? ((NIL NIL "bounce" "mail.example.org") ((NIL NIL "noreply" "googlegroups.com")) ((NIL NIL
"info" "gmail.com")) ((NIL NIL "postmaster" "hotmail.com")(NIL NIL "webmaster" "yahoo.com")(NIL NIL
"root" "localhost.localdomain") ((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL)) "mailto:"
"lists.sourceforge.net" "outlook.com" "users" "support" "newsletter" NIL NIL NIL "<.JavaMail.root@>"
"<@mail.gmail.com>" "<PROD.OUTLOOK.COM>"(("application" "octet-stream" ("name" "data.bin") NIL NIL
"base64" 12345 NIL ("attachment" ("filename" "data.bin")) NIL NIL)("application" "pdf" ("name"
"report.pdf") NIL NIL "base64" 54321 NIL ("attachment" ("filename" "report.pdf" "size"
"creation-date")) NIL NIL)("application"
"vnd.openxmlformats-officedocument.wordprocessingml.document" ("name" "spreadsheetml.sheet" "name*"
".docx" ".xlsx" "application" "zip" "application" "msword" "x-unix-mode" "0644" "application"
"pgp-signature" ("name" "signature.asc") NIL "OpenPGP digital signature" "7bit" 833 NIL "pgp-sha256"
"pkcs7-signature" "smime.p7s" "x-pkcs7-signature" "protocol" "micalg" "signed" "video" "mp4" "audio"
"mpeg" "text" "calendar" "method" "REQUEST" "text" "csv" "message" "rfc822" NIL NIL NIL "7bit"
"message" "delivery-status" "report" ("report-type" "delivery-status" "boundary" "image" "gif"
("name" "image001.gif") "<image001@>" NIL "base64" "image" "jpeg" ("name" "photo.jpg") "<part1.@>"
NIL "base64" 23456 NIL ("inline" ("filename" "photo.jpg")) NIL NIL)("image" "png" ("name"
"image001.png") "<image001.png@01D>" NIL "base64" 3456 NIL ("inline" ("filename" "logo.png")) NIL
NIL) "related" ("type" "multipart/alternative" "boundary" "----=_NextPart_000_0001_01C"
"----=_Part_12345_" "--==_mimepart_" "----------=_" "===============" "Apple-Mail-" "mixed"
("boundary" " NIL NIL NIL)
(("text" "plain" ("charset" "iso-8859-1") NIL NIL "quoted-printable" 1234 56 NIL NIL NIL NIL)("text"
"html" ("charset" "iso-8859-1") NIL NIL "quoted-printable" 4321 65 NIL NIL NIL NIL) "alternative"
("boundary" "_000_") NIL NIL NIL)
(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 234 5 NIL NIL NIL NIL)("text" "html" ("charset"
"utf-8") NIL NIL "base64" 2345 6 NIL NIL NIL NIL) "alternative" ("boundary" "
("text" "plain" ("charset" "utf-8" "format" "flowed" "delsp" "yes") NIL NIL "8bit" 345 NIL NIL NIL
NIL)("text" "plain" ("charset" "windows-1252") NIL NIL "base64" 67 8 NIL ("attachment" ("filename"
"notes.txt")) NIL NIL)("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 9 NIL NIL NIL NIL)
("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)
)text";

// How often what occurs in summaries, as ZDICT_finalizeDictionary() counted it in those of a thousand
// mails: the head of the dictionary whose content is the text above. With it a frame needs no tables
// of its own, which would be most of the work of reading it.
constexpr auto counts = std::to_array<unsigned char>({
    // clang-format off
    0x37, 0xa4, 0x30, 0xec, 0x04, 0x49, 0x92, 0x4e, 0x41, 0x10, 0xa8, 0x32, 0xdb, 0x36, 0x30, 0x33,
    0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0xb3, 0xea, 0x18, 0xc6, 0x3c, 0x35, 0x62, 0xa3,
    0x36, 0x0a, 0x6c, 0xc3, 0x16, 0x6a, 0x19, 0xb4, 0x68, 0xc6, 0x6c, 0x78, 0x10, 0x71, 0x70, 0xd0,
    0x0e, 0x0f, 0xce, 0xa0, 0xd9, 0xff, 0xbf, 0xc6, 0xb0, 0x97, 0xdd, 0xdd, 0xdd, 0xdd, 0xcb, 0x8d,
    0x8c, 0xcc, 0x8b, 0xb4, 0x26, 0x22, 0xb5, 0x32, 0x43, 0x20, 0x23, 0x01, 0x18, 0x20, 0x0c, 0x0f,
    0x09, 0xc6, 0x44, 0x52, 0xe5, 0x00, 0x00, 0x04, 0xa0, 0xc9, 0x08, 0xc8, 0x88, 0x0f, 0xca, 0x84,
    0xe5, 0x21, 0x31, 0x24, 0x12, 0x91, 0x46, 0xa2, 0x20, 0x90, 0x61, 0x40, 0x8c, 0xc1, 0x40, 0x06,
    0x60, 0x10, 0xc0, 0x18, 0x43, 0x0c, 0xa2, 0x4e, 0x32, 0xa3, 0x01, 0x00, 0x00, 0x54, 0x10, 0xc6,
    0x93, 0x91, 0x44, 0x28, 0x09, 0x63, 0x18, 0x48, 0x41, 0x14, 0xe4, 0x98, 0x32, 0x4c, 0x39, 0x45,
    0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00,
    // clang-format on
});

std::string dictionary() {
    return std::string(counts.begin(), counts.end()).append(common);
}

const Dictionaries& dictionaries() {
    static const auto instance = [] {
        Dictionaries one;
        one.add(dictionary());
        return one;
    }();
    return instance;
}

// Seven bits an octet, the lowest first; the last one has no eighth bit.
void put_length(std::string& out, std::size_t length) {
    for (; length >= 0x80; length >>= 7) out += static_cast<char>(length | 0x80);
    out += static_cast<char>(length);
}

std::optional<std::size_t> take_length(std::string_view& rest) {
    std::size_t length = 0;
    for (unsigned shift = 0; shift < 35 && !rest.empty(); shift += 7) {
        const auto octet = static_cast<unsigned char>(rest.front());
        rest.remove_prefix(1);
        length |= std::size_t{octet & 0x7fU} << shift;
        if (octet < 0x80) return length;
    }
    return std::nullopt;
}

}  // namespace

SummaryPacker::SummaryPacker() : compressor_(level) {
    compressor_.use(dictionary());
}

std::string SummaryPacker::pack(const Summary& summary) {
    std::string lengths, texts;
    for (const auto* text :
         {&summary.envelope, &summary.body_structure, &summary.body, &summary.links}) {
        put_length(lengths, text->size());
        texts += *text;
    }
    return compressor_.compress(lengths + texts);
}

std::optional<Summary> unpack_summary(std::string_view packed) {
    static thread_local Decompressor decompressor;
    const auto octets = decompressor.decompress(packed, dictionaries());
    if (!octets) return std::nullopt;
    std::string_view rest(*octets);
    std::array<std::size_t, 4> lengths{};
    for (auto& length : lengths) {
        const auto taken = take_length(rest);
        if (!taken) return std::nullopt;
        length = *taken;
    }
    Summary summary;
    std::size_t i = 0;
    for (auto* text : {&summary.envelope, &summary.body_structure, &summary.body, &summary.links}) {
        *text = rest.substr(0, lengths[i]);
        rest.remove_prefix(text->size());
        ++i;
    }
    return summary;
}

}  // namespace mailhold::store::catalog

// The four texts of a summary behind their lengths, in one zstd frame.
#include "store/catalog/summaries.hpp"

#include <array>
#include <cstdint>

namespace mailhold::store::catalog {
namespace {

constexpr int level = 3;

// What ENVELOPE, BODY and BODYSTRUCTURE have in common, the most frequent last. Summaries in the
// catalog can be read with this very text only: a change of it raises the schema's number.
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

const Dictionaries& dictionaries() {
    static const auto instance = Dictionaries::of_text(common);
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
    compressor_.use(common);
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

// What the sandbox will not let the libraries load any more: the charsets that glibc keeps in files,
// and what each library makes ready on first use.
#include <iconv.h>

#include <array>
#include <string_view>

#include "indexer/extract/extract.hpp"
#include "indexer/text/fold.hpp"

namespace mailhold::indexer::extract {
namespace {

// Those of real mail and of office documents; kept open, as glibc unloads what nobody uses.
constexpr auto charsets = std::to_array<const char*>(
    {"UTF-16",       "UTF-16LE",     "UTF-16BE",     "UTF-7",        "ISO-8859-1",   "ISO-8859-2",
     "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",   "ISO-8859-8",
     "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-13",  "ISO-8859-14",  "ISO-8859-15",  "ISO-8859-16",
     "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255",
     "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "CP437",        "CP850",        "CP874",
     "CP932",        "CP949",        "KOI8-R",       "KOI8-U",       "GB18030",      "GBK",
     "BIG5",         "BIG5-HKSCS",   "EUC-JP",       "EUC-KR",       "SHIFT_JIS",    "ISO-2022-JP",
     "ISO-2022-KR",  "MACINTOSH",    "TIS-620",      "VISCII"});

// One page with one letter.
constexpr std::string_view small_pdf =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 "
    "R>>>>>>endobj\n"
    "4 0 obj<</Length 30>>stream\nBT /F 12 Tf 9 9 Td (x) Tj ET  \nendstream endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "trailer<</Root 1 0 R>>\n";
constexpr std::string_view small_mail =
    "Subject: =?utf-8?q?x?=\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
    "Content-Type: text/html; charset=iso-8859-1\r\n\r\n<p>\xe9&eacute;</p>";

}  // namespace

void warm_up() {
    for (const char* charset : charsets) {
        static_cast<void>(::iconv_open("UTF-8", charset));
        static_cast<void>(::iconv_open(charset, "UTF-8"));
    }
    static_cast<void>(text::fold("\u00e9"));
    for (const auto& [name, content] : {std::pair{"a.pdf", small_pdf}, {"a.eml", small_mail}})
        static_cast<void>(extract({{}, name, std::string(content)}, {}));
}

}  // namespace mailhold::indexer::extract

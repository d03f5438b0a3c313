// Charsets to UTF-8.
#include "indexer/mime/charset.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::indexer::mime;

TEST_CASE("iconv's charsets are known by the names mail uses, case-insensitively") {
    for (const char* name :
         {"us-ascii", "UTF-8", "utf8", "ISO-8859-1", "iso-8859-15", "windows-1252", "Windows-1251",
          "KOI8-R", "gb2312", "GB18030", "big5", "euc-kr", "ks_c_5601-1987", "shift_jis",
          "ISO-2022-JP", "euc-jp", "utf-16le", "UTF-7"})
        CHECK(charset_known(name));
    for (const char* name :
         {"", "x-unknown", "UTF-8//IGNORE", "../../etc/passwd", "two words", "\xff"})
        CHECK_FALSE(charset_known(name));
    CHECK_FALSE(charset_known(std::string(10'000, 'a')));
}

TEST_CASE("octets are decoded in their charset") {
    struct Row {
        std::string_view octets, charset, expected;
    };
    const auto row = GENERATE(values<Row>({
        {"plain", "us-ascii", "plain"},
        {"caf\xe9", "iso-8859-1", "café"},
        {"\x93quoted\x94 \x80", "windows-1252", "“quoted” €"},
        {"\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251", "Привет"},
        {"\xf0\xd2\xc9\xd7\xc5\xd4", "koi8-r", "Привет"},
        {"\xc4\xe3\xba\xc3", "gb2312", "你好"},
        {"\xa7\x41\xa6\x6e", "big5", "你好"},
        {"\xbe\xc8\xb3\xe7", "euc-kr", "안녕"},
        {"\x1b$B$3$s\x1b(B!", "iso-2022-jp", "こん!"},
        {"\x82\xb1\x82\xf1", "shift_jis", "こん"},
        {"naïve", "us-ascii", "naïve"},
        {"naïve", "no-such-charset", "naïve"},
        {"caf\xe9", "no-such-charset", "caf\xef\xbf\xbd"},
        {"caf\xe9", "utf-8", "caf\xef\xbf\xbd"},
        {"a\x81"
         "b",
         "windows-1252",
         "a\xef\xbf\xbd"
         "b"},
        {"\xc4", "gb2312", "\xef\xbf\xbd"},
    }));
    INFO(row.charset);
    CHECK(to_utf8(row.octets, row.charset) == row.expected);
}

TEST_CASE("UTF-16 with its NUL octets is decoded to the end") {
    using namespace std::literals;
    CHECK(to_utf8("h\0i\0"sv, "utf-16le") == "hi");
    CHECK(to_utf8("\0h\0i"sv, "utf-16be") == "hi");
}

TEST_CASE("each ill-formed UTF-8 sequence becomes one replacement character") {
    struct Row {
        std::string_view octets, expected;
    };
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"ok é 漢 😀", "ok é 漢 😀"},
        {"\x80", "\xef\xbf\xbd"},
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe2\x82", "\xef\xbf\xbd"},
        {"\xe2\x82x", "\xef\xbf\xbdx"},
        {"\xf0\x9f\x98", "\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf5\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
    }));
    CHECK(mend_utf8(row.octets) == row.expected);
    CHECK(is_utf8(mend_utf8(row.octets)));
}

TEST_CASE("raw octets without a charset are guessed") {
    CHECK(guess_utf8("grün") == "grün");
    CHECK(guess_utf8("gr\xfcn") == "grün");
    CHECK(guess_utf8("\xcf\xf0\xe8", "windows-1251") == "При");
    CHECK(guess_utf8("gr\xfcn", "no-such-charset") == "grün");
    CHECK(guess_utf8("gr\xfcn", "us-ascii") == "grün");
}

TEST_CASE("a long text is decoded whole") {
    std::string latin, expected;
    for (int i = 0; i < 50'000; ++i) latin += "\xe9", expected += "é";
    CHECK(to_utf8(latin, "iso-8859-1") == expected);
}

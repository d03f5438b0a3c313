// i;unicode-casemap (RFC 5051) with white space folded.
#include "indexer/text/fold.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::indexer::text;

TEST_CASE("texts that mean the same fold to the same") {
    struct Row {
        std::string_view text, folded;
    };
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"Hello, World 123", "HELLO, WORLD 123"},
        {"a\r\n\t b", "A B"},
        {" a  b ", " A B "},
        {"\v\f\x1c\x1d\x1e\x1f", " "},
        {"a\xc2\xa0 b", "A B"},  // NBSP
        {"a\xe3\x80\x80"
         "b",
         "A B"},  // ideographic space
        {"a\xe2\x80\xa8 \xe2\x80\xa9"
         "b",
         "A B"},  // line and paragraph separator
        {"a\xc2\x85"
         "b",
         "A B"},  // NEL
        {"a\xe2\x80\x8b"
         "b",
         "A\xe2\x80\x8b"
         "B"},                       // zero-width space is no white space
        {"Größe", "GRO\xcc\x88ßE"},  // ß has no simple titlecase
        {"é", "E\xcc\x81"},
        {"e\xcc\x81", "E\xcc\x81"},
        {"Å", "A\xcc\x8a"},
        {"\xe2\x84\xab", "A\xcc\x8a"},  // Angstrom sign
        {"\xef\xac\x81",
         "fi"},  // ligature: decomposed after titlecasing, so RFC 5051 leaves it small
        {"i", "I"},
        {"\xc4\xb0", "I\xcc\x87"},  // Turkish dotted capital I
        {"\xc4\xb1", "I"},          // Turkish dotless i
        {"σς", "ΣΣ"},
        {"привет", "ПРИВЕТ"},
        {"й", "И\xcc\x86"},
        {"\xc7\x86", "Dz\xcc\x8c"},  // dž titlecases to Dž
        {"한", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"},
        {"\xef\xbd\x81\xef\xbd\x82\xef\xbd\x83", "ABC"},           // fullwidth
        {"\xef\xbd\xb6\xef\xbe\x9e", "\xe3\x82\xab\xe3\x82\x99"},  // halfwidth katakana
        {"漢字", "漢字"},
        {"½",
         "1\xe2\x81\x84"
         "2"},
        {"a\xcc\xa3\xcc\x87", "A\xcc\xa3\xcc\x87"},
        {"a\xcc\x87\xcc\xa3", "A\xcc\xa3\xcc\x87"},  // marks in canonical order
        {"😀", "😀"},
        {"\xff", "\xef\xbf\xbd"},
        {"a\xe2\x82z", "A\xef\xbf\xbdZ"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    }));
    INFO(row.text);
    CHECK(fold(row.text) == row.folded);
}

TEST_CASE("folding goes on over any length and keeps NUL") {
    using namespace std::literals;
    CHECK(fold("a\0b"sv) == "A\0B"sv);
    std::string long_text, expected;
    for (int i = 0; i < 100'000; ++i) long_text += "é", expected += "E\xcc\x81";
    CHECK(fold(long_text) == expected);
    CHECK(fold(std::string(300'000, '\x80')).size() == 900'000);
    CHECK(fold(std::string(300'000, ' ')) == " ");
}

TEST_CASE("needle and text meet whatever form each is in") {
    const std::string text = fold(
        "Die Gro\xcc\x88\xc3\x9f"
        "e  betra\xcc\x88gt\r\n 5\xc2\xa0KM");
    for (const char* needle : {"größe", "GRÖßE", "Beträgt 5 km",
                               "beträgt\xc2\xa0"
                               "5"})
        CHECK(text.find(fold(needle)) != std::string::npos);
}

TEST_CASE("charsets are those that iconv knows") {
    CHECK(charset_known("US-ASCII"));
    CHECK(charset_known("utf-8"));
    CHECK(charset_known("ISO-8859-5"));
    CHECK_FALSE(charset_known("X-NONE"));
    CHECK(to_utf8("\xe9", "latin1") == "é");
    CHECK(to_utf8("\xff", "utf-8") == "\xef\xbf\xbd");
}

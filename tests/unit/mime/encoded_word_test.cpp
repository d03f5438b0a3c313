// RFC 2047 as it is sent.
#include "indexer/mime/encoded_word.hpp"

#include <catch2/catch.hpp>

#include "indexer/mime/charset.hpp"

using namespace mailhold::indexer::mime;

TEST_CASE("encoded words are decoded, what is none stays as it is") {
    struct Row {
        std::string_view raw, expected;
    };
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"plain", "plain"},
        {"=?ISO-8859-1?Q?a?=", "a"},
        {"=?ISO-8859-1?Q?a?= b", "a b"},
        {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a?=   \t =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a_b?=", "a b"},
        {"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
        {"=?utf-8?b?w7xiZXI=?=", "über"},
        {"=?utf-8?B?w7xi?= =?utf-8?B?ZXI=?=", "über"},
        {"=?utf-8?B?YQ==?= =?utf-8?B?Yg==?=", "ab"},  // padding amid a run of words
        {"=?utf-8?B?5Lit5paH?= =?utf-8?B?5rWL6K+V?= =?utf-8?Q?_ok?=", "中文测试 ok"},
        {"=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"},  // cut within a character
        {"=?iso-8859-1*en?Q?caf=E9?=", "café"},    // RFC 2231 5
        {"Re: =?utf-8?Q?=E2=9C=94?= done", "Re: ✔ done"},
        {"\"=?utf-8?Q?=C3=A9?=\" <a@b>", "\"é\" <a@b>"},  // within quotes, against the rules
        {"x=?utf-8?Q?y?=z", "xyz"},                       // within a word, against the rules
        {"=?utf-8?Q?=3D=3F?=", "=?"},
        {"=?utf-8?Q?a?b?=", "a?b"},
        {"=?utf-8?Q?two words?=", "two words"},
        {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
        {"=?utf-8?Q?a", "=?utf-8?Q?a"},
        {"=?utf-8?Q", "=?utf-8?Q"},
        {"=?", "=?"},
        {"=??Q?a?=", "a"},
        {"=?no-such?Q?caf=C3=A9?=", "café"},
        {"=?utf-8?Q?"
         "?=",
         ""},
        {"=?utf-8?Q?"
         "?= x",
         " x"},
        {"=?utf-8?Q?=E9?=", "\xef\xbf\xbd"},
        {"gr\xfcn =?utf-8?Q?=C3=BC?=", "grün ü"},
    }));
    INFO(row.raw);
    CHECK(decode_words(row.raw) == row.expected);
}

TEST_CASE("decoded words hold no NUL and are valid UTF-8 wherever they are cut") {
    using namespace std::literals;
    CHECK(decode_words("a\0b"sv) == "a b");
    CHECK(decode_words("=?utf-8?Q?a=00b?=") == "a b");
    const std::string whole = "\xfc =?utf-8?B?w7xiZXI=?= =?gb2312?Q?=C4=E3?= =?koi8-r?B?8A==?=";
    for (std::size_t length = 0; length <= whole.size(); ++length)
        CHECK(is_utf8(decode_words(std::string_view(whole).substr(0, length))));
}

TEST_CASE("fields full of beginnings of words take linear time") {
    std::string hostile;
    for (int i = 0; i < 200'000; ++i) hostile += "=?x?q?a ";
    CHECK(decode_words(hostile) == hostile);
    CHECK_NOTHROW(decode_words(hostile + "?="));
    std::string words;
    for (int i = 0; i < 100'000; ++i) words += "=?utf-8?q?a?= ";
    CHECK(decode_words(words).size() == 100'001);
}

// What a person reads of HTML.
#include "indexer/text/html.hpp"

#include <catch2/catch.hpp>

#include "indexer/text/fold.hpp"

using namespace mailhold::indexer::text;

namespace {

struct Row {
    std::string_view html, visible;
};

std::string repeat(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) result += text;
    return result;
}

}  // namespace

TEST_CASE("block elements separate words, inline elements do not") {
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"plain", "plain"},
        {"in<b>ter</b>national", "international"},
        {"GMAI<wbr>L", "GMAIL"},
        {"one<br>two<BR/>three", "one two three"},
        {"<p>a</p><p>b</p>", " a  b "},
        {"<td>a</td><td>b", " a  b"},
        {"<div\nclass='x>y' id=\"a>b\" c=d>z</div>", " z "},
        {"<a href=x>link</a>s", "links"},
    }));
    INFO(row.html);
    CHECK(visible_text(row.html) == row.visible);
}

TEST_CASE("head, title, script, style and comments are not visible") {
    const auto row = GENERATE(values<Row>({
        {"<head><title>t</title><style>p {}</style></head>x", "x"},
        {"<html><head><title>t</title><body>x</body></html>", "  x  "},
        {"a<script>if (a<b) '</p>'</script>b", "ab"},
        {"a<STYLE>b</Style >c", "ac"},
        {"a<!-- <p>b</p> -->c", "ac"},
        {"<!DOCTYPE html><?xml x?>a<![if !mso]>b<![endif]>c", "abc"},
        {"a<!-->b-->c", "ac"},
        {"</title>a", "a"},
        {"<script>never closed", ""},
    }));
    INFO(row.html);
    CHECK(visible_text(row.html) == row.visible);
}

TEST_CASE("character references are decoded") {
    const auto row = GENERATE(values<Row>({
        {"a&amp;b &lt;x&gt; &quot;&apos;", "a&b <x> \"'"},
        {"caf&eacute;&nbsp;&euro;", "café\xc2\xa0€"},
        {"&#65;&#x42;&#X43;", "ABC"},
        {"&#8364; &#128; &#150;", "€ € –"},
        {"&#0;&#xD800;&#x110000;&#99999999999999;",
         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"&#x1F600;", "😀"},
        {"AT&T &x &; &# &#x", "AT&T &x &; &# &#x"},
        {"&copy 2025", "© 2025"},
        {"&nosuchname;", "&nosuchname;"},
    }));
    INFO(row.html);
    CHECK(visible_text(row.html) == row.visible);
}

TEST_CASE("what is no markup is text, and broken markup loses nothing after it") {
    using namespace std::literals;
    const auto row = GENERATE(values<Row>({
        {"1 < 2 > 0", "1 < 2 > 0"},
        {"a <3 b", "a <3 b"},
        {"a</>b</ x>c", "abc"},
        {"x<a href=\"never closed>y", "x<a href=\"never closed>y"},
        {"x<b", "x<b"},
        {"x<", "x<"},
        {"x<!-- open", "x<!-- open"},
        {"a\0b<p\0>c"sv, "a\0bc"sv},
        {"a<a href=\"x>b<p>c</p>", "a<a href=\"x>b c "},
    }));
    INFO(row.html);
    CHECK(visible_text(row.html) == row.visible);
}

TEST_CASE("hostile HTML takes linear time and memory") {
    CHECK(visible_text(repeat("<b>", 500'000) + repeat("</i>", 500'000) + "x") == "x");
    CHECK(visible_text(repeat("<div>", 500'000) + "x").ends_with("x"));
    for (const char* piece :
         {"<a href=\"", "<a x='", "<a x=\">\" ", "<!--", "<a ", "</", "<", "&#", "&", "<!",
          "<script></", "<a =", "<title>", "&amp", "<p x=\"y\">", "<a", "</a", "&a"}) {
        const std::string html = repeat(piece, 300'000);
        CHECK(visible_text(html).size() <= html.size());
    }
}

TEST_CASE("every truncation of a page gives text") {
    const std::string page =
        "<html><head><title>t</title></head><body><p a='b'>x&nbsp;<!-- c "
        "--><script>y</script>z</p></body>";
    for (std::size_t length = 0; length <= page.size(); ++length)
        CHECK_NOTHROW(visible_text(std::string_view(page).substr(0, length)));
}

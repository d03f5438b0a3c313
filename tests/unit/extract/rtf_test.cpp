// RTF, construct by construct.
#include "indexer/extract/rtf.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mailhold::indexer;
using namespace mailhold::indexer::extract;

namespace {

text::Extraction read(std::string_view rtf) {
    Output output({});
    read_rtf(rtf, output);
    return output.finish(1);
}

std::string text_of(std::string_view rtf) {
    std::string all;
    for (const auto& piece : read(rtf).pieces) all += (all.empty() ? "" : "|") + piece;
    return all;
}

}  // namespace

TEST_CASE("RTF gives its text and no more") {
    const std::pair<std::string_view, std::string_view> table[] = {
        {R"({\rtf1 plain text})", "plain text"},
        {R"({\rtf1 a{\b b}c})", "abc"},
        {R"({\rtf1 one\par two\line three\tab four})", "one\ntwo\nthree\tfour"},
        {"{\\rtf1 line\r\nends are\n nothing}", "lineends are nothing"},
        {R"({\rtf1 \{braces\} and \\})", "{braces} and \\"},
        {R"({\rtf1\ansi caf\'e9})", "caf\u00e9"},
        {R"({\rtf1\ansi\ansicpg1251 \'cf\'ee\'f0\'f2})", "\u041f\u043e\u0440\u0442"},
        {R"({\rtf1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}}\f1 \'cf\plain \'e9})",
         "\u041f\u00e9"},
        {R"({\rtf1{\fonttbl{\f3\fcharset128 Gothic;}}\f3 \'93\'fa})", "\u65e5"},
        {R"({\rtf1 \u239?\u-3913 ?})", "\u00ef\uf0b7"},
        {R"({\rtf1\uc0 \u239 x})", "\u00efx"},
        {R"({\rtf1\uc2 \u26085\'93\'fax})", "\u65e5x"},
        {R"({\rtf1 \u55357?\u56842?})", "\U0001f60a"},
        {R"({\rtf1{\stylesheet{\s0 Normal;}}{\*\generator Word;}{\colortbl;\red1;}x})", "x"},
        {R"({\rtf1{\pict\pngblip 89504e47}x})", "x"},
        {"{\\rtf1{\\pict\\bin3 }}}}x}", "x"},
        {R"({\rtf1{\*\unknown hidden}{\*\annotation seen}x})", "\nseen\nx"},
        {R"({\rtf1{\info{\title T}{\author A}}x})", "\n\nT\n\nA\n\nx"},
        {R"({\rtf1 see {\field{\*\fldinst HYPERLINK "u"}{\fldrslt here}} now})",
         "see here now|HYPERLINK \"u\""},
        {R"({\rtf1 a\~b\_c\emdash\lquote d})", "a b-c\u2014\u2018d"},
    };
    for (const auto& [rtf, text] : table) {
        INFO(rtf);
        CHECK(text_of(rtf) == text);
    }
}

TEST_CASE("damaged RTF gives what there is, and says so") {
    const auto cut = read(R"({\rtf1 some {\b text)");
    CHECK(cut.pieces == std::vector<std::string>{"some text"});
    CHECK(cut.status == text::ExtractStatus::failed);
    for (const auto* rtf :
         {"", "}", "}}}}x", "\\", "{\\", "{\\'", "{\\'g", "{\\u", "{\\bin99999999 x", "{\\bin-5 x",
          "{\\*", "{\\*\\", "{\\u99999999999999999999 x"})
        CHECK(read(rtf).maker == 1);
}

// Parameters as sent (RFC 2045) and decoded (RFC 2231).
#include "indexer/mime/parameters.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::indexer::mime;

namespace {

std::string shown(const Parameters& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters)
        text += (text.empty() ? "" : "; ") + name + "=" + value;
    return text;
}

struct Row {
    std::string_view raw, expected;
};

}  // namespace

TEST_CASE("values are split into their word and their raw parameters") {
    const auto row = GENERATE(values<Row>({
        {"", "|"},
        {"Text/Plain", "text/plain|"},
        {"text/plain; charset=utf-8", "text/plain|charset=utf-8"},
        {"text/plain; CHARSET=\"utf-8\"; format=flowed", "text/plain|charset=utf-8; format=flowed"},
        {"text/plain (c) ; (d) charset (e) = (f) utf-8 (g (h))", "text/plain|charset=utf-8"},
        {"a/b; name=\"x;y=\\\"z\\\"\"; c=d", "a/b|name=x;y=\"z\"; c=d"},
        {"a/b; name=two words.txt; c=d", "a/b|name=two words.txt; c=d"},
        {"a/b; boundary=----=_Part_1", "a/b|boundary=----=_Part_1"},
        {"a/b; ; =x; novalue; c=", "a/b|c="},
        {"a/b; name=\"open", "a/b|name=open"},
        {"a/b; name=\"x\" rest; c=d", "a/b|name=x; c=d"},
        {"a/b; filename*0*=utf-8''a; filename*1=b", "a/b|filename*0*=utf-8''a; filename*1=b"},
        {"a/b (open; c=d", "a/b|"},
        {"a/b (x\\", "a/b|"},
    }));
    const auto result = split_parameters(row.raw);
    CHECK(result.value + "|" + shown(result.parameters) == row.expected);
}

TEST_CASE("RFC 2231 continuations, charsets and misused encoded words are decoded") {
    const auto row = GENERATE(values<Row>({
        {"a; n=v", "n=v"},
        {"a; n*=utf-8''%e2%82%ac%20rates", "n=€ rates"},
        {"a; n*=iso-8859-1'en'%A3%20rates", "n=£ rates"},
        {"a; n*0=one; n*1=two", "n=onetwo"},
        {"a; n*1=two; n*0=one", "n=onetwo"},
        {"a; n*0*=us-ascii'en'This%20is; n*1*=%20even; n*2=\" more\"", "n=This is even more"},
        {"a; n*0*=utf-8''%e4%bd; n*1*=%a0", "n=你"},
        {"a; n=plain; n*=utf-8''%c3%a9", "n=é"},
        {"a; n=first; n=second", "n=first"},
        {"a; n=\"=?utf-8?Q?=C3=A9?=.txt\"", "n=é.txt"},
        {"a; n*=no-quotes%20here", "n=no-quotes here"},
        {"a; n*=utf-8''%zz%4", "n=%zz%4"},
        {"a; n*x=v", "n=v"},
        {"a; n=gr\xfcn", "n=grün"},
    }));
    INFO(row.raw);
    CHECK(shown(decode_parameters(split_parameters(row.raw).parameters)) == row.expected);
}

TEST_CASE("parameters without end are bounded") {
    std::string many = "a/b";
    for (int i = 0; i < 100'000; ++i) many += "; n*" + std::to_string(i) + "*=x";
    CHECK(split_parameters(many).parameters.size() <= 1000);
    CHECK_NOTHROW(decode_parameters(split_parameters(many).parameters));
    CHECK_NOTHROW(split_parameters("a/b" + std::string(1'000'000, '(')));
}

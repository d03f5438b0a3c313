// What X-GM-EXT-1 and NAMESPACE answer with.
#include <catch2/catch.hpp>

#include "imap/wire/namespaces.hpp"
#include "imap/wire/response.hpp"

namespace mailhold::imap::wire {
namespace {

std::optional<FetchData> fetch_of(const std::string& items) {
    auto parsed = parse_response("* 1 FETCH (" + items + " UID 7)");
    if (!parsed) return std::nullopt;
    auto data = std::get<FetchData>(std::move(*parsed));
    return data.uid == Uid{7} ? std::optional(std::move(data)) : std::nullopt;
}

using Labels = std::optional<std::vector<std::string>>;

}  // namespace

TEST_CASE("labels are atoms, strings or literals, in modified UTF-7") {
    const std::pair<std::string, Labels> table[] = {
        {"()", {{}}},
        {"NIL", {{}}},
        {R"((\Inbox "\\Sent" Important "Muy Importante" foo))",
         {{"\\Inbox", "\\Sent", "Important", "Muy Importante", "foo"}}},
        {R"(("Entw&APw-rfe" R&-D "R&D"))", {{"Entw\xc3\xbcrfe", "R&D", "R&D"}}},
        {"(\"Caf\xc3\xa9\")", {{"Caf\xc3\xa9"}}},
        {"({9}\r\na \"b\" (c) \"\\\"\")", {{"a \"b\" (c)", "\""}}},
        {"(a/b [Gmail]/x)", {{"a/b", "[Gmail]/x"}}},
        {"(nested (list))", std::nullopt},
        {"a", std::nullopt},
    };
    for (const auto& [written, labels] : table) {
        CAPTURE(written);
        const auto data = fetch_of("X-GM-MSGID 5 X-GM-LABELS " + written);
        REQUIRE(data);
        CHECK(data->gmail->labels == labels);
        CHECK(data->gmail->message_id == 5);
        CHECK(data->other.size() == (labels ? 0 : 1));
    }
}

TEST_CASE("Gmail's ids are 64 bits long, and others none") {
    const auto data = fetch_of("X-GM-THRID 1278455344230334865 X-GM-MSGID 18446744073709551615");
    REQUIRE(data);
    CHECK(data->gmail == GmailData{18446744073709551615ull, 1278455344230334865ull, {}});
    for (const auto* id : {"18446744073709551616", "-1", "abc", "\"5\"", "(5)"}) {
        const auto wrong = fetch_of(std::string("X-GM-MSGID ") + id);
        REQUIRE(wrong);
        CHECK(wrong->gmail->message_id == 0);
    }
}

TEST_CASE("a SAVEDATE is a date, or NIL") {
    const auto data = fetch_of("SAVEDATE \"01-Jan-2015 00:00:00 +0000\"");
    REQUIRE(data);
    CHECK(data->saved->utc.time_since_epoch() == std::chrono::seconds(1420070400));
    CHECK_FALSE(fetch_of("SAVEDATE NIL")->saved);
    CHECK_FALSE(fetch_of("SAVEDATE soon")->saved);
}

TEST_CASE("NAMESPACE is read as RFC 2342 writes it") {
    const std::pair<std::string, NamespaceData> table[] = {
        {R"( (("" "/")) NIL NIL)", {{{"", "/"}}, {}, {}}},
        {R"( NIL NIL (("" ".")))", {{}, {}, {{"", "."}}}},
        {R"( (("" "/")) NIL (("Public Folders/" "/")))",
         {{{"", "/"}}, {}, {{"Public Folders/", "/"}}}},
        {R"( (("" "/")("#mh/" "/" "X-PARAM" ("FLAG1" "FLAG2"))) NIL NIL)",
         {{{"", "/"}, {"#mh/", "/"}}, {}, {}}},
        {R"( (("" NIL)) (("~" "/")) (("Entw&APw-rfe/" "/") ("x" "\\")))",
         {{{"", ""}}, {{"~", "/"}}, {{"Entw\xc3\xbcrfe/", "/"}, {"x", "\\"}}}},
    };
    for (const auto& [text, data] : table) {
        CAPTURE(text);
        const auto parsed = parse_namespaces(text);
        REQUIRE(parsed);
        CHECK(*parsed == data);
        for (std::size_t cut = 0; cut < text.size(); ++cut)
            CHECK_FALSE(parse_namespaces(text.substr(0, cut)));
    }
}

}  // namespace mailhold::imap::wire

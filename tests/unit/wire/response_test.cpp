// What each response may look like and means, and in which words others are refused.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {
namespace {

template <class Data>
Data data_of(std::string_view text) {
    INFO("response: " << text);
    const auto response = read_response(std::string(text) + "\r\n");
    if (!response) FAIL(response.error().text);
    REQUIRE(std::holds_alternative<Data>(*response));
    return std::get<Data>(*response);
}

std::string error_of_response(std::string_view text) {
    INFO("response: " << text);
    const auto response = read_response(std::string(text) + "\r\n");
    if (response) return "no error";
    CHECK(response.error().code == Errc::protocol);
    return response.error().text;
}

}  // namespace

TEST_CASE("status responses") {
    using Code = ResponseCode;
    const std::pair<std::string, StatusResponse> table[] = {
        {"* OK IMAP4rev1 ready", {"*", Condition::ok, {}, "IMAP4rev1 ready"}},
        {"* PREAUTH hi", {"*", Condition::preauth, {}, "hi"}},
        {"* BYE x", {"*", Condition::bye, {}, "x"}},
        {"a.7 no [TRYCREATE] not there",
         {"a.7", Condition::no, Code{"TRYCREATE", ""}, "not there"}},
        {"A1 BAD {5}", {"A1", Condition::bad, {}, "{5}"}},
        {"* OK [UIDVALIDITY 3857529045] UIDs valid",
         {"*", Condition::ok, Code{"UIDVALIDITY", "3857529045"}, "UIDs valid"}},
        {"* OK [uidnext 4392] x", {"*", Condition::ok, Code{"UIDNEXT", "4392"}, "x"}},
        {"* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited",
         {"*", Condition::ok, Code{"PERMANENTFLAGS", "(\\Deleted \\Seen \\*)"}, "Limited"}},
        {"A1 OK [COPYUID 38505 304,319:320 3956:3958] Done",
         {"A1", Condition::ok, Code{"COPYUID", "38505 304,319:320 3956:3958"}, "Done"}},
        {"* OK text [with] brackets", {"*", Condition::ok, {}, "text [with] brackets"}},
        {"* OK [CAPABILITY IMAP4rev1 IDLE] Gr\xc3\xbc\xc3\x9f"
         "e",
         {"*", Condition::ok, Code{"CAPABILITY", "IMAP4rev1 IDLE"},
          "Gr\xc3\xbc\xc3\x9f"
          "e"}},
        {"* NO [BADCHARSET (utf-8 \"x]y\")] z",
         {"*", Condition::no, Code{"BADCHARSET", "(utf-8 \"x]y\")"}, "z"}},
    };
    for (const auto& [text, expected] : table) CHECK(data_of<StatusResponse>(text) == expected);
}

TEST_CASE("continuations") {
    CHECK(data_of<Continuation>("+ OK").text == "OK");
    CHECK(data_of<Continuation>("+ YGgGCSqGSIb3EgE=").text == "YGgGCSqGSIb3EgE=");
    CHECK(data_of<Continuation>("+ ").text.empty());
}

TEST_CASE("data about server and mailboxes") {
    CHECK(data_of<CapabilityData>("* CAPABILITY IMAP4rev1 auth=Plain").capabilities ==
          std::vector<std::string>{"IMAP4REV1", "AUTH=PLAIN"});
    CHECK(data_of<EnabledData>("* ENABLED").capabilities.empty());
    CHECK(data_of<EnabledData>("* ENABLED CONDSTORE").capabilities ==
          std::vector<std::string>{"CONDSTORE"});
    CHECK(data_of<FlagsData>("* FLAGS (\\Answered $Junk)").flags ==
          std::vector<std::string>{"\\Answered", "$Junk"});
    CHECK(data_of<FlagsData>("* FLAGS ()").flags.empty());
    CHECK(data_of<ExistsData>("* 23 EXISTS").messages == 23);
    CHECK(data_of<RecentData>("* 0 RECENT").messages == 0);
    CHECK(data_of<ExpungeData>("* 44 expunge").sequence == 44);
    CHECK(data_of<VanishedData>("* VANISHED (EARLIER) 41,43:116") ==
          VanishedData{true, {{41, 41}, {43, 116}}});
    CHECK(data_of<VanishedData>("* VANISHED 405") == VanishedData{false, {{405, 405}}});
    FetchData by_uid;
    by_uid.uid = Uid{25996};
    by_uid.flags = {"\\Seen"};
    by_uid.size = 4286;
    CHECK(data_of<FetchData>("* 25996 UIDFETCH (FLAGS (\\Seen) RFC822.SIZE 4286)") == by_uid);
    CHECK(data_of<FetchData>("* 2 UIDFETCH (UID 2)").uid == Uid{2});
    CHECK(data_of<StatusData>("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)") ==
          StatusData{"blurdybloop", {{StatusItem::messages, 231}, {StatusItem::uidnext, 44292}}});
    CHECK(data_of<StatusData>("* STATUS {3}\r\na b (SIZE 9223372036854775807)") ==
          StatusData{"a b", {{StatusItem::size, 9'223'372'036'854'775'807}}});
    CHECK(data_of<StatusData>("* STATUS x (APPENDLIMIT NIL X-ID (F22) UNSEEN 3)") ==
          StatusData{"x", {{StatusItem::unseen, 3}}});
    CHECK(data_of<ListData>("* LIST (\\Noselect) \"/\" ~/Mail/foo") ==
          ListData{false, {"\\Noselect"}, "/", "~/Mail/foo"});
    CHECK(data_of<ListData>("* LSUB () NIL inbox") == ListData{true, {}, "", "INBOX"});
    CHECK(data_of<ListData>("* LIST (\\HasChildren \\X-Foo) \"\\\\\" \"a\\\\b\"") ==
          ListData{false, {"\\HasChildren", "\\X-Foo"}, "\\", "a\\b"});
    CHECK(data_of<ListData>("* LIST () \".\" &U,BTFw-") == ListData{false, {}, ".", "台北"});
    CHECK(data_of<ListData>("* LIST () \".\" {8}\r\n&U,BTFw-") == ListData{false, {}, ".", "台北"});
    CHECK(data_of<ListData>(
              "* LIST (\\NonExistent) \"/\" \"Foo\" (\"CHILDINFO\" (\"SUBSCRIBED\"))") ==
          ListData{false, {"\\NonExistent"}, "/", "Foo"});
}

TEST_CASE("search results") {
    CHECK(data_of<SearchData>("* SEARCH").numbers.empty());
    CHECK(data_of<SearchData>("* SEARCH 2 84 882").numbers ==
          std::vector<std::uint32_t>{2, 84, 882});
    CHECK(data_of<SearchData>("* SEARCH 2 5 (MODSEQ 917162500)").numbers ==
          std::vector<std::uint32_t>{2, 5});
    CHECK(
        data_of<ESearchData>("* ESEARCH (TAG \"A285\") UID MIN 7 MAX 3800 COUNT 15 ALL 7,10:20") ==
        ESearchData{"A285", true, 7, 3800, 15, {{7, 7}, {10, 20}}});
    CHECK(data_of<ESearchData>("* ESEARCH (TAG a) COUNT 0") ==
          ESearchData{"a", false, {}, {}, 0, {}});
    CHECK(data_of<ESearchData>("* ESEARCH") == ESearchData{});
    CHECK(data_of<ESearchData>("* ESEARCH (TAG \"x\") MODSEQ 9 PARTIAL (1:2 4,5) MAX 5").max == 5);
}

TEST_CASE("fetch data") {
    const auto fetch = data_of<FetchData>(
        "* 12 FETCH (FLAGS (\\Seen $x) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE "
        "4286 UID 7 MODSEQ (624140003) "
        "ENVELOPE (\"a)\" {2}\r\n)( NIL ((\"x\" NIL))) X-GM-MSGID 1278455344230334865 "
        "BODY[HEADER.FIELDS (\"To\" CC)] \"abc\" "
        "body[1.2]<5> {4}\r\n)\r\n( BODY[TEXT] NIL RFC822.HEADER \"h\" RFC822 {0}\r\n BINARY[1]<3> "
        "~{1}\r\n\xff)");
    CHECK(fetch.sequence == 12);
    CHECK(fetch.uid == Uid{7});
    CHECK(fetch.flags == std::vector<std::string>{"\\Seen", "$x"});
    REQUIRE(fetch.internal_date);
    CHECK(fetch.internal_date->offset_minutes == -420);
    CHECK(fetch.internal_date->utc == UtcSeconds(std::chrono::seconds(837'596'665)));
    CHECK(fetch.size == 4286);
    CHECK(fetch.modseq == ModSeq{624'140'003});
    using Section = FetchData::SectionData;
    CHECK(fetch.sections == std::vector<Section>{{"HEADER.FIELDS (\"To\" CC)", {}, "abc", false},
                                                 {"1.2", 5, ")\r\n(", false},
                                                 {"TEXT", {}, {}, false},
                                                 {"HEADER", {}, "h", false},
                                                 {"", {}, "", false}});
    CHECK(fetch.gmail->message_id == 1278455344230334865);
    using Raw = std::pair<std::string, std::string>;
    CHECK(fetch.other == std::vector<Raw>{{"ENVELOPE", "(\"a)\" {2}\r\n)( NIL ((\"x\" NIL)))"},
                                          {"BINARY[1]<3>", "~{1}\r\n\xff"}});
    CHECK(data_of<FetchData>("* 1 FETCH ()") == FetchData{.sequence = 1,
                                                          .uid = {},
                                                          .flags = {},
                                                          .internal_date = {},
                                                          .size = {},
                                                          .modseq = {},
                                                          .sections = {},
                                                          .other = {}});
}

TEST_CASE("fetch data keeps every octet of a message") {
    std::string octets;
    for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
    const auto fetch = data_of<FetchData>("* 1 FETCH (BODY[] {256}\r\n" + octets + ")");
    CHECK(fetch.sections.at(0).octets == octets);
}

TEST_CASE("streamed sections in fetch data") {
    const auto response = parse_response(
        "* 1 FETCH (BODY[] {70000*}\r\n RFC822.HEADER {80000*}\r\n UID 3 X {9*}\r\n)");
    REQUIRE(response);
    const auto& fetch = std::get<FetchData>(*response);
    CHECK(fetch.uid == Uid{3});
    CHECK(fetch.sections ==
          std::vector<FetchData::SectionData>{{"", {}, "", true}, {"HEADER", {}, "", true}});
    // Elsewhere a value of that size is refused or kept by its mark.
    CHECK(!parse_response("* LIST () \"/\" {70000*}\r\n"));
    CHECK(fetch.other.at(0) == std::pair<std::string, std::string>{"X", "{9*}\r\n"});
}

TEST_CASE("other data is kept as it came") {
    CHECK(data_of<OtherData>("* ID (\"name\" \"Dovecot\")") ==
          OtherData{"ID", "(\"name\" \"Dovecot\")"});
    CHECK(data_of<OtherData>("* namespace ((\"\" \"/\")) NIL NIL") ==
          OtherData{"NAMESPACE", "((\"\" \"/\")) NIL NIL"});
    CHECK(data_of<OtherData>("* XFOO") == OtherData{"XFOO", ""});
}

TEST_CASE("a response that cannot be read says where") {
    const std::pair<std::string, std::string> table[] = {
        {"*", "expected a blank at column 2"},
        {"* ", "expected the name of a response at column 3"},
        {"*OK", "expected a blank at column 2"},
        {"A1", "expected a blank at column 3"},
        {"A1 MAYBE", "expected OK, NO or BAD at column 4"},
        {"(", "expected a tag, * or + at column 1"},
        {"* 0 UIDFETCH (FLAGS ())", "expected EXISTS, RECENT, EXPUNGE or FETCH at column 5"},
        {"* 5 FOO", "expected EXISTS, RECENT, EXPUNGE or FETCH at column 5"},
        {"* 4294967296 EXISTS", "expected a number at column 3"},
        {"* 5 EXISTS x", "expected the end of the line at column 12"},
        {"* FLAGS", "expected a blank at column 8"},
        {"* FLAGS (\\Seen", "expected ) at column 15"},
        {"* LIST (\\Noselect) /", "expected a hierarchy separator or NIL at column 20"},
        {"* LIST () \"/\"", "expected a blank at column 14"},
        {"* LIST () \"/\" \"abc", "expected the end of a quoted string at column 19"},
        {"* STATUS x (MESSAGES)", "expected a blank at column 21"},
        {"* STATUS x (MESSAGES -1)", "expected a number at column 22"},
        {"* SEARCH x", "expected a message number at column 10"},
        {"* SEARCH 0", "expected a message number at column 10"},
        {"* ESEARCH MIN x", "expected a number at column 15"},
        {"* VANISHED", "expected a blank at column 11"},
        {"* 1 FETCH", "expected a blank at column 10"},
        {"* 1 FETCH (UID x)", "expected a UID at column 16"},
        {"* 1 FETCH (UID 0)", "expected a UID at column 16"},
        {"* 1 FETCH (UID 1", "expected a fetch item at column 17"},
        {"* 1 FETCH (BODY[ 1)", "expected ] at column 20"},
        {"* 1 FETCH (BODY[] abc)", "expected the octets of a section at column 19"},
        {"* 1 FETCH (ENVELOPE (\"a\")", "expected a fetch item at column 26"},
        {"* 1 FETCH (ENVELOPE (\"a)", "expected the end of a quoted string at column 25"},
        {"* 1 FETCH (ENVELOPE ((\"a\")", "expected ) at column 27"},
        {"* 1 FETCH (MODSEQ 5)", "expected ( at column 19"},
    };
    for (const auto& [text, expected] : table)
        CHECK(error_of_response(text) == "reading a response: " + expected);
}

TEST_CASE("deep nesting in a response costs no stack") {
    const std::string deep(2'000'000, '(');
    CHECK(!parse_response("* 1 FETCH (BODYSTRUCTURE " + deep + ")"));
    CHECK(!parse_response("* STATUS x (FOO " + deep));
    CHECK(!parse_response("* LIST " + deep));
    CHECK(parse_response("* OK [X " + deep + "] y"));
    CHECK(parse_response("* 1 FETCH (X " + deep + std::string(deep.size(), ')') + ")"));
}

}  // namespace mailhold::imap::wire

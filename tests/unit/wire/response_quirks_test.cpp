// A test for each quirk of servers in imap/wire/quirks.md, under its name there.
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

FetchData fetch(std::string_view items) {
    return data_of<FetchData>("* 1 FETCH (" + std::string(items) + ")");
}

}  // namespace

TEST_CASE("quirk blank_line") {
    CHECK(response_events("\r\n* OK a\r\n\r\n\n* OK b\r\n", Feed::whole) ==
          std::vector<std::string>{"response 0 * OK a", "response 0 * OK b"});
}

TEST_CASE("quirk missing_text") {
    CHECK(data_of<StatusResponse>("* OK") == StatusResponse{"*", Condition::ok, {}, ""});
    CHECK(data_of<StatusResponse>("A1 OK ") == StatusResponse{"A1", Condition::ok, {}, ""});
    CHECK(data_of<StatusResponse>("A1 OK [READ-ONLY]") ==
          StatusResponse{"A1", Condition::ok, ResponseCode{"READ-ONLY", ""}, ""});
    CHECK(data_of<StatusResponse>("A1 OK [READ-ONLY]done").text == "done");
}

TEST_CASE("quirk broken_code") {
    CHECK(data_of<StatusResponse>("* OK [foo bar") ==
          StatusResponse{"*", Condition::ok, {}, "[foo bar"});
    CHECK(data_of<StatusResponse>("* OK []") == StatusResponse{"*", Condition::ok, {}, "[]"});
    CHECK(data_of<StatusResponse>("* NO [ALERT \"] x") ==
          StatusResponse{"*", Condition::no, {}, "[ALERT \"] x"});
}

TEST_CASE("quirk bare_continuation") {
    CHECK(data_of<Continuation>("+").text.empty());
    CHECK(data_of<Continuation>("+idling").text == "idling");
}

TEST_CASE("quirk trailing_blanks, from servers") {
    CHECK(data_of<SearchData>("* SEARCH ").numbers.empty());
    CHECK(data_of<SearchData>("* SEARCH 1 2 ").numbers == std::vector<std::uint32_t>{1, 2});
    CHECK(data_of<ExistsData>("* 3 EXISTS ").messages == 3);
    CHECK(data_of<CapabilityData>("* CAPABILITY IMAP4rev1 ").capabilities.size() == 1);
    CHECK(data_of<StatusData>("* STATUS x (MESSAGES 3) ").items.size() == 1);
    CHECK(data_of<ListData>("* LIST () \"/\" x ").mailbox == "x");
    CHECK(data_of<FetchData>("* 1 FETCH (UID 5) ").uid == Uid{5});
}

TEST_CASE("quirk superfluous_blanks, from servers") {
    CHECK(data_of<StatusResponse>("*  OK  hi") == StatusResponse{"*", Condition::ok, {}, "hi"});
    CHECK(data_of<SearchData>("* SEARCH  1  2").numbers == std::vector<std::uint32_t>{1, 2});
    CHECK(data_of<ListData>("* LIST  ( \\A  \\B )  \"/\"  x").attributes.size() == 2);
    CHECK(data_of<StatusData>("* STATUS x  ( MESSAGES  3 )").items.size() == 1);
    CHECK(fetch(" UID  5   FLAGS  ( \\Seen ) ").uid == Uid{5});
    CHECK(data_of<CapabilityData>("* CAPABILITY  IMAP4rev1   IDLE").capabilities.size() == 2);
}

TEST_CASE("quirk missing_blank") {
    const auto data = fetch("FLAGS(\\Seen)UID 5 ENVELOPE (NIL)RFC822.SIZE 3");
    CHECK(data.uid == Uid{5});
    CHECK(data.size == 3);
    CHECK(data.other.at(0).second == "(NIL)");
}

TEST_CASE("quirk lower_case_nil") {
    CHECK(fetch("BODY[] nil").sections.at(0).octets == std::nullopt);
    CHECK(data_of<ListData>("* LIST () nil x").separator.empty());
}

TEST_CASE("quirk nil_flags") {
    CHECK(fetch("FLAGS NIL UID 1").flags == std::vector<std::string>{});
}

TEST_CASE("quirk raw_flag") {
    CHECK(fetch("FLAGS (\\* a]b \\Foo[1] gr\xc3\xbcn 100%)").flags ==
          std::vector<std::string>{"\\*", "a]b", "\\Foo[1]", "gr\xc3\xbcn", "100%"});
    CHECK(data_of<StatusResponse>("* OK [PERMANENTFLAGS (a]b \\*)] x").code ==
          ResponseCode{"PERMANENTFLAGS", "(a]b \\*)"});
}

TEST_CASE("quirk raw_name") {
    for (const std::string name : {"Gr\xc3\xbc\xc3\x9f"
                                   "e",
                                   "[Gmail]/All", "a(b)c", "a%b*", "a\\b", "a{b"})
        CHECK(data_of<ListData>("* LIST () \"/\" " + name).mailbox == name);
    CHECK(data_of<ListData>("* LIST () \"/\" \"Gr\xc3\xbc\xc3\x9f"
                            "e\"")
              .mailbox ==
          "Gr\xc3\xbc\xc3\x9f"
          "e");
}

TEST_CASE("quirk unescaped_separator") {
    CHECK(data_of<ListData>("* LIST () \"\\\" x") == ListData{false, {}, "\\", "x"});
    CHECK(data_of<ListData>("* LIST () \"\\\" \"a b\"") == ListData{false, {}, "\\", "a b"});
    CHECK(data_of<ListData>("* LIST () \"\\\"\" x").separator == "\"");
}

TEST_CASE("quirk needless_escape") {
    CHECK(fetch("BODY[TEXT] \"a\\.b\\\\\"").sections.at(0).octets == "a.b\\");
}

TEST_CASE("quirk one_digit_day, from servers") {
    const auto expected = fetch("INTERNALDATE \" 1-Feb-2020 01:02:03 +0000\"").internal_date;
    CHECK(expected);
    CHECK(fetch("INTERNALDATE \"1-Feb-2020 01:02:03 +0000\"").internal_date == expected);
    CHECK(fetch("INTERNALDATE \"01-Feb-2020 01:02:03 +0000\"").internal_date == expected);
    CHECK(fetch("INTERNALDATE \"  1-FEB-2020  01:02:03  +0000\"").internal_date == expected);
}

TEST_CASE("quirk broken_internaldate") {
    const auto data = fetch("INTERNALDATE \"Sat, 1 Feb 2020\" UID 5");
    CHECK(!data.internal_date);
    CHECK(data.uid == Uid{5});
    CHECK(data.other.at(0) ==
          std::pair<std::string, std::string>{"INTERNALDATE", "\"Sat, 1 Feb 2020\""});
    CHECK(fetch("INTERNALDATE NIL UID 5").uid == Uid{5});
}

TEST_CASE("quirk partial_repeats_size") {
    CHECK(fetch("BODY[]<0.100> \"x\"").sections.at(0).origin == 0);
}

TEST_CASE("quirk nul_in_literal") {
    CHECK(fetch(std::string("BODY[] {3}\r\na\0b", 15)).sections.at(0).octets ==
          std::string("a\0b", 3));
}

}  // namespace mailhold::imap::wire

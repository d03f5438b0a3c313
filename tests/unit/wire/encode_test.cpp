// Each value in the form that the grammar wants, and read back where we read it.
#include "imap/wire/encode.hpp"

#include <catch2/catch.hpp>

#include "exchange.hpp"

namespace mailhold::imap::wire {

TEST_CASE("strings take the plainest form that can hold them") {
    CHECK(string_text("") == "\"\"");
    CHECK(string_text("a b") == "\"a b\"");
    CHECK(string_text("a\"b\\c") == "\"a\\\"b\\\\c\"");
    CHECK(string_text("a\tb") == "\"a\tb\"");
    CHECK(string_text("a\r\nb") == "{4}\r\na\r\nb");
    CHECK(string_text(std::string(1, '\0')) == std::string("{1}\r\n\0", 6));
    CHECK(string_text("\xc3\xa9") == "{2}\r\n\xc3\xa9");
    CHECK(string_text(std::string(1000, 'x')).front() == '"');
    CHECK(string_text(std::string(1001, 'x')).starts_with("{1001}\r\n"));
    CHECK(nstring_text({}) == "NIL");
    CHECK(nstring_text("NIL") == "\"NIL\"");
    CHECK(astring_text("abc]") == "abc]");
    CHECK(astring_text("") == "\"\"");
    CHECK(astring_text("nil") == "\"nil\"");
    CHECK(astring_text("a%b") == "\"a%b\"");
    CHECK(mailbox_text("Entwürfe", NameForm::modified_utf7) == "Entw&APw-rfe");
    CHECK(mailbox_text("Entwürfe", NameForm::utf8) == "\"Entwürfe\"");
    CHECK(mailbox_text("R&D", NameForm::modified_utf7) == "R&-D");
    CHECK(mailbox_text("R&D", NameForm::utf8) == "R&D");
    CHECK(mailbox_text("a b", NameForm::utf8) == "\"a b\"");
}

TEST_CASE("sets are written as short as they are") {
    CHECK(set_text({{1, 1}, {3, 5}, {7, star}, {star, star}}) == "1,3:5,7:*,*");
    CHECK(set_text({}).empty());
    CHECK(set_of({}).empty());
    CHECK(set_of({1, 2, 3, 7, 9, 10}) == SequenceSet{{1, 3}, {7, 7}, {9, 10}});
    CHECK(set_of({4, 4, 5}) == SequenceSet{{4, 5}});
}

TEST_CASE("dates are written as the grammar has them") {
    using namespace std::chrono;
    const sys_seconds instant =
        sys_days(year(1996) / 7 / 17) + hours(9) + minutes(44) + seconds(25);
    CHECK(date_time_text({instant, -420}) == "\"17-Jul-1996 02:44:25 -0700\"");
    CHECK(date_time_text({instant, 0}) == "\"17-Jul-1996 09:44:25 +0000\"");
    CHECK(date_time_text({instant - days(16), 345}) == "\" 1-Jul-1996 15:29:25 +0545\"");
    CHECK(date_time_text({sys_days(year(1969) / 12 / 31) + hours(23), 120}) ==
          "\" 1-Jan-1970 01:00:00 +0200\"");
    CHECK(date_text(sys_days(year(42) / 1 / 2)) == "2-Jan-0042");
}

TEST_CASE("sections and flags are written") {
    CHECK(section_text({}).empty());
    CHECK(section_text({{1, 2}, Section::Text::whole, {}}) == "1.2");
    CHECK(section_text({{1, 2}, Section::Text::mime, {}}) == "1.2.MIME");
    CHECK(section_text({{}, Section::Text::header_fields_not, {"To", "X Y"}}) ==
          "HEADER.FIELDS.NOT (To \"X Y\")");
    CHECK(flag_list_text({}) == "()");
    CHECK(flag_list_text({"\\Seen", "work"}) == "(\\Seen work)");
    CHECK(name_of(StatusItem::uidvalidity) == "UIDVALIDITY");
    CHECK(name_of(StatusItem::deleted) == "DELETED");
}

TEST_CASE("responses that we write are responses that we read") {
    const StatusResponse statuses[] = {
        {"*", Condition::ok, {}, "hello"},
        {"A1", Condition::no, ResponseCode{"ALERT", ""}, "text with ] and [brackets]"},
        {"*", Condition::bye, {}, "going {5}"},
        {"*", Condition::preauth, {}, "x"},
        {"A1", Condition::bad, ResponseCode{"BADCHARSET", "(US-ASCII \"a]b\")"}, ""},
        {"*", Condition::ok, ResponseCode{"PERMANENTFLAGS", "(\\Seen \\*)"}, "limited"},
        {"*", Condition::ok, ResponseCode{"UIDVALIDITY", "3857529045"}, "UIDs valid"},
    };
    for (const auto& status : statuses) {
        const auto text = write(status);
        INFO(text);
        CHECK(std::get<StatusResponse>(*read_response(text)) == status);
    }
    CHECK(write(statuses[5]) == "* OK [PERMANENTFLAGS (\\Seen \\*)] limited\r\n");

    const ListData lists[] = {
        {false, {}, "/", "INBOX"},
        {true, {"\\HasNoChildren", "\\Sent"}, "", "Entwürfe & mehr"},
        {false, {"\\Noselect"}, "\\", "a\"b\\c"},
        {false, {}, "\"", "x\ny"},
    };
    for (const auto& list : lists) {
        for (const auto form : {NameForm::modified_utf7, NameForm::utf8}) {
            const auto text = write(list, form);
            INFO(text);
            auto read = std::get<ListData>(*read_response(text));
            read.spelling.clear();  // told where it is not modified UTF-7
            CHECK(read == list);
        }
    }
    const StatusData status{"台北",
                            {{StatusItem::messages, 0}, {StatusItem::highestmodseq, 1ULL << 62}}};
    CHECK(write(status, NameForm::modified_utf7) ==
          "* STATUS &U,BTFw- (MESSAGES 0 HIGHESTMODSEQ 4611686018427387904)\r\n");
    auto read = std::get<StatusData>(*read_response(write(status, NameForm::utf8)));
    read.spelling.clear();
    CHECK(read == status);
}

}  // namespace mailhold::imap::wire

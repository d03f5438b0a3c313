// The exact matcher against one message at a time.
#include "indexer/query/matcher.hpp"

#include <catch2/catch.hpp>

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::query;
using namespace std::chrono;

namespace {

constexpr std::uint32_t star = 0xffffffff;

ZonedSeconds at(sys_days day, hours hour, minutes zone) {
    return {day + hour - zone, static_cast<std::int16_t>(zone.count())};
}

struct Message {
    store::Entry entry{
        Uid{7},   MessageNumber{3}, 1000, FlagSetId{1}, at(sys_days{2024y / 1 / 31}, 23h, -600min),
        ModSeq{1}};
    store::FlagSet flags{"$Forwarded", "\\Seen"};
    text::SearchText text{.fields = {{"subject", "HELLO WORLD"},
                                     {"received", "FROM A"},
                                     {"received", "FROM B"},
                                     {"from", "ALICE <ALICE@EXAMPLE.ORG>"},
                                     {"x-empty", ""}},
                          .header =
                              "SUBJECT: HELLO WORLD RECEIVED: FROM A RECEIVED: FROM B FROM: ALICE "
                              "<ALICE@EXAMPLE.ORG> X-EMPTY: ",
                          .mime_headers = "CONTENT-TYPE: IMAGE/PNG",
                          .body = "DEAR ALL, CAFE\xcc\x81 IS OPEN",
                          .filenames = "REPORT.PDF\nLOGO.PNG",
                          .sent = at(sys_days{2024y / 2 / 1}, 1h, 120min)};
    int text_calls = 0;

    bool matches(QueryPtr query) {
        text_calls = 0;
        return Matcher(std::move(query))
            .matches(Subject{&entry, &flags, 4, 9, Uid{20}, [&]() -> const text::SearchText& {
                                 ++text_calls;
                                 return text;
                             }});
    }
    bool matches(TextScope scope, std::string needle, std::string name = {}) {
        return matches(make(TextKey{scope, std::move(name), std::move(needle)}));
    }
    bool matches(DateField field, DateTest test, sys_days day) {
        return matches(make(DateKey{field, test, day}));
    }
};

}  // namespace

TEST_CASE("text keys are substrings of what they name") {
    Message message;
    CHECK(message.matches(TextScope::subject, "lo wor"));
    CHECK_FALSE(message.matches(TextScope::subject, "alice"));
    CHECK(message.matches(TextScope::from, "alice@"));
    CHECK_FALSE(message.matches(TextScope::to, "alice"));
    CHECK(message.matches(TextScope::header, "from b", "Received"));
    CHECK_FALSE(message.matches(TextScope::header, "from a from b", "Received"));
    CHECK(message.matches(TextScope::body, "cafe"));
    CHECK(message.matches(TextScope::body, "caf\xc3\xa9"));
    CHECK_FALSE(message.matches(TextScope::body, "image"));
    CHECK(message.matches(TextScope::text, "image"));
    CHECK(message.matches(TextScope::text, "received: from a"));
    CHECK(message.matches(TextScope::text, "dear"));
    CHECK(message.matches(TextScope::filename, ".pdf"));
    CHECK_FALSE(message.matches(TextScope::text, ".pdf"));
    CHECK_FALSE(message.matches(TextScope::filename, "pdflogo"));
}

TEST_CASE("an empty needle asks whether the field exists") {
    Message message;
    CHECK(message.matches(TextScope::header, "", "X-Empty"));
    CHECK_FALSE(message.matches(TextScope::header, "", "X-Other"));
    CHECK(message.matches(TextScope::subject, ""));
    CHECK_FALSE(message.matches(TextScope::cc, ""));
    CHECK(message.matches(TextScope::body, ""));
}

TEST_CASE("dates are compared as they were written, disregarding time and zone") {
    Message message;
    const sys_days arrived = 2024y / 1 / 31;
    const sys_days sent = 2024y / 2 / 1;
    for (const auto& [field, day] :
         {std::pair{DateField::internal, arrived}, std::pair{DateField::sent, sent}}) {
        CHECK(message.matches(field, DateTest::on, day));
        CHECK(message.matches(field, DateTest::since, day));
        CHECK_FALSE(message.matches(field, DateTest::before, day));
        CHECK(message.matches(field, DateTest::before, day + days(1)));
        CHECK_FALSE(message.matches(field, DateTest::since, day + days(1)));
    }
    message.text.sent.reset();
    CHECK(message.matches(DateField::sent, DateTest::on, arrived));
}

TEST_CASE("sizes are strict, flags ignore case, sets know the last one") {
    Message message;
    CHECK(message.matches(make(SizeKey{SizeKey::Test::larger, 999})));
    CHECK_FALSE(message.matches(make(SizeKey{SizeKey::Test::larger, 1000})));
    CHECK_FALSE(message.matches(make(SizeKey{SizeKey::Test::smaller, 1000})));
    CHECK(message.matches(make(SizeKey{SizeKey::Test::smaller, 1001})));
    CHECK(message.matches(make(FlagKey{"\\sEEN"})));
    CHECK(message.matches(make(FlagKey{"$forwarded"})));
    CHECK_FALSE(message.matches(make(FlagKey{"\\Flagged"})));
    const std::tuple<NumberSet, bool, bool> table[] = {
        // set, as UIDs (7 of 20), as sequence numbers (4 of 9)
        {{{7, 7}}, true, false},
        {{{3, 5}}, false, true},
        {{{9, 4}}, true, true},
        {{{5, star}}, true, false},
        {{{star, 4}}, true, true},
        {{{star, star}}, false, false},
        {{{30, star}}, false, false},
        {{{1, 2}, {4, 8}}, true, true},
        {{{8, 9}, {1, 3}, {2, 6}}, false, true},
        {{}, false, false},
    };
    for (const auto& [set, as_uids, as_numbers] : table) {
        CHECK(message.matches(make(UidKey{set})) == as_uids);
        CHECK(message.matches(make(SequenceKey{set})) == as_numbers);
    }
    message.entry.uid = Uid{20};
    CHECK(message.matches(make(UidKey{{{30, star}}})));
    CHECK(message.matches(make(UidKey{{{star, star}}})));
}

TEST_CASE("the text is asked for once, and only when it decides") {
    Message message;
    const auto seen = make(FlagKey{"\\Seen"});
    const auto dear = make(TextKey{TextScope::body, {}, "dear"});
    const auto image = make(TextKey{TextScope::text, {}, "image"});
    CHECK(message.matches(make(Or{{dear, seen}})));
    CHECK(message.text_calls == 0);
    CHECK_FALSE(message.matches(make(And{{dear, make(Not{seen})}})));
    CHECK(message.text_calls == 0);
    CHECK_FALSE(message.matches(make(Not{make(Or{{make(And{{dear, image}}), seen}})})));
    CHECK(message.text_calls == 0);
    CHECK(message.matches(make(And{{dear, image, seen, make(AttachmentKey{})}})));
    CHECK(message.text_calls == 1);
    CHECK_FALSE(message.matches(make(Not{dear})));
    CHECK(message.text_calls == 1);
}

TEST_CASE("has:attachment is any file name") {
    Message message;
    CHECK(message.matches(make(AttachmentKey{})));
    message.text.filenames.clear();
    CHECK_FALSE(message.matches(make(AttachmentKey{})));
}

TEST_CASE("attachments are a scope of their own, and no phrase runs from one to the next") {
    Message message;
    message.text.attachments = "ANNUAL REPORT\nSECOND PIECE\n";
    message.text.states = {{"2", text::ExtractStatus::truncated, "", 1}};
    CHECK(message.matches(TextScope::attachment, "annual rep"));
    CHECK_FALSE(message.matches(TextScope::attachment, "report second"));
    CHECK_FALSE(message.matches(TextScope::body, "annual"));
    CHECK_FALSE(message.matches(TextScope::text, "annual"));
    CHECK(message.matches(with_attachments(make(TextKey{TextScope::text, {}, "annual"}))));
    CHECK(message.matches(make(AttachmentKey{text::ExtractStatus::truncated})));
    CHECK_FALSE(message.matches(make(AttachmentKey{text::ExtractStatus::indexed})));
}

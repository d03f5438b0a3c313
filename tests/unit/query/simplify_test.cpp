// Simplifier and printer: text in, text out.
#include <catch2/catch.hpp>

#include "indexer/query/human.hpp"
#include "indexer/query/query.hpp"
#include "indexer/query/tree.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::query;

namespace {

const QueryPtr all = make(All{});
const QueryPtr none = make(None{});
const QueryPtr seen = make(FlagKey{"\\Seen"});
const QueryPtr body = make(TextKey{TextScope::body, {}, "x"});
const QueryPtr subject = make(TextKey{TextScope::subject, {}, "y"});
const QueryPtr sent = make(DateKey{DateField::sent, DateTest::since, std::chrono::sys_days{}});

QueryPtr negate(QueryPtr query) {
    return make(Not{std::move(query)});
}

}  // namespace

TEST_CASE("every key has one canonical text") {
    const std::pair<QueryPtr, std::string> table[] = {
        {all, "all"},
        {none, "none"},
        {make(TextKey{TextScope::header, "List-Id", "a\"b\\c"}), R"((header "List-Id" "a\"b\\c"))"},
        {make(TextKey{TextScope::filename, {}, "f"}), R"((filename "f"))"},
        {seen, R"((flag \Seen))"},
        {make(DateKey{DateField::sent, DateTest::before,
                      std::chrono::sys_days{std::chrono::days{19753}}}),
         "(sent before 2024-01-31)"},
        {make(SizeKey{SizeKey::Test::smaller, 7}), "(smaller 7)"},
        {make(UidKey{{{1, 3}, {7, 0xffffffff}, {9, 9}}}), "(uid 1:3,7:*,9)"},
        {make(SequenceKey{{{0xffffffff, 0xffffffff}}}), "(seq *)"},
        {make(AttachmentKey{}), "attachment"},
        {make(AttachmentKey{text::ExtractStatus::failed}), "(attachment failed)"},
        {make(TextKey{TextScope::attachment, {}, "x"}), "(attachment \"x\")"},
        {make(And{{body, negate(seen)}}), R"((and (body "x") (not (flag \Seen))))"},
        {make(Or{{body, subject}}), R"((or (body "x") (subject "y")))"},
    };
    for (const auto& [query, text] : table) CHECK(to_text(*query) == text);
}

TEST_CASE("simplify keeps the meaning and drops what says nothing") {
    const std::pair<QueryPtr, std::string> table[] = {
        {negate(negate(seen)), R"((flag \Seen))"},
        {negate(negate(negate(seen))), R"((not (flag \Seen)))"},
        {negate(all), "none"},
        {negate(none), "all"},
        {make(And{}), "all"},
        {make(Or{}), "none"},
        {make(And{{all, all}}), "all"},
        {make(And{{seen, none}}), "none"},
        {make(Or{{seen, all}}), "all"},
        {make(Or{{none, seen}}), R"((flag \Seen))"},
        {make(And{{make(And{{body, seen}}), make(And{{subject, make(And{{sent}})}})}}),
         R"((and (flag \Seen) (sent since 1970-01-01) (subject "y") (body "x")))"},
        {make(Or{{make(Or{{body, seen}}), make(And{{subject, body}})}}),
         R"((or (flag \Seen) (body "x") (and (subject "y") (body "x"))))"},
        {make(And{{negate(body), negate(seen)}}), R"((and (not (flag \Seen)) (not (body "x"))))"},
        {negate(make(And{{negate(negate(make(Or{{body, none}}))), all}})), R"((not (body "x")))"},
        {make(TextKey{TextScope::body, {}, ""}), "all"},
        {make(TextKey{TextScope::text, {}, ""}), "all"},
        {make(TextKey{TextScope::subject, {}, ""}), R"((subject ""))"},
        {make(TextKey{TextScope::header, "X-Y", ""}), R"((header "X-Y" ""))"},
    };
    for (const auto& [query, text] : table) {
        const auto simple = simplify(query);
        CHECK(to_text(*simple) == text);
        CHECK(to_text(*simplify(simple)) == text);
    }
}

TEST_CASE("trees as deep as allowed are walked without overflow") {
    auto deep = body;
    for (std::size_t i = 0; i + 2 < max_depth; ++i) {
        deep = i % 2 == 0 ? make(And{{deep, seen}}) : make(Or{{deep, sent}});
    }
    CHECK(to_text(*simplify(deep)).size() > max_depth);
}

TEST_CASE("with_attachments adds them to body and text, wherever these stand") {
    const std::pair<std::string, std::string> table[] = {
        {"body:x", R"((or (body "x") (attachment "x")))"},
        {"-text:x", R"((not (or (text "x") (attachment "x"))))"},
        {"subject:x (from:y OR body:z)",
         R"((and (subject "x") (or (from "y") (or (body "z") (attachment "z")))))"},
        {"is:seen", R"((flag \Seen))"},
    };
    for (const auto& [human, canonical] : table)
        CHECK(to_text(*with_attachments(parse_human(human)->query)) == canonical);
    // One that everything matches stays so.
    CHECK(to_text(*simplify(with_attachments(make(TextKey{TextScope::body, {}, ""})))) == "all");
}

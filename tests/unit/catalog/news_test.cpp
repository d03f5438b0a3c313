// Which facts are news: those that would change what the catalog knows.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "script.hpp"

namespace mailhold::store::catalog::test {
namespace {

// Whether each line is news, after the script.
void check_news(std::string_view script, const std::vector<std::pair<const char*, bool>>& lines) {
    const Folder folder;
    const auto writer = CatalogWriter::open(folder.catalog()).value();
    REQUIRE(apply_all(*writer, records_of(script)));
    const auto before = writer->fingerprint().value();
    for (const auto& [line, news] : lines) {
        INFO(line);
        CHECK(writer->is_news(fact_of(line)).value() == news);
    }
    CHECK(writer->fingerprint().value() == before);
}

}  // namespace

TEST_CASE("facts that change nothing are not news") {
    check_news("", {{"account", true},
                    {"list INBOX", true},
                    {"gone INBOX", false},
                    {"open INBOX/7", true},
                    {"see INBOX/7:1 a", true},
                    {"flags INBOX/7:1", false},
                    {"vanish INBOX/7:1", false},
                    {"synced INBOX/7", true},
                    {"exclude Junk rule", true},
                    {"stuck INBOX/7:1 no", true}});
    check_news(R"(account
                  list INBOX / \HasNoChildren
                  list Gone
                  gone Gone
                  open INBOX/7
                  store a
                  store b
                  see INBOX/7:1 a \Seen $Work
                  see INBOX/7:2 b
                  vanish INBOX/7:2
                  stuck INBOX/7:3 no
                  stuck INBOX/7:4 no
                  vanish INBOX/7:4
                  synced INBOX/7 5
                  exclude Junk rule)",
               {{"account", false},
                {"account alice imaps://other", true},
                {"account bob", true},
                {"list INBOX / \\HasNoChildren", false},
                {"list INBOX / \\HasChildren", true},
                {"list INBOX . \\HasNoChildren", true},
                {"list Gone", true},
                {"gone Gone", false},
                {"gone INBOX", true},
                {"open INBOX/7", false},
                {"open INBOX/8", true},
                {"see INBOX/7:1 a \\Seen $Work", false},
                {"see INBOX/7:1 a $work \\SEEN \\Recent", false},
                {"see INBOX/7:1 a", true},
                {"see INBOX/7:1 b \\Seen $Work", true},
                {"see INBOX/7:1 z \\Seen $Work", true},
                {"see INBOX/7:2 b", true},
                {"see INBOX/7:9 a", true},
                {"see INBOX/8:1 a \\Seen $Work", true},
                {"flags INBOX/7:1 \\Seen $Work", false},
                {"flags INBOX/7:1 \\Seen $Other", true},
                {"flags INBOX/7:2 \\Seen", false},
                {"flags INBOX/8:1 \\Seen", false},
                {"vanish INBOX/7:1", true},
                {"vanish INBOX/7:2,9", false},
                {"vanish INBOX/7:2,1", true},
                {"vanish INBOX/7:3", true},
                {"vanish INBOX/7:4", false},
                {"synced INBOX/7 5", false},
                {"synced INBOX/7 6", true},
                {"await INBOX/7:1", true},
                {"await INBOX/7:3", false},
                {"await INBOX/7:3,9", true},
                {"await INBOX/8:1", true},
                {"moved a INBOX/7:2 INBOX/7:1", true},
                {"moved a INBOX/7:2 INBOX/8:1", false},
                {"renamed Gone INBOX", true},
                {"renamed Never INBOX", false},
                {"exclude Junk rule", false},
                {"exclude Junk other", true},
                {"stuck INBOX/7:1 no", false},
                {"stuck INBOX/7:3 no", false},
                {"stuck INBOX/7:3 never", true},
                {"stuck INBOX/7:4 no", true}});
    check_news("store a\n see INBOX/7:1 a\n synced INBOX/7\n open INBOX/8\n see INBOX/8:1 a",
               {{"open INBOX/8", false},
                {"open INBOX/7", true},
                {"synced INBOX/8", true},
                {"see INBOX/8:1 a", false},
                {"see INBOX/7:1 a", true},
                {"vanish INBOX/7:1", false}});
}

TEST_CASE("what an origin shows of its security is news only where it is another than before") {
    check_news("security TLSv1.3 PLAIN", {{"security TLSv1.3 PLAIN", false},
                                          {"security TLSv1.2 PLAIN", true},
                                          {"security TLSv1.3", true}});
    check_news("", {{"security TLSv1.3", true}});
}

}  // namespace mailhold::store::catalog::test

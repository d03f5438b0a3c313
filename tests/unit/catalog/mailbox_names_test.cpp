#include "store/catalog/mailbox_names.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace mailhold::store::catalog {

TEST_CASE("local names have our separator and nothing that could be taken for it") {
    struct Case {
        std::string origin;
        const char* separator;
        const char* local;
    };
    const std::vector<Case> cases{
        {"INBOX", "/", "INBOX"},
        {"iNbOx", "/", "INBOX"},
        {"inbox.Sent", ".", "INBOX/Sent"},
        {"Inboxes", ".", "Inboxes"},
        {"Work.inbox", ".", "Work/inbox"},
        {"Work/2024", "/", "Work/2024"},
        {"Work\\2024", "\\", "Work/2024"},
        {"Work.2024", "", "Work.2024"},
        {"in/out", ".", "in\u2215out"},
        {"in/out", "", "in\u2215out"},
        {"a\tb\x7f", "/", "a\ufffdb\ufffd"},
        {std::string("a\0b", 3), "/", "a\ufffdb"},
        {"B\u00fccher.\u65e5\u672c\u8a9e", ".", "B\u00fccher/\u65e5\u672c\u8a9e"},
        {"/a//b/", "/", "a/b"},
        {"caf\u00e9\ufffd", "/", "caf\u00e9"},
        {"", "/", "\ufffd"},
        {"...", ".", "\ufffd"},
    };
    for (const auto& [origin, separator, local] : cases) {
        INFO(origin << " with " << separator);
        CHECK(local_name(origin, separator) == local);
    }
}

TEST_CASE("a taken name gets the next free number") {
    std::set<std::string> taken;
    const auto next = [&] {
        const auto name =
            free_name("Work", [&](const std::string& wanted) { return taken.contains(wanted); });
        taken.insert(name);
        return name;
    };
    CHECK(next() == "Work");
    CHECK(next() == "Work (2)");
    CHECK(next() == "Work (3)");
}

}  // namespace mailhold::store::catalog

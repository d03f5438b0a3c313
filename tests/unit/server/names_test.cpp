#include "imap/server/mailbox/names.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <functional>

using namespace mailhold;
using namespace mailhold::imap::server;

namespace {

store::Mailbox mirrored(std::string account, std::string name,
                        std::vector<std::string> attributes = {}) {
    store::Mailbox mailbox;
    mailbox.account = std::move(account);
    mailbox.name = std::move(name);
    mailbox.attributes = std::move(attributes);
    return mailbox;
}

store::Mailbox all_mail(std::string account) {
    store::Mailbox mailbox = mirrored(std::move(account), "All mail");
    mailbox.kind = store::MailboxKind::all_mail;
    return mailbox;
}

// "name" for a mailbox, "(name)" for one that only holds others, "+" for children, then the special
// uses.
std::vector<std::string> described(const std::vector<store::Mailbox>& mailboxes,
                                   std::vector<std::string> accounts) {
    std::vector<std::string> lines;
    for (const Name& name : visible_names(mailboxes, User{"alice", "", accounts})) {
        std::string line = name.mailbox ? name.full : "(" + name.full + ")";
        if (name.has_children) line += "+";
        for (const std::string& use : name.special_use) line += " " + use;
        lines.push_back(line);
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("names: the first account's INBOX is INBOX, everything else stands under its account") {
    const std::vector<store::Mailbox> mailboxes = {
        mirrored("alice", "INBOX"),
        mirrored("alice", "Work/2024"),
        all_mail("alice"),
        mirrored("bob", "INBOX"),
        mirrored("bob", "Sent", {"\\sent", "\\HasNoChildren"}),
        all_mail("bob"),
        mirrored("carol", "INBOX")};
    CHECK(described(mailboxes, {"alice", "bob"}) ==
          Lines{"INBOX", "All mail+ \\All", "All mail/alice", "All mail/bob", "(alice)+",
                "(alice/Work)+", "alice/Work/2024", "(bob)+", "bob/INBOX", "bob/Sent \\Sent"});
    CHECK(described(mailboxes, {"bob"}) ==
          Lines{"INBOX", "(All mail)+", "All mail/bob \\All", "(bob)+", "bob/Sent \\Sent"});
    CHECK(described(mailboxes, {}).empty());
}

TEST_CASE("names: what cannot be selected, what has gone, what has children") {
    store::Mailbox emptied = mirrored("a", "Emptied");
    emptied.gone = true;
    store::Mailbox kept = mirrored("a", "Kept");
    kept.gone = true;
    kept.messages = 2;
    CHECK(described({mirrored("a", "INBOX"), mirrored("a", "INBOX/Sub"),
                     mirrored("a", "[Gmail]", {"\\Noselect"}),
                     mirrored("a", "[Gmail]/All Mail", {"\\All"}),
                     mirrored("a", "[Gmail]/Bin", {"\\Trash"}), emptied, kept},
                    {"a"}) == Lines{"INBOX", "(a)+", "(a/INBOX)+", "a/INBOX/Sub", "a/Kept",
                                    "(a/[Gmail])+", "a/[Gmail]/All Mail", "a/[Gmail]/Bin \\Trash"});
}

TEST_CASE("names: all that was ever seen in a mailbox, where something has vanished from it") {
    const auto pair = [](const char* name, std::uint32_t id, std::uint32_t now,
                         std::uint32_t ever) {
        std::vector<store::Mailbox> pair(2, mirrored("a", name));
        if (id == 2) pair[0].attributes = {"\\Sent"};
        pair[0].id = MailboxId{id};
        pair[0].messages = now;
        pair[0].gone = now == 0;
        pair[1].id = store::ever_seen_of(MailboxId{id});
        pair[1].kind = store::MailboxKind::ever_seen;
        pair[1].messages = ever;
        return pair;
    };
    std::vector<store::Mailbox> mailboxes;
    for (const auto& two : {pair("Sent", 2, 3, 4), pair("Work", 3, 5, 5), pair("Old", 4, 0, 2)})
        mailboxes.insert(mailboxes.end(), two.begin(), two.end());
    CHECK(described(mailboxes, {"a"}) == Lines{"(Ever seen)+", "(Ever seen/a)+", "Ever seen/a/Old",
                                               "Ever seen/a/Sent", "(a)+", "a/Sent \\Sent",
                                               "a/Work"});
}

TEST_CASE("names are found as they are, INBOX in any case") {
    const std::vector<store::Mailbox> mailboxes = {mirrored("a", "INBOX"), mirrored("a", "Work")};
    const auto names = visible_names(mailboxes, User{"alice", "", {"a"}});
    CHECK(find_name(names, "inBox") == &names.front());
    CHECK(find_name(names, "a/Work") != nullptr);
    CHECK(find_name(names, "a/work") == nullptr);
    CHECK(find_name(names, "") == nullptr);
    // As the command line says it, also where the name only holds others.
    CHECK(find_name(names, "a/INBOX") == &names.front());
    CHECK(find_name(names, "a/inbox") == nullptr);
    CHECK(find_name(names, "b/INBOX") == nullptr);
    const std::vector<store::Mailbox> more = {mirrored("a", "INBOX"), mirrored("a", "INBOX/Sub"),
                                              mirrored("b", "INBOX")};
    const auto both = visible_names(more, User{"alice", "", {"a", "b"}});
    CHECK(find_name(both, "a/INBOX") == &both.front());
    CHECK(find_name(both, "b/INBOX")->full == "b/INBOX");
    CHECK(find_name(both, "a")->mailbox == nullptr);
}

TEST_CASE("patterns: * is anything, % stops at the separator") {
    struct Row {
        std::string pattern, name;
        bool matches;
    };
    const std::vector<Row> rows = {
        {"*", "a/b/c", true},
        {"%", "a/b", false},
        {"%", "a", true},
        {"a/%", "a/b", true},
        {"a/%", "a/b/c", false},
        {"a/%/c", "a/b/c", true},
        {"*c", "a/b/c", true},
        {"%c", "a/b/c", false},
        {"a*c", "a/b/c", true},
        {"a%c", "abbc", true},
        {"a%c", "ab/c", false},
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"%%", "ab", true},
        {"*%*", "a/b", true},
        {"inbox", "INBOX", true},
        {"In%", "INBOX", true},
        {"inbox", "x/INBOX", false},
        {"A", "a", false},
        {"a*b*c*d", "axxbyyczd", true},
        {"a*b*c*d", "axxbyycz", false},
    };
    for (const Row& row : rows) {
        INFO(row.pattern << " " << row.name);
        CHECK(matches_pattern(row.pattern, row.name) == row.matches);
    }
}

TEST_CASE("a pattern made to be slow is not") {
    std::string pattern;
    for (int i = 0; i < 500; ++i) pattern += "*a";
    CHECK_FALSE(matches_pattern(pattern + "b", std::string(1000, 'a')));
    CHECK_FALSE(matches_pattern(std::string(100'000, '*'), "a"));
}

TEST_CASE("patterns lose their runs of wildcards, not their meaning") {
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"", ""},     {"a", "a"},  {"**", "*"},          {"%%%", "%"},
        {"%*%", "*"}, {"*%", "*"}, {"a%%b**c", "a%b*c"}, {"%a%", "%a%"},
    };
    for (const auto& [pattern, simple] : rows) CHECK(without_runs(pattern) == simple);
    // Against the meaning itself, for all short patterns and names.
    const auto texts = [](std::string_view alphabet) {
        std::vector<std::string> all = {""};
        for (std::size_t i = 0; i < all.size() && all[i].size() < 5; ++i) {
            for (const char c : alphabet) all.push_back(all[i] + c);
        }
        return all;
    };
    const std::function<bool(std::string_view, std::string_view)> meant =
        [&](std::string_view pattern, std::string_view name) {
            if (pattern.empty()) return name.empty();
            const char c = pattern.front();
            const auto rest = pattern.substr(1);
            if (c == '*' || c == '%')
                return meant(rest, name) || (!name.empty() && (c == '*' || name[0] != '/') &&
                                             meant(pattern, name.substr(1)));
            return !name.empty() && name[0] == c && meant(rest, name.substr(1));
        };
    std::size_t wrong = 0;
    const auto names = texts("a/");
    for (const auto& pattern : texts("a/*%")) {
        for (const auto& name : names) {
            const bool matches = meant(pattern, name);
            wrong += matches_pattern(pattern, name) != matches;
            wrong += matches_pattern(without_runs(pattern), name) != matches;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("names are found in the form that is asked for, else composed, else decomposed") {
    const std::vector<store::Mailbox> mailboxes = {
        mirrored("a", "\u00e9"), mirrored("a", "e\u0300"), mirrored("a", "\u00f2"),
        mirrored("a", "o\u0300")};
    const auto names = visible_names(mailboxes, User{"alice", "", {"a"}});
    REQUIRE(find_name(names, "a/e\u0301"));
    CHECK(find_name(names, "a/e\u0301")->full == "a/\u00e9");
    REQUIRE(find_name(names, "a/e\u0300"));
    CHECK(find_name(names, "a/e\u0300")->full == "a/e\u0300");
    REQUIRE(find_name(names, "a/\u00e8"));
    CHECK(find_name(names, "a/\u00e8")->full == "a/e\u0300");
    CHECK(find_name(names, "a/\u00f2")->full == "a/\u00f2");
    CHECK(find_name(names, "a/o\u0300")->full == "a/o\u0300");
    CHECK(find_name(names, "a/o\u0301") == nullptr);
    CHECK(forms("plain") == std::vector<std::string>{"plain"});
}

// LIST answers against the record: what is mirrored, and which facts are new.
#include "imap/sync/listing.hpp"

#include <catch2/catch.hpp>

namespace mailhold::imap::sync {
namespace {

wire::ListData listed(std::string mailbox, std::vector<std::string> attributes = {}) {
    wire::ListData data;
    data.mailbox = std::move(mailbox);
    data.separator = "/";
    data.attributes = std::move(attributes);
    return data;
}

}  // namespace

TEST_CASE("patterns match as LIST's do") {
    const struct {
        std::string pattern, name;
        bool matched;
    } table[] = {
        {"Junk", "Junk", true},
        {"Junk", "junk", false},
        {"Junk", "Junk/2024", false},
        {"Junk*", "Junk/2024", true},
        {"Junk%", "Junk/2024", false},
        {"Junk%", "Junk-mail", true},
        {"%/Junk", "a/Junk", true},
        {"%/Junk", "a/b/Junk", false},
        {"*/Junk", "a/b/Junk", true},
        {"*", "", true},
        {"inbox", "INBOX", true},
        {"Inbox", "inbox", true},
        {"*a*b*", "xxaxxbxx", true},
        {"*a*b*", "xxbxxaxx", false},
        {"", "x", false},
    };
    for (const auto& row : table) {
        CAPTURE(row.pattern, row.name);
        CHECK(matches(row.pattern, row.name, "/") == row.matched);
    }
    CHECK_FALSE(matches(std::string(50, '*') + "b", std::string(2000, 'a'), "/"));
}

TEST_CASE("a first listing records all it mirrors, INBOX first, and what it leaves out") {
    const auto plan = plan_listing(
        "alice",
        {listed("Work"), listed("INBOX"), listed("Junk"), listed("Shared", {"\\Noselect"}),
         listed("Ghost", {"\\NonExistent"}), listed("Work"), listed("")},
        {}, {{"Junk"}});
    REQUIRE(plan);
    CHECK(plan->mirror == std::vector<std::string>{"INBOX", "Work"});
    const std::vector<store::Fact> facts{
        store::MailboxListed{"alice", "Work", "/", {}},
        store::MailboxListed{"alice", "INBOX", "/", {}},
        store::Excluded{"alice", "Junk", "exclude Junk"},
        store::MailboxListed{"alice", "Shared", "/", {"\\Noselect"}},
    };
    REQUIRE(plan);
    CHECK(plan->facts == facts);
}

TEST_CASE("a later listing records only what is new, changed or gone") {
    const Recorded recorded{{{"alice", "INBOX", "/", {}},
                             {"alice", "Old", "/", {}},
                             {"alice", "Sent", "/", {}},
                             {"alice", "Junk", "/", {}}},
                            {{"alice", "Junk", "exclude Junk"}}};
    const auto plan =
        plan_listing("alice", {listed("INBOX"), listed("Sent", {"\\Sent"}), listed("Junk")},
                     recorded, {{"Junk"}});
    const std::vector<store::Fact> facts{store::MailboxListed{"alice", "Sent", "/", {"\\Sent"}},
                                         store::MailboxGone{"alice", "Junk"},
                                         store::MailboxGone{"alice", "Old"}};
    REQUIRE(plan);
    CHECK(plan->facts == facts);
}

TEST_CASE("a listing that lost its INBOX is not believed, and nothing counts as gone for it") {
    const Recorded recorded{{{"alice", "INBOX", "/", {}}, {"alice", "Work", "/", {}}}, {}};
    const Recorded ruled_out{{{"alice", "Work", "/", {}}}, {{"alice", "INBOX", "exclude *"}}};
    for (const auto& before : {recorded, ruled_out}) {
        for (const auto& shown : {std::vector<wire::ListData>{}, {listed("Work")}})
            CHECK(plan_listing("alice", shown, before, {}).error().code == Errc::protocol);
    }
    CHECK(plan_listing("alice", {listed("INBOX")}, recorded, {})->facts.size() == 1);
    CHECK(plan_listing("alice", {listed("INBOX")}, {}, {{"*"}})->mirror.empty());
}

TEST_CASE("a server without any INBOX is mirrored, unless it lists nothing at all") {
    CHECK(plan_listing("alice", {listed("list.0")}, {}, {})->mirror ==
          std::vector<std::string>{"list.0"});
    CHECK(plan_listing("alice", {}, {}, {}).error().code == Errc::protocol);
}

TEST_CASE("a mailbox is whose namespace holds it, by the longest prefix") {
    const auto usual = wire::parse_namespaces(
        R"( (("" "/")) (("Other users/" "/")) (("Shared/" "/")("#public." ".")))");
    // Cyrus: what is under no other prefix is shared.
    const auto cyrus = wire::parse_namespaces(R"( (("INBOX." ".")) (("user." ".")) (("" ".")))");
    REQUIRE(usual);
    REQUIRE(cyrus);
    const struct {
        const wire::NamespaceData& namespaces;
        std::string name;
        Whose owner;
    } table[] = {
        {*usual, "INBOX", Whose::own},        {*usual, "Work", Whose::own},
        {*usual, "Sharedness", Whose::own},   {*usual, "Shared", Whose::shared},
        {*usual, "Shared/x", Whose::shared},  {*usual, "Other users/bob", Whose::other_user},
        {*usual, "#public.x", Whose::shared}, {*cyrus, "INBOX", Whose::own},
        {*cyrus, "INBOX.Sent", Whose::own},   {*cyrus, "user.bob", Whose::other_user},
        {*cyrus, "news", Whose::shared},      {{}, "Shared/x", Whose::own},
    };
    for (const auto& row : table) {
        CAPTURE(row.name);
        CHECK(whose(row.namespaces, row.name) == row.owner);
    }
}

TEST_CASE("mailboxes of others are left out as a named rule, unless they are wanted") {
    Rules rules{.namespaces = {{{"", "/"}}, {{"Users/", "/"}}, {{"Shared/", "/"}}}};
    const auto plan = [&] {
        return *plan_listing("alice", {listed("INBOX"), listed("Users/bob"), listed("Shared/x")},
                             {}, rules);
    };
    CHECK(plan().mirror.size() == 3);
    rules.other_users = rules.shared = false;
    CHECK(plan().mirror == std::vector<std::string>{"INBOX"});
    CHECK(plan().facts.at(1) ==
          store::Fact{store::Excluded{"alice", "Users/bob", "other_users = false"}});
    CHECK(plan().facts.at(2) ==
          store::Fact{store::Excluded{"alice", "Shared/x", "shared = false"}});
}

}  // namespace mailhold::imap::sync

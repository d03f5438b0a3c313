// NOTIFY of notes that others change (RFC 5465 5.6, 5.7): who is told of which, when, and how.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

Script& notify(Script& script, const std::string& wishes) {
    return script.client("n NOTIFY " + wishes).server("n OK ...").silence();
}

void run(Script& script, const std::string& command) {
    script.client("x " + command).server("x OK ...");
}

// bob sees what alice shares, as "Other users/alice/...".
struct Two {
    Two() : alice(world), other(world), bob(world) {
        alice.login();
        other.login();
        bob.client("l LOGIN bob secret").take();
        run(alice, "CREATE Workspaces/x");
    }
    struct Shared : World {
        Shared() { users.push_back({"bob", "secret", {"alice"}}); }
    } world;
    Script alice, other, bob;  // `other` is alice's too
};

}  // namespace

TEST_CASE("metadata that changes is told by the names of its entries (RFC 5465 5.6, 5.7)") {
    Two two;
    auto& [world, alice, other, bob] = two;
    notify(alice, "SET (personal (MailboxMetadataChange)) (inboxes (ServerMetadataChange))");
    run(other, "SETMETADATA INBOX (/private/comment \"mine\")");
    alice.wake().server("* METADATA INBOX /private/comment").silence();
    run(other, "SETMETADATA Workspaces/x (/Shared/Comment \"ours\" /private/comment \"mine\")");
    alice.wake().server("* METADATA Workspaces/x /shared/comment /private/comment").silence();
    run(other, "SETMETADATA \"\" (/private/comment \"of all\")");
    alice.wake().server("* METADATA \"\" /private/comment").silence();
    // What is gone; not what was not there, nor what says the same as before.
    run(other, "SETMETADATA INBOX (/private/comment NIL /private/other NIL)");
    alice.wake().server("* METADATA INBOX /private/comment").silence();
    run(other, "SETMETADATA Workspaces/x (/shared/comment \"ours\")");
    alice.wake().silence();
    // Often, and told once.
    for (int i = 0; i < 3; ++i)
        run(other, fmt::format("SETMETADATA INBOX (/private/a{} \"{}\")", i % 2, i));
    alice.wake().server("* METADATA INBOX /private/a0 /private/a1").silence();
    alice.wake().silence();
    // Selected or not; in IDLE too, and with a command's answer not before it.
    alice.select("INBOX");
    run(other, "SETMETADATA INBOX (/private/comment \"x\")");
    alice.client("a IDLE").server("+ ...").server("* METADATA INBOX /private/comment").silence();
    run(other, "SETMETADATA INBOX (/private/comment \"y\")");
    alice.wake().server("* METADATA INBOX /private/comment").silence();
    alice.client("DONE").server("a OK ...").silence();
    notify(alice, "NONE");
    run(other, "SETMETADATA INBOX (/private/comment \"z\")");
    alice.wake().silence();
}

TEST_CASE("metadata is told as the wishes go: of these mailboxes, and of the server if asked for") {
    Two two;
    auto& [world, alice, other, bob] = two;
    notify(alice,
           "SET (mailboxes Workspaces/x (MailboxMetadataChange)) (mailboxes INBOX (MailboxName)) "
           "(subtree \"Ever seen\" (MailboxMetadataChange))");
    run(other, "SETMETADATA INBOX (/private/comment \"a\")");
    run(other, "SETMETADATA \"\" (/private/comment \"a\")");
    alice.wake().silence();
    run(other, "SETMETADATA Workspaces/x (/private/comment \"a\")");
    alice.wake().server("* METADATA Workspaces/x /private/comment").silence();
    // What was ever seen in a mailbox has the notes of that.
    world.add("INBOX", 1, {mail("Subject: x\n\nx\n")});
    world.add("INBOX", 2, {mail("Subject: y\n\ny\n")});
    world.vanish("INBOX", 1);
    alice.wake().silence();
    run(other, "SETMETADATA INBOX (/private/comment \"b\")");
    alice.wake().server("* METADATA \"Ever seen/alice/INBOX\" /private/comment").silence();
    // Other wishes leave what was gathered, as far as they have it.
    run(other, "SETMETADATA Workspaces/x (/private/comment \"b\")");
    run(other, "SETMETADATA INBOX (/private/comment \"c\")");
    alice.client("n NOTIFY SET (mailboxes INBOX (MailboxMetadataChange))").server("n OK ...");
    alice.wake().server("* METADATA INBOX /private/comment").silence();
    notify(alice, "SET (inboxes (ServerMetadataChange))");
    run(other, "SETMETADATA INBOX (/private/comment \"d\")");
    run(other, "SETMETADATA \"\" (/private/comment \"b\")");
    alice.wake().server("* METADATA \"\" /private/comment").silence();
}

TEST_CASE("who changed an entry is not told so, but that another did beside him (RFC 5465 5)") {
    Two two;
    auto& [world, alice, other, bob] = two;
    notify(alice, "SET (personal (MailboxMetadataChange ServerMetadataChange))");
    run(alice, "SETMETADATA INBOX (/private/a \"1\" /private/b \"1\")");
    alice.wake().silence();
    run(other, "SETMETADATA INBOX (/private/a \"2\")");
    run(alice, "SETMETADATA INBOX (/private/a \"3\" /private/b \"2\")");
    alice.wake().server("* METADATA INBOX /private/a").silence();
    // What says the same as before is no change of his.
    run(other, "SETMETADATA INBOX (/private/a \"4\")");
    run(alice, "SETMETADATA INBOX (/private/a \"4\")");
    alice.wake().server("* METADATA INBOX /private/a").silence();
}

TEST_CASE(
    "private entries are nobody else's news, and shared ones go by the rights of the moment") {
    Two two;
    auto& [world, alice, other, bob] = two;
    run(alice, "SETACL Workspaces/x bob lr");
    notify(bob,
           "SET (subtree (\"Other users\" INBOX) (MailboxMetadataChange)) "
           "(inboxes (ServerMetadataChange))");
    run(alice,
        "SETMETADATA Workspaces/x (/private/secret \"a\" /shared/comment \"a\" /shared/b \"b\")");
    run(alice, "SETMETADATA INBOX (/private/secret \"a\")");
    run(alice, "SETMETADATA \"\" (/private/secret \"a\")");
    bob.wake();
    bob.server("* METADATA \"Other users/alice/x\" /shared/b /shared/comment").silence();
    // Under the name that it has when it is told.
    run(alice, "SETMETADATA Workspaces/x (/shared/comment \"b\")");
    run(alice, "RENAME Workspaces/x Workspaces/y");
    bob.wake().server("* METADATA \"Other users/alice/y\" /shared/comment").silence();
    // The right to see it is not enough, nor that to read it; what was withheld is not told later.
    for (const std::string rights : {"l", "r", "\"\""}) {
        INFO(rights);
        run(alice, "SETACL Workspaces/y bob lr");
        bob.wake().silence();
        run(alice, "SETMETADATA Workspaces/y (/shared/comment \"before\" /shared/b NIL)");
        run(alice, "SETACL Workspaces/y bob " + rights);
        run(alice, "SETMETADATA Workspaces/y (/shared/comment NIL /shared/b \"b\")");
        bob.wake().silence();
        run(alice, "SETMETADATA Workspaces/y (/shared/comment \"after\")");
        bob.wake().silence();
    }
    run(alice, "SETACL Workspaces/y bob lr");
    bob.wake().silence();
    run(alice, "SETMETADATA Workspaces/y (/shared/comment \"again\")");
    bob.wake().server("* METADATA \"Other users/alice/y\" /shared/comment").silence();
    // Of a mailbox that is gone nothing is told.
    run(alice, "SETMETADATA Workspaces/y (/shared/comment \"last\")");
    run(alice, "DELETE Workspaces/y");
    bob.wake().silence();
}

TEST_CASE("metadata: another user on the same connection hears nothing of what was for the first") {
    Two two;
    auto& [world, alice, other, bob] = two;
    notify(alice, "SET (personal (MailboxMetadataChange))");
    run(other, "SETMETADATA INBOX (/private/secret \"a\")");
    alice.client("u UNAUTHENTICATE").take();
    alice.client("l LOGIN bob secret").take();
    notify(alice, "SET (personal (MailboxMetadataChange))");
    alice.wake().silence();
    run(other, "SETMETADATA INBOX (/private/secret \"b\")");
    alice.wake().silence();
    run(bob, "SETMETADATA INBOX (/private/comment \"b\")");
    alice.wake().server("* METADATA INBOX /private/comment").silence();
}

TEST_CASE("too many entries at once end NOTIFY, and only those that are asked for count") {
    Two two;
    auto& [world, alice, other, bob] = two;
    world.backend->most_news = 5;
    notify(alice, "SET (inboxes (MailboxMetadataChange))");
    for (int i = 0; i < 20; ++i) {
        run(other, fmt::format("SETMETADATA Workspaces/x (/private/{} \"a\")", i));
        run(bob, fmt::format("SETMETADATA INBOX (/private/{} \"a\")", i));
        run(alice, fmt::format("SETMETADATA INBOX (/private/own{} \"a\")", i));
        run(other, fmt::format("SETMETADATA INBOX (/private/{} \"{}\")", i % 4, i));
    }
    alice.wake();
    alice.server("* METADATA INBOX /private/0 /private/1 /private/2 /private/3").silence();
    for (int i = 0; i < 6; ++i) run(other, fmt::format("SETMETADATA INBOX (/private/{} \"b\")", i));
    alice.wake().server("* OK [NOTIFICATIONOVERFLOW] ...").silence();
    run(other, "SETMETADATA INBOX (/private/0 \"c\")");
    alice.wake().silence();
    notify(alice, "SET (inboxes (MailboxMetadataChange))");
    run(other, "SETMETADATA INBOX (/private/0 \"d\")");
    alice.wake().server("* METADATA INBOX /private/0").silence();
}

TEST_CASE("metadata of a mailbox that the session has not looked at yet is told with it") {
    Two two;
    auto& [world, alice, other, bob] = two;
    notify(alice, "SET (subtree Workspaces (MailboxName MailboxMetadataChange))");
    run(other, "CREATE Workspaces/y");
    run(other, "SETMETADATA Workspaces/y (/private/comment \"a\" /shared/comment \"a\")");
    run(other, "SETMETADATA INBOX (/private/comment \"none of these\")");
    run(bob, "CREATE Workspaces/hidden");
    run(bob, "SETMETADATA Workspaces/hidden (/private/secret \"a\" /shared/secret \"a\")");
    alice.wake().server("* LIST (\\HasNoChildren) \"/\" Workspaces/y");
    alice.server("* METADATA Workspaces/y /shared/comment /private/comment").silence();
    alice.wake().silence();
    // Under a name that belongs to the wishes only now.
    notify(alice, "SET (subtree Workspaces/z (MailboxMetadataChange))");
    run(other, "RENAME Workspaces/y Workspaces/z");
    run(other, "SETMETADATA Workspaces/z (/private/comment \"b\")");
    alice.wake().server("* METADATA Workspaces/z /private/comment").silence();
    // By a subscription, and by the rights that were given.
    notify(alice, "SET (subscribed (MailboxMetadataChange))");
    run(other, "UNSUBSCRIBE Workspaces/x");
    alice.wake().silence();
    run(other, "SETMETADATA Workspaces/x (/private/comment \"a\")");
    run(other, "SUBSCRIBE Workspaces/x");
    run(other, "SETMETADATA Workspaces/x (/private/later \"a\")");
    alice.wake().server("* METADATA Workspaces/x /private/later").silence();
    notify(bob, "SET (subtree \"Other users\" (MailboxMetadataChange))");
    run(alice, "SETACL Workspaces/x bob lr");
    run(alice, "SETMETADATA Workspaces/x (/shared/comment \"b\")");
    bob.wake().server("* METADATA \"Other users/alice/x\" /shared/comment").silence();
    // Who did it himself knows.
    notify(alice, "SET (subtree Workspaces (MailboxMetadataChange))");
    run(alice, "CREATE Workspaces/own");
    run(alice, "SETMETADATA Workspaces/own (/private/comment \"a\")");
    alice.wake().silence();
}

TEST_CASE("a mailbox that comes leaves what counts as too many entries as it was, once looked at") {
    Two two;
    auto& [world, alice, other, bob] = two;
    world.backend->most_news = 5;
    notify(alice, "SET (inboxes (MailboxMetadataChange))");
    run(other, "CREATE Workspaces/y");
    alice.wake().silence();
    for (int i = 0; i < 20; ++i)
        run(other, fmt::format("SETMETADATA Workspaces/y (/private/{} \"a\")", i));
    run(other, "SETMETADATA INBOX (/private/comment \"a\")");
    alice.wake().server("* METADATA INBOX /private/comment").silence();
}

TEST_CASE("a connection is woken for the notes that it tells of, and for no others") {
    Two two;
    auto& [world, alice, other, bob] = two;
    notify(alice, "SET (inboxes (MailboxMetadataChange SubscriptionChange))");
    const auto all = world.cache->mailboxes().value();
    const auto inbox = std::ranges::find(*all, "INBOX", &store::Mailbox::name)->id;
    const auto wakes = [&](store::NoteName note) {
        return alice.session.watch().concerns({.mailboxes = {}, .notes = {std::move(note)}});
    };
    CHECK(wakes({"alice", inbox, "/x"}));
    CHECK(wakes({"", inbox, "/x"}));
    CHECK_FALSE(wakes({"bob", inbox, "/x"}));
    CHECK_FALSE(wakes({"alice", store::the_server, "/x"}));
    CHECK_FALSE(wakes({"", MailboxId{999}, "/x"}));
}

TEST_CASE("many entries of one mailbox are told in lines of a bearable length") {
    Two two;
    auto& [world, alice, other, bob] = two;
    notify(alice, "SET (personal (MailboxMetadataChange))");
    const std::string stem(150, 'n');
    std::string values;
    for (int i = 10; i < 99; ++i) values += fmt::format(" /private/{}{} \"v\"", stem, i);
    run(other, "SETMETADATA INBOX (" + values.substr(1) + ")");
    alice.wake();
    int lines = 0, entries = 0;
    std::string told = alice.take();
    for (std::size_t end = 0; (end = told.find("\r\n")) != told.npos; told.erase(0, end + 2)) {
        ++lines;
        CHECK(end < 8'000);
        CHECK(told.starts_with("* METADATA INBOX /private/n"));
        for (auto at = told.find(" /"); at < end; at = told.find(" /", at + 1)) ++entries;
    }
    CHECK(lines == 3);
    CHECK(entries == 89);
}

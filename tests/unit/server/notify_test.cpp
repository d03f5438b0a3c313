// NOTIFY (RFC 5465): what is told by itself, of the selected mailbox and of all others, and what is
// not.
#include <catch2/catch.hpp>

#include <algorithm>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

const std::string all = "(MessageNew MessageExpunge FlagChange)";

std::string letter(const std::string& subject) {
    return mail("Subject: " + subject + "\n\nx\n");
}

Script& notify(Script& script, const std::string& wishes) {
    return script.client("n NOTIFY " + wishes).server("n OK ...").silence();
}

}  // namespace

TEST_CASE("which events go together, and where (RFC 5465 5, 6.1)") {
    World world;
    Script script(world);
    script.login();
    struct Row {
        std::string command, answer;
    };
    const std::vector<Row> rows = {
        {"NONE", "OK ..."},
        {"SET (selected " + all + ")", "OK ..."},
        {"SET (SELECTED-DELAYED (MessageNew (UID BODY.PEEK[HEADER]) MessageExpunge))", "OK ..."},
        {"set status (personal (messagenew messageexpunge))", "..."},
        {"SET (inboxes NONE) (subtree (INBOX alice) (MailboxName SubscriptionChange))", "OK ..."},
        {"SET (selected (MessageNew))", "BAD ..."},
        {"SET (personal (MessageExpunge))", "BAD ..."},
        {"SET (personal (FlagChange MailboxName))", "BAD ..."},
        {"SET (selected (MailboxName))", "BAD ..."},
        {"SET (selected " + all + ") (selected-delayed " + all + ")", "BAD ..."},
        {"SET (personal (MessageNew (UID) MessageExpunge))", "BAD ..."},
        {"SET (personal (MessageExpunge (UID) MessageNew))", "BAD ..."},
        {"SET (personal (AnnotationChange))", "NO [BADEVENT (MessageNew ...)] ..."},
        {"SET (personal (MailboxMetadataChange ServerMetadataChange))", "OK ..."},
        {"SET (selected (MailboxMetadataChange))", "BAD ..."},
        {"SET (selected-delayed (ServerMetadataChange))", "BAD ..."},
        {"SET (nowhere (MailboxName))", "BAD ..."},
        {"SET", "BAD ..."},
    };
    for (const Row& row : rows) {
        INFO(row.command);
        const std::string answer = script.client("a NOTIFY " + row.command).take();
        CHECK(answer.find("a " + row.answer.substr(0, row.answer.find("..."))) != answer.npos);
    }
    std::string many = "SET (mailboxes (";
    for (int i = 0; i < 600; ++i) many += "x ";
    script.client("b NOTIFY " + many + "x) (MailboxName))").server("b NO [LIMIT] ...").silence();
}

TEST_CASE("SELECTED-DELAYED tells what is new at once, and what is gone when it is asked") {
    World world;
    for (std::uint32_t uid = 1; uid <= 3; ++uid) world.add("INBOX", uid, {letter("x")});
    Script script(world);
    script.login().select("INBOX");
    notify(script,
           "SET (selected-delayed (MessageNew (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)]) "
           "MessageExpunge FlagChange))");
    world.vanish("INBOX", 1);
    world.flag("INBOX", 2, {"\\Flagged"});
    world.add("INBOX", 4, {letter("new")});
    script.wake().server("* 4 EXISTS").server("* 2 FETCH (UID 2 FLAGS (\\Flagged))");
    script.server("* 4 FETCH (UID 4 BODY[HEADER.FIELDS (SUBJECT)] {16}");
    script.server("Subject: new").server("").server(")").silence();
    script.wake().silence();
    script.client("a FETCH 1:4 UID").server("* 1 FETCH (UID 1)").server("* 2 FETCH (UID 2)");
    script.server("* 3 FETCH (UID 3)").server("* 4 FETCH (UID 4)").server("a OK ...").silence();
    script.client("b NOOP").server("* 1 EXPUNGE").server("b OK ...").silence();
    // What a command brings to light is shown behind its answer.
    world.add("INBOX", 5, {letter("late")});
    script.client("c NOOP").server("* 4 EXISTS").server("c OK ...");
    script.server("* 4 FETCH (UID 5 BODY[HEADER.FIELDS (SUBJECT)] {17}").take();
    script.client("d IDLE").server("+ ...");
    world.vanish("INBOX", 2);
    script.wake().server("* 1 EXPUNGE").silence();
    script.client("DONE").server("d OK ...").silence();
}

TEST_CASE("SELECTED tells what is gone at once; without FlagChange flags are passed over") {
    World world;
    for (std::uint32_t uid = 1; uid <= 3; ++uid) world.add("INBOX", uid, {letter("x")});
    Script script(world);
    script.login().select("INBOX");
    notify(script, "SET (selected (MessageNew MessageExpunge))");
    world.vanish("INBOX", 1);
    world.flag("INBOX", 2, {"\\Flagged"});
    script.wake().server("* 1 EXPUNGE").silence();
    world.flag("INBOX", 3, {"\\Seen"});
    script.wake().silence();
    script.client("a FETCH 1 FLAGS").server("* 1 FETCH (FLAGS (\\Flagged))").server("a OK ...");
    script.silence();
}

TEST_CASE("after NOTIFY NONE nothing is told but what the client does itself") {
    World world;
    Script script(world);
    script.login().client("a CREATE Workspaces/x").take();
    script.client("b APPEND Workspaces/x {1+}\r\nx {1+}\r\ny").take();
    script.client("c SELECT Workspaces/x").take();
    notify(script, "NONE");
    script.client("d APPEND Workspaces/x {1+}\r\nz").server("d OK ...").silence();
    script.client("e NOOP").server("e OK ...").silence();
    script.client("f STORE 1 +FLAGS (\\Deleted)")
        .server("* 1 FETCH (UID 1 FLAGS (\\Deleted))")
        .server("f OK ...");
    script.client("g EXPUNGE").server("* 1 EXPUNGE").server("* 2 EXISTS").server("g OK ...");
    script.client("h SELECT Workspaces/x").take();
    script.client("i APPEND Workspaces/x {1+}\r\nz").server("i OK ...").silence();
}

TEST_CASE("messages of other mailboxes are told by STATUS (RFC 5465 5.1 to 5.3)") {
    World world;
    world.list("Lists/A");
    world.list("Lists/B");
    world.add("Lists/A", 1, {letter("x")});
    Script script(world);
    script.login().select("INBOX");
    notify(script, "SET (selected " + all +
                       ") (mailboxes alice/Lists/B NONE) (subtree alice/Lists " + all +
                       ") (inboxes (MessageNew MessageExpunge))");
    world.add("Lists/A", 2, {letter("y")});
    world.add("Lists/B", 1, {letter("y")});
    script.wake();
    script.server("* STATUS alice/Lists/A (MESSAGES 2 UIDNEXT 3 UIDVALIDITY ... UNSEEN 2)")
        .silence();
    script.wake().silence();
    world.flag("Lists/A", 1, {"\\Seen"});
    script.wake().server("* STATUS alice/Lists/A (MESSAGES 2 ... UNSEEN 1)").silence();
    world.vanish("Lists/A", 1);
    script.wake().server("* STATUS alice/Lists/A (MESSAGES 1 UIDNEXT 3 ... UNSEEN 1)").silence();
    // The selected mailbox is told of as such, and by STATUS once it is not selected.
    world.add("INBOX", 1, {letter("z")});
    script.wake().server("* 1 EXISTS").silence();
    script.client("a UNSELECT").server("a OK ...").wake().silence();
    world.add("INBOX", 2, {letter("z")});
    script.wake().server("* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY ...)").silence();
    world.flag("INBOX", 1, {"\\Seen"});
    script.wake().silence();
    script.client("b ENABLE CONDSTORE").take();
    world.flag("Lists/A", 2, {"work"});
    script.wake().server("* STATUS alice/Lists/A (... UNSEEN 1 HIGHESTMODSEQ ...)").silence();
}

TEST_CASE("a mailbox may belong to several groups, until one says NONE (RFC 5465 6)") {
    World world;
    world.list("Lists/A");
    Script script(world), other(world);
    script.login();
    other.login();
    notify(script,
           "SET (mailboxes alice/Lists/A NONE) (mailboxes INBOX (Messagenew messageExpunge)) "
           "(personal (SubscriptionChange)) (inboxes NONE) (personal " +
               all + ")");
    world.add("INBOX", 1, {letter("x")});
    world.add("Lists/A", 1, {letter("x")});
    script.wake();
    script.server("* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY ...)");
    script.server("* STATUS \"All mail/alice\" (MESSAGES 1 ... UNSEEN 1)").silence();
    other.client("a UNSUBSCRIBE INBOX").take();
    other.client("b UNSUBSCRIBE alice/Lists/A").take();
    script.wake().server("* LIST (\\HasNoChildren) \"/\" INBOX").silence();
    world.flag("INBOX", 1, {"\\Seen"});
    script.wake().server("* STATUS \"All mail/alice\" (MESSAGES 1 ... UNSEEN 0)").silence();
}

TEST_CASE("who may see a mailbox and not read it is told so (RFC 5465 3.1)") {
    World world;
    world.users.push_back({"bob", "secret", {}});
    Script alice(world), bob(world);
    alice.login();
    bob.client("l LOGIN bob secret").take();
    for (const std::string name : {"hidden", "read", "seen"})
        alice.client("a CREATE Workspaces/" + name).take();
    alice.client("b SETACL Workspaces/seen bob l").take();
    alice.client("c SETACL Workspaces/read bob lr").take();
    for (const std::string& events : {all, std::string("(MailboxMetadataChange)")}) {
        bob.client("a NOTIFY SET (subtree \"Other users\" " + events + ")");
        bob.server("* LIST (\\HasNoChildren \\NoAccess) \"/\" \"Other users/alice/seen\"");
        bob.server("a OK ...").silence();
    }
    notify(bob, "SET (subtree \"Other users\" (MailboxName))");
}

TEST_CASE(
    "\"All mail\" is told of by STATUS where it is named, whichever of its mailboxes changes") {
    World world;
    world.list("INBOX", {}, "bob");
    world.users.front().accounts = {"alice", "bob"};
    Changes changes(world);
    Script script(world), other(world);
    script.login();
    other.login();
    script.client("a NOTIFY SET STATUS (mailboxes \"All mail\" " + all + ")")
        .server("* STATUS \"All mail\" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY ... UNSEEN 0)")
        .server("a OK ...")
        .silence();
    world.add("INBOX", 1, {letter("x")});
    CHECK(changes.wake(script));
    script.wake();
    script.server("* STATUS \"All mail\" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY ... UNSEEN 1)")
        .silence();
    world.add("INBOX", 1, {letter("y")}, "bob");
    CHECK(changes.wake(script));
    script.wake().server("* STATUS \"All mail\" (MESSAGES 2 UIDNEXT 3 ... UNSEEN 2)").silence();
    world.flag("INBOX", 1, {"\\Seen"});
    CHECK(changes.wake(script));
    script.wake().server("* STATUS \"All mail\" (MESSAGES 2 ... UNSEEN 1)").silence();
    // The first message in a workspace makes it one of them.
    other.client("b APPEND Workspaces/x {1+}\r\nz").server("b NO [TRYCREATE] ...");
    other.client("c CREATE Workspaces/x").take();
    other.client("d APPEND Workspaces/x {1+}\r\nz").take();
    CHECK(changes.wake(script));
    script.wake().server("* STATUS \"All mail\" (MESSAGES 3 ...)").silence();
    other.client("e APPEND Workspaces/x {1+}\r\ny").take();
    CHECK(changes.wake(script));
    script.wake().server("* STATUS \"All mail\" (MESSAGES 4 ...)").silence();
    // The same once more changes nothing that a client sees, nor does what is none of it.
    other.client("f APPEND Workspaces/x {1+}\r\ny").take();
    script.wake().silence();
    world.list("INBOX", {}, "carol");
    world.add("INBOX", 1, {letter("z")}, "carol");
    script.wake().silence();
    // Who has it selected is told of it as such; who does not name it, not at all.
    script.client("h SELECT \"All mail\"").take();
    world.add("INBOX", 2, {letter("n")});
    script.wake().silence();
    notify(script, "SET (personal " + all + ")");
    world.vanish("INBOX", 2);
    script.wake().server("* STATUS INBOX (MESSAGES 1 ...)");
    CHECK_FALSE(script.take().contains("\"All mail\""));
}

TEST_CASE("NOTIFY SET STATUS tells how it is now first (RFC 5465 3.1)") {
    World world;
    world.list("Lists/A");
    world.add("INBOX", 1, {letter("x")});
    Script script(world);
    script.login().select("INBOX");
    script
        .client("a NOTIFY SET STATUS (selected " + all + ") (personal (MessageNew MessageExpunge))")
        .server("* STATUS \"All mail/alice\" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY ...)")
        .server("* STATUS alice/Lists/A (MESSAGES 0 UIDNEXT 1 UIDVALIDITY ...)")
        .server("a OK ...")
        .silence();
}

TEST_CASE("mailboxes that come, go and change their names, and subscriptions (RFC 5465 5.4, 5.5)") {
    World world;
    Script script(world), other(world);
    script.login();
    other.login();
    notify(script, "SET (personal (MailboxName SubscriptionChange))");
    other.client("a CREATE Workspaces/a").take();
    script.wake();
    script.server("* LIST (\\NoSelect \\HasChildren) \"/\" Workspaces");
    script.server("* LIST (\\HasNoChildren) \"/\" Workspaces/a").silence();
    other.client("b RENAME Workspaces/a Workspaces/b").take();
    script.wake()
        .server("* LIST (\\HasNoChildren) \"/\" Workspaces/b (\"OLDNAME\" (Workspaces/a))")
        .silence();
    other.client("c UNSUBSCRIBE Workspaces/b").take();
    script.wake().server("* LIST (\\HasNoChildren) \"/\" Workspaces/b").silence();
    other.client("d SUBSCRIBE Workspaces/b").take();
    script.wake().server("* LIST (\\HasNoChildren \\Subscribed) \"/\" Workspaces/b").silence();
    other.client("e APPEND Workspaces/b {1+}\r\nx").take();
    script.wake().server("* LIST (\\HasNoChildren) \"/\" \"All mail/Workspaces\"").silence();
    other.client("f DELETE Workspaces/b").take();
    script.wake();
    script.server("* LIST (\\NonExistent) \"/\" Workspaces");
    script.server("* LIST (\\NonExistent) \"/\" Workspaces/b").silence();
    world.list("New");
    script.wake().server("* LIST (\\NoSelect \\HasChildren) \"/\" alice");
    script.server("* LIST (\\HasNoChildren) \"/\" alice/New").silence();
}

TEST_CASE("a subscription wakes its user's sessions, whatever was committed with it") {
    World world;
    world.users.push_back({"bob", "secret", {"alice"}});
    world.list("Work");
    Changes changes(world);
    Script script(world), bob(world);
    script.login();
    bob.client("l LOGIN bob secret").take();
    for (Script* each : {&script, &bob}) notify(*each, "SET (inboxes (SubscriptionChange))");
    const auto store = [&](std::vector<store::Fact> facts) {
        REQUIRE(world.archive->ingest({}, std::move(facts)));
    };
    const store::FlagsSeen other{{"alice", "Work", UidValidity{7}}, Uid{1}, {"\\Seen"}, ModSeq{}};
    world.add("Work", 1, {letter("x")});
    CHECK_FALSE(changes.wake(script));
    store({other, store::Subscribed{"alice", "INBOX", false}});
    CHECK(changes.wake(script));
    script.wake().server("* LIST (\\HasNoChildren) \"/\" INBOX").silence();
    store({store::Subscribed{"alice", "INBOX", true}});
    CHECK(changes.wake(script));
    script.wake().server("* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX").silence();
    CHECK_FALSE(changes.wake(bob));
    // What is subscribed to may be what the wishes go by.
    notify(script, "SET (subscribed " + all + ")");
    store({store::Subscribed{"alice", "INBOX", false}});
    CHECK(changes.wake(script));
    // What changes nothing of that is none: a record of an access, for one.
    notify(script, "SET (inboxes (SubscriptionChange))");
    store::Accessed access;
    access.user = "alice";
    store({access});
    CHECK_FALSE(changes.wake(script));
}

TEST_CASE("nobody hears of a mailbox that is not for him (RFC 5465 9)") {
    World world;
    world.users.push_back({"bob", "secret", {}});
    Script alice(world), bob(world);
    alice.login().client("a CREATE Workspaces/x").take();
    bob.client("l LOGIN bob secret").take();
    notify(bob, "SET (subtree \"Other users\" (MessageNew MessageExpunge MailboxName))");
    alice.client("b APPEND Workspaces/x {1+}\r\nx").take();
    alice.client("c RENAME Workspaces/x Workspaces/y").take();
    bob.wake().silence();
    alice.client("d SETACL Workspaces/y bob r").take();  // he may read it, but not see it
    alice.client("e APPEND Workspaces/y {1+}\r\nx").take();
    bob.wake().silence();
    alice.client("f SETACL Workspaces/y bob lr").take();
    bob.wake();
    const std::string found = bob.take();
    CHECK(
        found.contains("* LIST (\\HasNoChildren) \"/\" \"Other users/alice/y\"\r\n"
                       "* STATUS \"Other users/alice/y\" (MESSAGES 2 UIDNEXT 3 "));
    alice.client("g APPEND Workspaces/y {1+}\r\nx").take();
    bob.wake().server("* STATUS \"Other users/alice/y\" (MESSAGES 3 ...)").silence();
    alice.client("h SETACL Workspaces/y bob l").take();
    bob.wake().silence();
    alice.client("i APPEND Workspaces/y {1+}\r\nx").take();
    bob.wake().silence();
    alice.client("j DELETEACL Workspaces/y bob").take();
    bob.wake();
    CHECK(bob.take().ends_with("* LIST (\\NonExistent) \"/\" \"Other users/alice/y\"\r\n"));
    alice.client("k RENAME Workspaces/y Workspaces/z").take();
    bob.wake().silence();
}

TEST_CASE("too much news at once ends it with NOTIFICATIONOVERFLOW (RFC 5465 5.8)") {
    World world;
    world.backend->most_news = 4;
    Script script(world);
    script.login().select("INBOX");
    notify(script, "SET (selected " + all + ") (personal (MailboxName))");
    for (const std::string name : {"a", "b", "c"}) world.list(name);
    script.wake().take();
    for (const std::string name : {"d", "e", "f", "g", "h"}) world.list(name);
    script.wake().server("* OK [NOTIFICATIONOVERFLOW] ...").silence();
    world.list("i");
    world.add("INBOX", 1, {letter("x")});
    script.wake().silence();
    script.client("a NOTIFY SET STATUS (personal (MessageNew MessageExpunge))")
        .server("a NO [NOTIFICATIONOVERFLOW] ...")
        .silence();
    script.client("b UNAUTHENTICATE").server("b OK ...").take();
    script.login().client("c SELECT INBOX").take();
    world.add("INBOX", 2, {letter("x")});
    script.client("d NOOP").server("* 2 EXISTS").server("d OK ...").silence();
}

TEST_CASE("news speak as the session does: UTF-8, UIDs") {
    World world;
    world.list("Entw\xc3\xbcrfe");
    Script script(world);
    script.login().client("a ENABLE IMAP4rev2 UIDONLY").take();
    script.client("b SELECT INBOX").take();
    notify(script,
           "SET (selected (MessageNew (FLAGS) MessageExpunge)) (mailboxes "
           "\"alice/Entw\xc3\xbcrfe\" " +
               all + ")");
    world.add("INBOX", 7, {letter("x")});
    world.add("Entw\xc3\xbcrfe", 7, {letter("x")});
    script.wake();
    script.server("* 1 EXISTS").server("* STATUS \"alice/Entw\xc3\xbcrfe\" (MESSAGES 1 ...)");
    script.server("* 1 UIDFETCH (FLAGS ())").silence();
    world.vanish("INBOX", 7);
    script.wake().server("* VANISHED 1").silence();
}

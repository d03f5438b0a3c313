// Access control (RFC 4314, 8440) as clients meet it: workspaces that are shared, and mailboxes that
// are granted.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

constexpr const char* letter = "Subject: a\r\n\r\nhello\r\n";  // 21 octets

// alice with a workspace that holds two messages; bob, of the group team.
struct Two {
    Two() {
        world.users.push_back(
            {.name = "bob", .password_hash = "secret", .accounts = {"alice"}, .groups = {"team"}});
        alice.emplace(world);
        alice->login().client("c CREATE Workspaces/Matter").server("c OK ...");
        for (int i = 0; i < 2; ++i)
            alice->client(fmt::format("p APPEND Workspaces/Matter {{21+}}\r\n{}", letter)).take();
        bob.emplace(world);
        bob->client("l LOGIN bob secret").server("l OK ...");
    }
    void give(const std::string& rights) {
        alice->client("g SETACL Workspaces/Matter bob \"" + rights + "\"").server("g OK ...");
    }
    World world;
    std::optional<Script> alice, bob;
};

constexpr const char* matter = "\"Other users/alice/Matter\"";

}  // namespace

TEST_CASE("SETACL, GETACL, DELETEACL: the examples of RFC 4314 2.1.1, 3.1 and 3.2") {
    World world;
    Script script(world);
    script.login().client("a CREATE Workspaces/Drafts").server("a OK ...");
    script.client("A001 SeTacl Workspaces/Drafts David lrswida").server("A001 OK ...");
    script.client("A003 Setacl Workspaces/Drafts Byron lrswikda").server("A003 OK ...");
    script.client("A002 getacl Workspaces/Drafts")
        .server("* ACL Workspaces/Drafts alice lrswipkxteacd Byron lrswikteacd David lrswitead")
        .server("A002 OK ...");
    script.client("A001 SETACL Workspaces/Drafts Chris lrswi").server("A001 OK ...");
    script.client("A002 SETACL Workspaces/Drafts Chris +cda").server("A002 OK ...");
    script.client("A004 SETACL Workspaces/Drafts Byron -lrswd").server("A004 OK ...");
    script.client("B002 DeleteAcl Workspaces/Drafts David").server("B002 OK ...");
    script.client("A003 GETACL Workspaces/Drafts")
        .server("* ACL Workspaces/Drafts alice lrswipkxteacd Byron ikac Chris lrswikxteacd")
        .server("A003 OK ...");
    script.client("A035 SETACL Workspaces/Drafts John lrQswicda").server("A035 BAD ...");
    script.client("A036 SETACL Workspaces/Drafts John lrqswicda").server("A036 BAD ...");
    script.client("A037 SETACL Workspaces/Drafts \"\" lr").server("A037 BAD ...");
    script.client("A038 SETACL Workspaces/Drafts alice lr").server("A038 NO [CANNOT] ...");
    script.client("A039 SETACL Workspaces/None Chris lr").server("A039 NO [NONEXISTENT] ...");
    script.client("A040 SETACL INBOX Chris lr").server("A040 NO [NOPERM] ...");
    script.client("A041 GETACL INBOX").server("A041 NO [NOPERM] ...");
    script.client("a001 LISTRIGHTS Workspaces/Drafts smith")
        .server("* LISTRIGHTS Workspaces/Drafts smith \"\" l r s w i p k x t e a c d")
        .server("a001 OK ...");
    script.client("a002 LISTRIGHTS Workspaces/Drafts alice")
        .server("* LISTRIGHTS Workspaces/Drafts alice lrswipkxteacd")
        .server("a002 OK ...");
    script.client("a003 MYRIGHTS INBOX").server("* MYRIGHTS INBOX lr").server("a003 OK ...");
    script.client("a004 MYRIGHTS None").server("a004 NO [NONEXISTENT] ...").silence();
    world.backend->personal_flags = true;
    script.client("a005 MYRIGHTS INBOX").server("* MYRIGHTS INBOX lrsw").server("a005 OK ...");
}

TEST_CASE("a shared workspace is seen by whom it is shared with, under its owner's name") {
    Two two;
    auto& bob = *two.bob;
    bob.client("a NAMESPACE")
        .server("* NAMESPACE ((\"\" \"/\")) ((\"Other users/\" \"/\")) NIL")
        .server("a OK ...");
    bob.client(fmt::format("b SELECT {}", matter)).server("b NO [NONEXISTENT] ...");
    bob.client(fmt::format("c MYRIGHTS {}", matter)).server("c NO [NONEXISTENT] ...");
    two.alice->client("g SETACL Workspaces/Matter $team l").server("g OK ...");
    bob.client("d LIST \"\" \"Other*\" RETURN (MYRIGHTS STATUS (MESSAGES))")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" \"Other users\"")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" \"Other users/alice\"")
        .server("* LIST (\\HasNoChildren) \"/\" \"Other users/alice/Matter\"")
        .server("* MYRIGHTS \"Other users/alice/Matter\" l")
        .server("d OK ...")
        .silence();
    bob.client(fmt::format("e SELECT {}", matter)).server("e NO [NOPERM] ...");
    bob.client(fmt::format("f STATUS {} (MESSAGES)", matter)).server("f NO [NOPERM] ...");
    two.give("r");  // and "l" by the group
    bob.client(fmt::format("h STATUS {} (MESSAGES)", matter))
        .server("* STATUS \"Other users/alice/Matter\" (MESSAGES 2)")
        .server("h OK ...");
    bob.client(fmt::format("i SELECT {}", matter))
        .server("* FLAGS ...")
        .server("* OK [PERMANENTFLAGS ()] ...");
    CHECK_THAT(bob.take(), Catch::EndsWith("i OK [READ-ONLY] Selected\r\n"));
    bob.client("j STORE 1 +FLAGS (\\Seen)").server("j NO [NOPERM] ...");
    bob.client("k FETCH 1 BODY[TEXT]").server("* 1 FETCH (BODY[TEXT] {7}").take();
    bob.client("m EXPUNGE").server("m NO [NOPERM] ...");
    bob.client("n MOVE 1 Workspaces/x").server("n NO [NOPERM] ...");
    bob.client(fmt::format("o GETACL {}", matter)).server("o NO [NOPERM] ...");
    bob.client(fmt::format("p APPEND {} {{1+}}\r\nx", matter)).server("p NO [NOPERM] ...");
    bob.client(fmt::format("q DELETE {}", matter)).server("q NO [NOPERM] ...");
    bob.client("r CREATE \"Other users/alice/Matter/Sub\"").server("r NO [NOPERM] ...");
    bob.client("s CREATE \"Other users/alice/New\"").server("s NO [NOPERM] ...");
    bob.client("t CREATE \"Other users/bob/New\"").server("t NO [CANNOT] ...");
    // Negative rights.
    two.alice->client("h SETACL Workspaces/Matter -$team l").server("h OK ...");
    bob.client("u LIST \"\" \"Other*\"").server("u OK ...").silence();
    bob.client(fmt::format("v LIST \"\" {} RETURN (MYRIGHTS)", matter))
        .server("v OK ...")
        .silence();
}

TEST_CASE("flags in a shared workspace change as far as rights go (RFC 4314 4, 5.1.1)") {
    Two two;
    auto& bob = *two.bob;
    two.give("lrw");
    bob.client(fmt::format("a SELECT {}", matter))
        .server("* FLAGS ...")
        .server("* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\*)] ...");
    CHECK_THAT(bob.take(), Catch::EndsWith("a OK [READ-WRITE] Selected\r\n"));
    bob.client("b STORE 1 +FLAGS (\\Seen \\Deleted \\Flagged)")
        .server("* 1 FETCH (UID 1 FLAGS (\\Flagged))")
        .server("b OK ...");
    bob.client("c STORE 1 +FLAGS (\\Seen)").server("c NO [NOPERM] ...").silence();
    bob.client("d FETCH 2 BODY[TEXT]").take();
    bob.client("e SEARCH SEEN").server("* SEARCH").server("e OK ...");
    // What he may is told anew when it changes.
    two.give("lrstei");
    bob.client("f NOOP")
        .server("* FLAGS ...")
        .server("* OK [PERMANENTFLAGS (\\Deleted \\Seen)] ...")
        .server("f OK ...")
        .silence();
    bob.client("g STORE 1 +FLAGS (\\Deleted)")
        .server("* 1 FETCH (UID 1 FLAGS (\\Deleted \\Flagged))")
        .server("g OK ...");
    bob.client("h EXPUNGE").server("* 1 EXPUNGE").server("h OK ...");
    bob.client(fmt::format("i COPY 1 {}", matter)).server("* 2 EXISTS");
    bob.server("i OK [COPYUID ... 2 3] ...");
    bob.client("j UNSELECT").take();
    two.give("lrt");
    bob.client(fmt::format("k SELECT {}", matter)).take();
    bob.client("l STORE 1 +FLAGS.SILENT (\\Deleted)").server("l OK ...");
    bob.client("m CLOSE").server("m OK ...");  // without "e" nothing is expunged
    bob.client(fmt::format("n STATUS {} (MESSAGES)", matter))
        .server("* STATUS \"Other users/alice/Matter\" (MESSAGES 2)")
        .server("n OK ...");
}

TEST_CASE("CREATE, RENAME and DELETE below a shared workspace; the list is taken over") {
    Two two;
    auto& bob = *two.bob;
    two.give("lrikxa");
    bob.client("a CREATE \"Other users/alice/Matter/Sub\"").server("a OK [MAILBOXID (F...)] ...");
    bob.client("b GETACL \"Other users/alice/Matter/Sub\"")
        .server("* ACL \"Other users/alice/Matter/Sub\" alice lrswipkxteacd bob lrikxac")
        .server("b OK ...");
    bob.client("c RENAME \"Other users/alice/Matter/Sub\" Workspaces/Mine")
        .server("c NO [CANNOT] ...");
    bob.client("d RENAME \"Other users/alice/Matter/Sub\" \"Other users/alice/Top\"")
        .server("d NO [NOPERM] ...");
    bob.client("e RENAME \"Other users/alice/Matter/Sub\" \"Other users/alice/Matter/Next\"")
        .server("e OK ...");
    bob.client("f SETACL \"Other users/alice/Matter/Next\" anyone lr").server("f OK ...");
    two.alice->client("f LIST \"\" Workspaces/*")
        .server("* LIST (\\HasChildren) \"/\" Workspaces/Matter")
        .server("* LIST (\\HasNoChildren) \"/\" Workspaces/Matter/Next")
        .server("f OK ...");
    bob.client("g DELETE \"Other users/alice/Matter/Next\"").server("g OK ...");
}

TEST_CASE("a right to read that is taken back ends the session that reads, at once") {
    Two two;
    two.give("lr");
    Script idling(two.world);
    idling.client("l LOGIN bob secret").server("l OK ...");
    idling.client(fmt::format("a SELECT {}", matter)).take();
    idling.client("b IDLE").server("+ ...");
    two.bob->client(fmt::format("a SELECT {}", matter)).take();
    SECTION("by its owner") {
        two.alice->client("x DELETEACL Workspaces/Matter bob").server("x OK ...");
    }
    SECTION("with the workspace") {
        two.alice->client("x DELETE Workspaces/Matter").server("x OK ...");
    }
    idling.wake().server("* BYE ...").closed();
    two.bob->client("b FETCH 1:* (BODY.PEEK[])").server("* BYE ...").closed();
    // The owner goes on.
    two.alice->client("y NOOP").server("y OK ...");
}

TEST_CASE("whom some mailboxes of an account are granted sees these, and never all of its mail") {
    World world;
    world.list("Work/2024");
    world.list("Private");
    world.add("Work/2024", 1, {mail("Subject: seen\n\nx\n")});
    world.add("Work/2024", 2, {mail("Subject: gone\n\nx\n")});
    world.add("Private", 1, {mail("Subject: private\n\nx\n")});
    world.add("Private", 2, {mail("Subject: gone too\n\nx\n")});
    world.vanish("Work/2024", 2);
    world.vanish("Private", 2);
    world.users.push_back({.name = "audit",
                           .password_hash = "secret",
                           .accounts = {},
                           .grants = {{"alice", {"Work/*", "Nothing"}}}});
    Script auditor(world);
    auditor.client("l LOGIN audit secret").server("l OK ...");
    auditor.client("a LIST \"\" *")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" \"Ever seen\"")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" \"Ever seen/alice\"")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" \"Ever seen/alice/Work\"")
        .server("* LIST (\\HasNoChildren) \"/\" \"Ever seen/alice/Work/2024\"")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" alice")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" alice/Work")
        .server("* LIST (\\HasNoChildren) \"/\" alice/Work/2024")
        .server("a OK ...")
        .silence();
    for (const auto* hidden : {"INBOX", "alice/Private", "\"Ever seen/alice/Private\"",
                               "\"All mail/alice\"", "alice/INBOX"}) {
        auditor.client(fmt::format("b SELECT {}", hidden)).server("b NO [NONEXISTENT] ...");
        auditor.client(fmt::format("c STATUS {} (MESSAGES)", hidden));
        auditor.server("c NO [NONEXISTENT] ...");
        auditor.client(fmt::format("d MYRIGHTS {}", hidden)).server("d NO [NONEXISTENT] ...");
    }
    auditor.client("e ESEARCH IN (subtree \"\" personal) SUBJECT \"\"").take();
    auditor.client("f ESEARCH IN (mailboxes (alice/Private alice/Work/2024)) SUBJECT e")
        .server("* ESEARCH (TAG \"f\" MAILBOX alice/Work/2024 UIDVALIDITY ...) UID ALL 1")
        .server("f OK ...")
        .silence();
    auditor.client("g SELECT alice/Work/2024").take();
    auditor.client("h FETCH 1 (BODY.PEEK[])").server("* 1 FETCH (BODY[] {...").take();
}

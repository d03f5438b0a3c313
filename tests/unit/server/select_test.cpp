#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

TEST_CASE("SELECT and EXAMINE tell all that RFC 3501 wants told") {
    World world;
    world.add("INBOX", 10, {mail("Subject: a\n\nb\n"), {"\\Seen", "work"}});
    world.add("INBOX", 11, {mail("Subject: c\n\nd\n")});
    Script script(world);
    script.login();
    for (const std::string command :
         {"SELECT INBOX", "EXAMINE inbox", "SELECT \"INBOX\" (CONDSTORE)"}) {
        script.client("a " + command);
        script.server("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work)");
        script.server("* OK [PERMANENTFLAGS ()] ...").server("* 2 EXISTS").server("* 0 RECENT");
        script.server("* OK [UNSEEN 2] ...")
            .server("* OK [UIDVALIDITY ...] ...")
            .server("* OK [UIDNEXT 3] ...")
            .server("* OK [HIGHESTMODSEQ ...] ...")
            .server("* OK [MAILBOXID (F...)] ...");
        script.server("a OK [READ-ONLY] ...").silence();
    }
}

TEST_CASE("an empty mailbox, and names that cannot be selected") {
    World world;
    world.list("Parent/Child");
    world.list("Closed", {"\\Noselect"});
    Script script(world);
    script.login();
    script.client("a SELECT INBOX")
        .server("* FLAGS ...")
        .server("* OK [PERMANENTFLAGS ()] ...")
        .server("* 0 EXISTS");
    script.server("* 0 RECENT")
        .server("* OK [UIDVALIDITY ...] ...")
        .server("* OK [UIDNEXT 1] ...")
        .server("* OK [HIGHESTMODSEQ ...] ...")
        .server("* OK [MAILBOXID (F...)] ...")
        .server("a OK ...");
    script.client("b FETCH 1:* FLAGS").server("b OK ...").silence();
    script.client("c UID FETCH 1:* FLAGS").server("c OK ...").silence();
    script.client("d SEARCH ALL").server("* SEARCH").server("d OK ...").silence();
    // A failed SELECT leaves nothing selected.
    script.client("e SELECT nowhere")
        .server("e NO [NONEXISTENT] ...")
        .client("f CHECK")
        .server("f BAD ...");
    script.client("g SELECT alice/Parent").server("g NO [CANNOT] ...");
    script.client("h SELECT alice/Closed").server("h NO [CANNOT] ...");
    script.select("alice/Parent/Child")
        .client("i UNSELECT")
        .server("i OK ...")
        .client("j FETCH 1 FLAGS")
        .server("j BAD ...");
    script.silence();
}

TEST_CASE("STATUS of each item") {
    World world;
    world.add("INBOX", 10, {mail("Subject: a\n\nb\n"), {"\\Seen", "\\Deleted"}});
    world.add("INBOX", 11, {mail("Subject: c\n\nd\n")});
    Script script(world);
    script.login();
    script.client("a STATUS inbox (MESSAGES RECENT UIDNEXT UNSEEN SIZE DELETED)");
    script.server("* STATUS INBOX (MESSAGES 2 RECENT 0 UIDNEXT 3 UNSEEN 1 SIZE 34 DELETED 1)")
        .server("a OK ...");
    script.client("b STATUS \"All mail/alice\" (MESSAGES UIDVALIDITY)");
    script.server("* STATUS \"All mail/alice\" (MESSAGES 2 UIDVALIDITY ...)").server("b OK ...");
    script.client("c STATUS \"All mail\" (MESSAGES)").server("c NO [CANNOT] ...");
    script.client("d STATUS nowhere (MESSAGES)").server("d NO [NONEXISTENT] ...");
    script.client("e STATUS INBOX ()").server("e BAD ...").silence();
}

TEST_CASE("all mail keeps what left its mailbox") {
    World world;
    world.add("INBOX", 10, {mail("Subject: a\n\nb\n")});
    world.vanish("INBOX", 10);
    Script script(world);
    script.login().select("INBOX").client("a SEARCH ALL").server("* SEARCH").server("a OK ...");
    script.select("\"All mail/alice\"")
        .client("b FETCH 1 BODY.PEEK[TEXT]")
        .server("* 1 FETCH (BODY[TEXT] {3}");
    script.server("b").server(")").server("b OK ...").silence();
}

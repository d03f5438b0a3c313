// IMAP4rev2 (RFC 9051), point by point of its appendix E, "Changes from RFC 3501": what ENABLE
// IMAP4rev2 switches, in this session alone, and that what it folded in is there.
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

World& filled(World& world) {
    world.list("Entw\xc3\xbcrfe", {"\\Drafts"});
    world.add("INBOX", 1, {mail("Subject: a\n\nb\n"), {"\\Seen"}});
    world.add("INBOX", 2, {mail("Subject: c\n\nd\n")});
    return world;
}

Script& enabled(Script& script) {
    return script.login()
        .client("e ENABLE imap4REV2")
        .server("* ENABLED IMAP4rev2")
        .server("e OK ...")
        .silence();
}

}  // namespace

TEST_CASE("IMAP4rev2 is offered beside IMAP4rev1, and switched on once (RFC 9051 6.3.1)") {
    World world;
    Script script(world);
    script.client("a CAPABILITY").server("* CAPABILITY IMAP4rev1 IMAP4rev2 ...").server("a OK ...");
    enabled(script).client("b ENABLE IMAP4rev2").server("* ENABLED").server("b OK ...").silence();
    script.client("c UNAUTHENTICATE").server("c OK ...").take();
    script.login().client("d SELECT INBOX").take();
    script.client("f SEARCH ALL").server("* SEARCH").server("f OK ...").silence();
}

TEST_CASE("SELECT of IMAP4rev2: LIST and CLOSED, no RECENT and no UNSEEN (E 11 to 14)") {
    World world;
    Script script(filled(world));
    enabled(script);
    script.client("a SELECT inbox")
        .server("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)")
        .server("* OK [PERMANENTFLAGS ()] ...")
        .server("* 2 EXISTS")
        .server("* OK [UIDVALIDITY ...] ...")
        .server("* OK [UIDNEXT 3] ...")
        .server("* OK [HIGHESTMODSEQ ...] ...")
        .server("* OK [MAILBOXID (F...)] ...")
        .server("* LIST (\\HasNoChildren) \"/\" INBOX")
        .server("a OK [READ-ONLY] ...")
        .silence();
    script.client("b EXAMINE \"alice/Entw\xc3\xbcrfe\"").server("* OK [CLOSED] ...");
    CHECK(script.take().contains(
        "* LIST (\\HasNoChildren \\Drafts) \"/\" \"alice/Entw\xc3\xbcrfe\"\r\nb OK [READ-ONLY]"));
    script.client("c SELECT nowhere").server("* OK [CLOSED] ...").server("c NO [NONEXISTENT] ...");
    script.client("d SELECT nowhere").server("d NO [NONEXISTENT] ...").silence();
}

TEST_CASE("SEARCH of IMAP4rev2 is answered with ESEARCH (E 6), and SORT with SORT") {
    World world;
    Script script(filled(world));
    enabled(script).client("s SELECT INBOX").take();
    script.client("a SEARCH ALL").server("* ESEARCH (TAG \"a\") ALL 1:2").server("a OK ...");
    script.client("b UID SEARCH UNSEEN")
        .server("* ESEARCH (TAG \"b\") UID ALL 2")
        .server("b OK ...");
    script.client("c SEARCH SUBJECT none").server("* ESEARCH (TAG \"c\")").server("c OK ...");
    script.client("d UID SEARCH RETURN (COUNT) SUBJECT none")
        .server("* ESEARCH (TAG \"d\") UID COUNT 0")
        .server("d OK ...");
    script.client("e SEARCH RETURN (MIN MAX COUNT) ALL")
        .server("* ESEARCH (TAG \"e\") MIN 1 MAX 2 COUNT 2")
        .server("e OK ...");
    script.client("f SEARCH RETURN () ALL").server("* ESEARCH (TAG \"f\") ALL 1:2");
    script.server("f OK ...");
    script.client("g UID SEARCH CHARSET UTF-8 MODSEQ 1")
        .server("* ESEARCH (TAG \"g\") UID ALL 1:2 MODSEQ ...")
        .server("g OK ...");
    script.client("h SORT (REVERSE SUBJECT) UTF-8 ALL").server("* SORT 2 1").server("h OK ...");
    script.client("i SEARCH CHARSET X-ODD ALL").server("i NO [BADCHARSET ...").silence();
}

TEST_CASE(
    "a saved result is a set in IMAP4rev2's commands, and follows expunges (E 2, SEARCHRES)") {
    World world;
    Script script(filled(world));
    enabled(script).client("s SELECT INBOX").take();
    script.client("a SEARCH RETURN (SAVE) ALL").server("a OK ...").silence();
    world.vanish("INBOX", 1);
    script.client("b NOOP").server("* 1 EXPUNGE").server("b OK ...");
    script.client("c FETCH $ UID").server("* 1 FETCH (UID 2)").server("c OK ...");
    script.client("d UID SEARCH $ UNSEEN").server("* ESEARCH (TAG \"d\") UID ALL 2");
    script.server("d OK ...");
    script.client("e UID SEARCH RETURN (SAVE COUNT) SEEN")
        .server("* ESEARCH (TAG \"e\") UID COUNT 0")
        .server("e OK ...");
    script.client("f UID FETCH $ FLAGS").server("f OK ...").silence();
}

TEST_CASE("names are UTF-8 in IMAP4rev2, and so are strings (E 18)") {
    World world;
    Script script(filled(world)), other(world);
    enabled(script);
    script.client("a LIST \"\" \"alice/Entw\xc3\xbc*\" RETURN (STATUS (MESSAGES) SPECIAL-USE)")
        .server("* LIST (\\HasNoChildren \\Drafts) \"/\" \"alice/Entw\xc3\xbcrfe\"")
        .server("* STATUS \"alice/Entw\xc3\xbcrfe\" (MESSAGES 0)")
        .server("a OK ...");
    script.client("b CREATE Workspaces/R&D").server("b OK [MAILBOXID ...] ...");
    // 19 octets; the header is not ASCII
    script.client("c APPEND Workspaces/R&D {19+}\r\nSubject: \xc3\xa4\r\n\r\nhi\r\n")
        .server("c OK [APPENDUID ... 1] ...");
    script.client("d SELECT Workspaces/R&D").take();
    script.client("f SEARCH SUBJECT \"\xc3\x84\"").server("* ESEARCH (TAG \"f\") ALL 1");
    script.server("f OK ...").silence();
    other.login().client("a STATUS Workspaces/R&-D (MESSAGES)");
    other.server("* STATUS Workspaces/R&-D (MESSAGES 1)").server("a OK ...").silence();
}

TEST_CASE("STATUS knows SIZE and DELETED (E 3), of the selected mailbox too") {
    World world;
    Script script(filled(world));
    enabled(script).client("s SELECT INBOX").take();
    script.client("a STATUS INBOX (SIZE DELETED UNSEEN MESSAGES UIDNEXT UIDVALIDITY)")
        .server("* STATUS INBOX (SIZE 34 DELETED 0 UNSEEN 1 MESSAGES 2 UIDNEXT 3 UIDVALIDITY ...)")
        .server("a OK ...")
        .silence();
}

TEST_CASE("sizes and offsets have 63 bits (E 1)") {
    World world;
    Script script(filled(world));
    enabled(script).client("s SELECT INBOX").take();
    script.client("a SEARCH NOT LARGER 9223372036854775807")
        .server("* ESEARCH (TAG \"a\") ALL 1:2")
        .server("a OK ...");
    script.client("b FETCH 1 BODY.PEEK[]<9223372036854775807.9223372036854775807>")
        .server("* 1 FETCH (BODY[]<9223372036854775807> {0}")
        .server(")")
        .server("b OK ...");
    script.silence();
}

TEST_CASE(
    "COPY and MOVE answer with COPYUID, and do not create (E 9, 10); UIDPLUS, UNSELECT (E 2)") {
    World world;
    Script script(filled(world));
    enabled(script).client("a CREATE Workspaces/a").take();
    script.client("s SELECT INBOX").take();
    script.client("b COPY 1:2 Workspaces/none").server("b NO [TRYCREATE] ...");
    script.client("c COPY 1:2 Workspaces/a").server("c OK [COPYUID ... 1:2 1:2] ...");
    script.client("d UNSELECT").server("d OK ...");
    script.client("e CREATE Workspaces/b").server("e OK ...");
    script.client("f SELECT Workspaces/a").take();
    script.client("g UID MOVE 1 Workspaces/none").server("g NO [TRYCREATE] ...");
    script.client("h UID MOVE 1 Workspaces/b")
        .server("* OK [COPYUID ... 1 1] ...")
        .server("* 1 EXPUNGE")
        .server("h OK ...");
    script.client("i UID STORE 2 +FLAGS.SILENT (\\Deleted)").server("i OK ...");
    script.client("j UID EXPUNGE 1").server("j OK ...");
    script.client("k UID EXPUNGE 2").server("* 1 EXPUNGE").server("k OK ...").silence();
}

TEST_CASE(
    "keywords of RFC 9051 2.3.2 can be set (E 17); a new one needs no new answer but FLAGS (E "
    "15)") {
    World world;
    Script script(filled(world));
    enabled(script).client("a CREATE Workspaces/a").take();
    script.client("b APPEND Workspaces/a ($Forwarded) {1+}\r\nx").server("b OK ...");
    script.client("c SELECT Workspaces/a").server("* FLAGS (... $Forwarded)");
    script.server("* OK [PERMANENTFLAGS (... \\*)] ...").take();
    script.client("d STORE 1 FLAGS ($MDNSent $Junk $NotJunk $Phishing $Important)")
        .server("* FLAGS (...)")
        .server("* 1 FETCH (UID 1 FLAGS ($Important $Junk $MDNSent $NotJunk $Phishing))")
        .server("d OK ...")
        .silence();
}

TEST_CASE("what changes by itself is told with its UID (E 23), while idling too (E 22)") {
    World world;
    Script script(filled(world));
    enabled(script).client("s SELECT INBOX").take();
    script.client("a IDLE").server("+ ...");
    world.flag("INBOX", 2, {"\\Flagged"});
    world.add("INBOX", 3, {mail("Subject: e\n\nf\n")});
    script.wake().server("* 3 EXISTS").server("* 2 FETCH (UID 2 FLAGS (\\Flagged))").silence();
    script.client("DONE").server("a OK ...").silence();
}

TEST_CASE("what IMAP4rev2 dropped goes on for clients of both (E 14, 19 to 21)") {
    World world;
    Script script(filled(world));
    enabled(script).client("s SELECT INBOX").take();
    script.client("a CHECK").server("a OK ...");
    script.client("b FETCH 1 RFC822.TEXT").server("* 1 FETCH (RFC822.TEXT {3}").server("b");
    script.server(")").server("b OK ...");
    script.client("c LSUB \"\" INBOX").server("* LSUB (\\HasNoChildren) \"/\" INBOX");
    script.server("c OK ...");
    script.client("d LIST (SUBSCRIBED) \"\" INBOX")
        .server("* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX")
        .server("d OK ...");
    script.client("e NAMESPACE")
        .server("* NAMESPACE ((\"\" \"/\")) ((\"Other users/\" \"/\")) NIL")
        .server("e OK ...");
    script.client("f FETCH 1 (BINARY.PEEK[1] BINARY.SIZE[1])")
        .server("* 1 FETCH (BINARY[1] {3}")
        .server("b")
        .server(" BINARY.SIZE[1] 3)")
        .server("f OK ...")
        .silence();
}

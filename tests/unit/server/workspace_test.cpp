#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <regex>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

constexpr const char* letter = "Subject: a\r\n\r\nhello\r\n";  // 21 octets

void append(Script& script, const std::string& mailbox, const std::string& flags = "") {
    script.client(fmt::format("p APPEND {} {}{{21+}}\r\n{}", mailbox, flags, letter))
        .server("p OK [APPENDUID ...] ...");
}

// A user of alice's account beside her.
void add_bob(World& world) {
    world.users.push_back({"bob", "secret", {"alice"}});
}

}  // namespace

TEST_CASE("what was put into a user's workspaces stays in his sight, and in his alone") {
    World world;
    add_bob(world);
    Script alice(world), bob(world);
    alice.login();
    bob.client("l LOGIN bob secret").server("l OK ...");
    alice.client("a CREATE Workspaces/W").server("a OK ...");
    alice.client("b LIST \"\" \"All mail/Workspaces\"").server("b OK ...").silence();
    append(alice, "Workspaces/W");
    append(alice, "Workspaces/W");  // the same octets
    alice.client("c DELETE Workspaces/W").server("c OK ...");
    alice.client("d STATUS \"All mail/Workspaces\" (MESSAGES UIDNEXT)")
        .server("* STATUS \"All mail/Workspaces\" (MESSAGES 1 UIDNEXT 2)")
        .server("d OK ...");
    alice.select("\"All mail/Workspaces\"");
    alice.client("f FETCH 1 (UID BODY.PEEK[TEXT])")
        .server("* 1 FETCH (UID 1 BODY[TEXT] {7}")
        .server("hello")
        .server(")")
        .server("f OK ...");
    alice.client("g STORE 1 +FLAGS (\\Seen)").server("g NO [NOPERM] ...");
    alice.client("h SETMETADATA \"All mail/Workspaces\" (/private/comment \"x\")")
        .server("h NO [NOPERM] ...");
    bob.client("a SELECT \"All mail/Workspaces\"").server("a NO [NONEXISTENT] ...");
    bob.client("b LIST \"\" \"All mail/*\"")
        .server("* LIST (...) \"/\" \"All mail/alice\"")
        .server("b OK ...")
        .silence();
}

TEST_CASE("a user makes, lists, renames and deletes workspaces of his own") {
    World world;
    add_bob(world);
    Script alice(world), bob(world);
    alice.login();
    bob.client("l LOGIN bob secret").server("l OK ...");
    alice.client("a CREATE Workspaces/Matter").server("a OK [MAILBOXID (F...)] ...");
    alice.client("b CREATE \"Workspaces/Matter/Sub/\" (USE (\\Drafts))").server("b OK ...");
    alice.client("c CREATE Workspaces/Matter").server("c NO [ALREADYEXISTS] ...");
    alice.client("d CREATE Workspaces").server("d NO [CANNOT] ...");
    alice.client("e CREATE Workspaces/a//b").server("e NO [CANNOT] ...");
    alice.client("f CREATE Elsewhere").server("f NO [NOPERM] ...");
    alice.client("g CREATE Workspaces/x (USE (\\All))").server("g NO [USEATTR] ...");
    alice.client("h LIST \"\" Workspaces*")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" Workspaces")
        .server("* LIST (\\HasChildren) \"/\" Workspaces/Matter")
        .server("* LIST (\\HasNoChildren \\Drafts) \"/\" Workspaces/Matter/Sub")
        .server("h OK ...")
        .silence();
    bob.client("a LIST \"\" Workspaces*").server("a OK ...").silence();
    bob.client("b SELECT Workspaces/Matter").server("b NO [NONEXISTENT] ...");
    bob.client("c CREATE Workspaces/Matter").server("c OK ...");

    alice.client("i RENAME Workspaces/Matter Workspaces/Case").server("i OK ...");
    alice.client("j RENAME Workspaces/Case Workspaces/Case/x").server("j NO [CANNOT] ...");
    alice.client("k RENAME INBOX Workspaces/y").server("k NO [NOPERM] ...");
    alice.client("l RENAME Workspaces/no Workspaces/y").server("l NO [NONEXISTENT] ...");
    alice.client("m DELETE Workspaces/Case").server("m OK ...");
    alice.client("n DELETE Workspaces/Case").server("n NO [CANNOT] ...");
    alice.client("o LIST \"\" Workspaces/*")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" Workspaces/Case")
        .server("* LIST (...) \"/\" Workspaces/Case/Sub")
        .server("o OK ...")
        .silence();
    bob.client("d STATUS Workspaces/Matter (MESSAGES)")
        .server("* STATUS Workspaces/Matter (MESSAGES 0)")
        .server("d OK ...");
}

TEST_CASE("subscriptions are kept for each user") {
    World world;
    add_bob(world);
    world.list("Work");
    Script alice(world), bob(world);
    alice.login();
    bob.client("l LOGIN bob secret").server("l OK ...");
    alice.client("a UNSUBSCRIBE alice/Work").server("a OK ...");
    alice.client("b SUBSCRIBE nothing").server("b NO [NONEXISTENT] ...");
    alice.client("c LSUB \"\" alice/*").server("c OK ...").silence();
    alice.client("d LIST (SUBSCRIBED) \"\" alice/*").server("d OK ...").silence();
    alice.client("e LIST \"\" alice/* RETURN (SUBSCRIBED)")
        .server("* LIST (\\HasNoChildren) \"/\" alice/Work")
        .server("e OK ...");
    bob.client("f LSUB \"\" alice/*").server("* LSUB (...) \"/\" alice/Work").server("f OK ...");
    alice.client("g SUBSCRIBE alice/Work").server("g OK ...");
    alice.client("h LSUB \"\" alice/*").server("* LSUB (...) \"/\" alice/Work").server("h OK ...");
}

TEST_CASE("APPEND archives octet for octet, and tells the UID (RFC 4315)") {
    World world;
    for (const Feed feed : {Feed::whole, Feed::bytewise}) {
        const std::string name = fmt::format("Workspaces/{}", static_cast<int>(feed));
        Script script(world, {.tls = true}, feed);
        script.login().client("a CREATE " + name).server("a OK ...");
        script.client("b APPEND Workspaces/none {21+}\r\n" + std::string(letter))
            .server("b NO [TRYCREATE] ...");
        script.client("c SELECT " + name).take();
        script.client(
            fmt::format("d APPEND {} (\\Flagged $x) \"17-Jul-1996 02:44:25 -0700\" {{21}}", name));
        script.server("+ ...").client(letter).server("* 1 EXISTS").server("* FLAGS ...");
        script.server("d OK [APPENDUID ... 1] ...").silence();
        script.client("e FETCH 1 (FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])");
        script.server(
            "* 1 FETCH (FLAGS ($x \\Flagged) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
            "RFC822.SIZE 21 BODY[] {21}");
        script.server_raw(letter).server(")").server("e OK ...").silence();
        // RFC 3502: all of them or none.
        script.client(
            fmt::format("f APPEND {} {{21+}}\r\n{} (\\Seen) {{4+}}\r\nx\r\ny", name, letter));
        script.server("* 3 EXISTS").server("f OK [APPENDUID ... 2:3] ...");
        script.client(fmt::format("g APPEND {} {{3+}}\r\nabc {{0+}}\r\n", name));
        script.server("g NO ...").client("h APPEND " + name + " (\\Odd) {1+}\r\nx");
        script.server("h BAD ...").client("i SEARCH TEXT hello").server("* SEARCH 1 2");
        script.server("i OK ...").silence();
    }
    CHECK(world.archive->totals()->messages == 2);
}

TEST_CASE("a large APPEND is spooled, and one that is too large refused before it comes") {
    World world;
    Script script(world);
    script.login().client("a CREATE Workspaces/x").server("a OK ...");
    const std::string large = "Subject: large\r\n\r\n" + std::string(3'000'000, 'x');
    script.client(fmt::format("b APPEND Workspaces/x {{{}}}", large.size())).server("+ ...");
    script.client(large).server("b OK [APPENDUID ... 1] ...").silence();
    CHECK(world.archive->octets(mailhold::MessageNumber{1})->view() == large);
    script.client(fmt::format("c APPEND Workspaces/x {{{}}}", append_limit + 1));
    script.server("c NO [TOOBIG] ...").silence();
}

TEST_CASE("a message that cannot be stored where it should be is not asked for") {
    World world;
    for (const Feed feed : {Feed::whole, Feed::bytewise}) {
        Script script(world, {.tls = true}, feed);
        script.login();
        script.client("a APPEND INBOX {99999999}").server("a NO [NOPERM] ...").silence();
        script.client("b APPEND Workspaces/none (\\Seen) {9}").server("b NO [TRYCREATE] ...");
        script.client("c APPEND nothing {9}").server("c NO [NONEXISTENT] ...").silence();
        script.client("d REPLACE 1 INBOX {9}").server("d BAD ...").silence();
        // What comes next is a command, and one that is on its way anyhow is taken.
        script.client("e NOOP").server("e OK ...").silence();
        script.client("f APPEND INBOX {3+}\r\nabc").server("f NO [NOPERM] ...").silence();
        const std::string name = fmt::format("Workspaces/ahead{}", static_cast<int>(feed));
        script.client("g CREATE " + name).server("g OK ...");
        script.client("h APPEND " + name + " {3}").server("+ ...").silence();
        script.client("abc {3}").server("+ ...").silence();
        script.client("def").server("h OK [APPENDUID ... 1:2] ...").silence();
    }
}

TEST_CASE("STORE changes the flags of a workspace's messages, and tells every session") {
    World world;
    Script one(world), two(world);
    one.login().client("a CREATE Workspaces/x").server("a OK ...");
    for (int i = 0; i < 3; ++i) append(one, "Workspaces/x");
    two.login().client("a SELECT Workspaces/x").take();
    one.client("b SELECT Workspaces/x")
        .server("* FLAGS ...")
        .server("* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] ...")
        .server("* 3 EXISTS");
    CHECK_THAT(one.take(), Catch::EndsWith("b OK [READ-WRITE] Selected\r\n"));
    one.client("c STORE 2:3 +FLAGS (\\seen Work)")
        .server("* FLAGS (... Work)")
        .server("* 2 FETCH (UID 2 FLAGS (Work \\Seen))")
        .server("* 3 FETCH (UID 3 FLAGS (Work \\Seen))")
        .server("c OK ...")
        .silence();
    one.client("d UID STORE 3 -FLAGS.SILENT (work)").server("d OK ...").silence();
    one.client("e STORE 1 FLAGS (\\Draft)").server("* 1 FETCH (UID 1 FLAGS (\\Draft))");
    one.server("e OK ...").silence();
    one.client("f STORE 1 +FLAGS (\\Recent)").server("f BAD ...");
    one.client("g STORE 4 +FLAGS (\\Seen)").server("g BAD ...").silence();
    two.client("b NOOP")
        .server("* FLAGS ...")
        .server("* 1 FETCH (UID 1 FLAGS (\\Draft))")
        .server("* 2 FETCH (UID 2 FLAGS (Work \\Seen))")
        .server("* 3 FETCH (UID 3 FLAGS (\\Seen))")
        .server("b OK ...")
        .silence();
    two.client("c SEARCH UNSEEN").server("* SEARCH 1").server("c OK ...");
    two.client("d SEARCH KEYWORD work").server("* SEARCH 2").server("d OK ...");
    two.client("e STATUS Workspaces/x (UNSEEN)").server("* STATUS Workspaces/x (UNSEEN 1)");
    two.server("e OK ...");
    two.client("f EXAMINE Workspaces/x").take();
    two.client("g STORE 1 FLAGS ()").server("g NO [NOPERM] ...").silence();
}

TEST_CASE("reading without PEEK marks as seen, in a mailbox opened for it") {
    World world;
    Script script(world);
    script.login().client("a CREATE Workspaces/x").server("a OK ...");
    append(script, "Workspaces/x");
    script.client("b EXAMINE Workspaces/x").take();
    script.client("c FETCH 1 BODY[TEXT]").take();
    script.client("d SELECT Workspaces/x").take();
    script.client("e FETCH 1 (BODY.PEEK[TEXT] RFC822.HEADER)").take();
    script.client("f SEARCH UNSEEN").server("* SEARCH 1").server("f OK ...");
    script.client("g FETCH 1 BODY[TEXT]").server("* 1 FETCH (BODY[TEXT] {7}");
    script.server_raw("hello\r\n").server(")");
    script.server("* 1 FETCH (UID 1 FLAGS (\\Seen))").server("g OK ...").silence();
}

TEST_CASE("conditional STORE (RFC 7162 3.1.3)") {
    World world;
    Script script(world);
    script.login().client("a CREATE Workspaces/x").server("a OK ...");
    for (int i = 0; i < 3; ++i) append(script, "Workspaces/x");
    const auto output = script.client("b SELECT Workspaces/x (CONDSTORE)").take();
    std::smatch found;
    REQUIRE(std::regex_search(output, found, std::regex("HIGHESTMODSEQ (\\d+)")));
    const std::string before = found[1];
    script.client("c STORE 2 FLAGS.SILENT (\\Seen)").server("* 2 FETCH (UID 2 MODSEQ (...))");
    script.server("c OK ...").silence();
    script.client("d STORE 1:3 (UNCHANGEDSINCE " + before + ") +FLAGS (\\Deleted)")
        .server("* 1 FETCH (UID 1 FLAGS (\\Deleted) MODSEQ (...))")
        .server("* 3 FETCH (UID 3 FLAGS (\\Deleted) MODSEQ (...))")
        .server("d OK [MODIFIED 2] ...")
        .silence();
    script.client("e UID STORE 2 (UNCHANGEDSINCE 0) +FLAGS.SILENT (\\Deleted)")
        .server("e OK [MODIFIED 2] ...")
        .silence();
    script.client("f ENABLE QRESYNC").take();
    script.client("g EXPUNGE").server("* VANISHED 1,3").server("g OK [HIGHESTMODSEQ ...] ...");
    script.silence();
}

TEST_CASE("COPY, MOVE and EXPUNGE, within the rules for each session") {
    World world;
    for (std::uint32_t uid = 1; uid <= 3; ++uid)
        world.add("INBOX", uid, {mail(fmt::format("Subject: {}\n\nx\n", uid)), {"\\Seen"}});
    Script one(world), two(world);
    one.login().select("INBOX");
    one.client("a COPY 1 Workspaces/x").server("a NO [TRYCREATE] ...");
    one.client("b CREATE Workspaces/x").server("b OK ...");
    one.client("c CREATE Workspaces/y").server("c OK ...");
    one.client("d COPY 3,1:2 Workspaces/x").server("d OK [COPYUID ... 1:3 1:3] ...");
    one.client("e UID COPY 3 Workspaces/x").server("e OK [COPYUID ... 3 4] ...");
    one.client("f UID COPY 77 Workspaces/x").server("f OK ...");
    one.client("g COPY 1 INBOX").server("g NO [NOPERM] ...");
    one.client("h MOVE 1 Workspaces/x").server("h NO [NOPERM] ...").silence();
    CHECK(world.archive->totals()->messages == 3);

    one.client("i SELECT Workspaces/x").take();
    two.login().client("i SELECT Workspaces/x").take();
    one.client("j MOVE 2 Workspaces/y")
        .server("* OK [COPYUID ... 2 1] ...")
        .server("* 2 EXPUNGE")
        .server("j OK ...")
        .silence();
    one.client("k STORE 1:2 +FLAGS.SILENT (\\Deleted)").server("k OK ...").silence();
    one.client("l UID EXPUNGE 3:4").server("* 2 EXPUNGE").server("l OK ...").silence();
    // The other one counts as before until it may be told.
    two.client("m FETCH 2:3 (UID)").server("* 2 FETCH (UID 2)").server("* 3 FETCH (UID 3)");
    two.server("m OK ...").silence();
    // Its STORE of a message that is gone changes nothing; of others it is told at once.
    two.client("n STORE 3:4 +FLAGS (\\Flagged)")
        .server("* 4 FETCH (UID 4 FLAGS (\\Flagged \\Seen))")
        .server("n NO [EXPUNGEISSUED] ...")
        .silence();
    two.client("o NOOP")
        .server("* 3 EXPUNGE")
        .server("* 2 EXPUNGE")
        .server("* 1 FETCH (UID 1 FLAGS (\\Deleted \\Seen))")
        .server("o OK ...")
        .silence();
    one.client("p EXPUNGE").server("* 1 EXPUNGE");
    one.server("* 1 FETCH (UID 4 FLAGS (\\Flagged \\Seen))").server("p OK ...").silence();
    one.client("q STORE 1 +FLAGS.SILENT (\\Deleted)").take();
    one.client("r CLOSE").server("r OK ...").silence();
    two.client("r NOOP").server("* 2 EXPUNGE").server("* 1 EXPUNGE").server("r OK ...").silence();
    one.client("s STATUS Workspaces/x (MESSAGES UIDNEXT)")
        .server("* STATUS Workspaces/x (MESSAGES 0 UIDNEXT 5)")
        .server("s OK ...");
    CHECK(world.archive->totals()->messages == 3);
}

TEST_CASE("a workspace that another session deletes loses its messages to view") {
    World world;
    Script one(world), two(world);
    one.login().client("a CREATE Workspaces/x").server("a OK ...");
    append(one, "Workspaces/x");
    two.login().client("a SELECT Workspaces/x").take();
    one.client("b DELETE Workspaces/x").server("b OK ...");
    two.client("c NOOP").server("* 1 EXPUNGE").server("c OK ...").silence();
    two.client("d STORE 1 FLAGS ()").server("d BAD ...");
    two.client("e EXPUNGE").server("e OK ...").silence();
}

TEST_CASE("REPLACE puts one message where another was, in one step (RFC 8508)") {
    World world;
    for (const Feed feed : {Feed::whole, Feed::bytewise}) {
        const std::string name = fmt::format("Workspaces/{}", static_cast<int>(feed));
        Script script(world, {.tls = true}, feed), other(world);
        script.login().client("a CREATE " + name).server("a OK ...");
        for (int i = 0; i < 3; ++i) append(script, name);
        script.client("b REPLACE 1 " + name + " {3+}\r\nabc").server("b BAD ...");
        script.client("c SELECT " + name).take();
        other.login().client("c SELECT " + name).take();
        script.client("d REPLACE 2 " + name + " (\\Seen \\Draft) {8}").server("+ ...");
        script.client("A: b\r\n\r\n")
            .server("* OK [APPENDUID ... 4] ...")
            .server("* 2 EXPUNGE")
            .server("* 3 EXISTS")
            .server("d OK Replaced")
            .silence();
        other.client("d FETCH 1 (UID)").server("* 1 FETCH (UID 1)").server("d OK ...").silence();
        other.client("e NOOP").server("* 2 EXPUNGE").server("* 3 EXISTS").take();
        script.client("e UID FETCH 4 (FLAGS BODY.PEEK[])")
            .server("* 3 FETCH (UID 4 FLAGS (\\Draft \\Seen) BODY[] {8}");
        script.take();
        script.client("f UID REPLACE 2 " + name + " {3+}\r\nabc").server("f NO [NONEXISTENT] ...");
        script.client("g REPLACE 4 " + name + " {3+}\r\nabc").server("g BAD ...");
        script.client("h REPLACE 1 INBOX {3+}\r\nabc").server("h NO [NOPERM] ...");
        script.client("i REPLACE 1 Workspaces/none {3+}\r\nabc").server("i NO [TRYCREATE] ...");
        script.client("j REPLACE 1 " + name + " {0+}\r\n").server("j NO [CANNOT] ...");
        script.client("k REPLACE 1 " + name + " {3+}\r\nabc {1+}\r\nx").server("k BAD ...");
        script.client("l REPLACE 1 " + name + fmt::format(" {{{}}}", append_limit + 1));
        script.server("l NO [TOOBIG] ...").silence();
        // RFC 8508 3.3: into another mailbox.
        script.client("m CREATE " + name + "x").server("m OK ...");
        script.client("n UID REPLACE 4 " + name + "x {3+}\r\nabc")
            .server("* OK [APPENDUID ... 1] ...")
            .server("* 3 EXPUNGE")
            .server("n OK Replaced")
            .silence();
        script.client("o EXAMINE " + name).take();
        script.client("p REPLACE 1 " + name + " {3+}\r\nabc").server("p NO [NOPERM] ...");
    }
}

TEST_CASE("what workspaces may not be called: control characters, names of too many levels") {
    World world;
    Script script(world);
    script.login();
    script.client("e ENABLE UTF8=ACCEPT").take();
    for (const auto* name : {"a\u2028b", "a\u2029", "\u0085b", "\u009f", "a\u0080"}) {
        script.client(fmt::format("a CREATE \"Workspaces/{}\"", name)).server("a NO [CANNOT] ...");
    }
    script.client("b CREATE \"Workspaces/\u00a0\u2027\u4e16\"").server("b OK ...");
    // é is one character, however it comes.
    script.client("c CREATE \"Workspaces/e\u0301\"").server("c OK ...");
    script.client("d CREATE \"Workspaces/\u00e9\"").server("d NO [ALREADYEXISTS] ...");
    script.client("f LIST \"\" \"Workspaces/\u00e9\"")
        .server("* LIST (...) \"/\" \"Workspaces/\u00e9\"");
    script.server("f OK ...");
    script.client("g RENAME \"Workspaces/e\u0301\" \"Workspaces/a\u2028\"")
        .server("g NO [CANNOT] ...");
    script.client("h RENAME \"Workspaces/e\u0301\" \"Workspaces/e\u0302\"").server("h OK ...");
    script.client("i DELETE \"Workspaces/e\u0302\"").server("i OK ...");
    std::string deep = "1";
    for (int level = 2; level <= 20; ++level) deep += "/" + std::to_string(level);
    script.client("j CREATE Workspaces/" + deep + "/21").server("j NO [CANNOT] ...");
    script.client("k CREATE Workspaces/" + deep).server("k OK ...");
    script.client("l RENAME Workspaces/1/2 Workspaces/1/x/2").server("l NO [CANNOT] ...");
    script.client("m RENAME Workspaces/1/2 Workspaces/1/x").server("m OK ...");
    script.client("n CREATE Searches/" + deep + "/21").server("n NO [CANNOT] ...");
}

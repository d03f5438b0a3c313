#include <catch2/catch.hpp>

#include <random>

#include "imap/server/dispatch.hpp"
#include "world.hpp"

using namespace mailhold::imap;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

TEST_CASE("each command in each state") {
    struct Row {
        std::string command;
        std::string not_authenticated, authenticated,
            selected;  // the condition of the tagged answer
    };
    const std::vector<Row> rows = {
        {"CAPABILITY", "OK", "OK", "OK"},
        {"NOOP", "OK", "OK", "OK"},
        {"ID NIL", "OK", "OK", "OK"},
        {"LOGIN alice wrong", "NO", "BAD", "BAD"},
        {"AUTHENTICATE X", "NO", "BAD", "BAD"},
        {"STARTTLS", "BAD", "BAD", "BAD"},
        {"ENABLE UTF8=ACCEPT", "BAD", "OK", "OK"},
        {"NAMESPACE", "BAD", "OK", "OK"},
        {"LIST \"\" *", "BAD", "OK", "OK"},
        {"LSUB \"\" *", "BAD", "OK", "OK"},
        {"STATUS INBOX (MESSAGES)", "BAD", "OK", "OK"},
        {"SUBSCRIBE INBOX", "BAD", "OK", "OK"},
        {"UNSUBSCRIBE INBOX", "BAD", "OK", "OK"},
        {"CREATE x", "BAD", "NO", "NO"},
        {"DELETE INBOX", "BAD", "NO", "NO"},
        {"RENAME INBOX y", "BAD", "NO", "NO"},
        {"APPEND INBOX {3+}\r\nabc", "BAD", "NO", "NO"},
        {"CHECK", "BAD", "BAD", "OK"},
        {"FETCH 1 FLAGS", "BAD", "BAD", "OK"},
        {"UID FETCH 1 FLAGS", "BAD", "BAD", "OK"},
        {"SEARCH ALL", "BAD", "BAD", "OK"},
        {"UID SEARCH ALL", "BAD", "BAD", "OK"},
        {"STORE 1 +FLAGS (\\Seen)", "BAD", "BAD", "NO"},
        {"UID STORE 1 FLAGS ()", "BAD", "BAD", "NO"},
        {"COPY 1 INBOX", "BAD", "BAD", "NO"},
        {"UID COPY 1 INBOX", "BAD", "BAD", "NO"},
        {"MOVE 1 INBOX", "BAD", "BAD", "NO"},
        {"EXPUNGE", "BAD", "BAD", "NO"},
        {"UID EXPUNGE 1", "BAD", "BAD", "NO"},
        {"UNHEARD OF", "BAD", "BAD", "BAD"},
    };
    World world;
    world.add("INBOX", 1, {mail("Subject: a\n\nb\n")});
    const auto condition = [](Script& script, const std::string& command) {
        script.take();
        const std::string output = script.client("t " + command).take();
        const auto tagged = output.rfind("t ", output.rfind("\r\n") - 1);
        const auto start =
            output.find("\r\nt ") == std::string::npos ? 2 : output.find("\r\nt ") + 4;
        INFO(tagged);
        return output.substr(start, output.find(' ', start) - start);
    };
    for (const Row& row : rows) {
        INFO(row.command);
        Script stranger(world), known(world), reader(world);
        known.login();
        reader.login().select("INBOX");
        CHECK(condition(stranger, row.command) == row.not_authenticated);
        CHECK(condition(known, row.command) == row.authenticated);
        CHECK(condition(reader, row.command) == row.selected);
    }
}

TEST_CASE("changes are refused with their reason") {
    World world;
    world.add("INBOX", 1, {mail("Subject: a\n\nb\n")});
    Script script(world);
    script.login().select("INBOX");
    for (const std::string command :
         {"CREATE a", "DELETE a", "RENAME a b", "APPEND INBOX {1+}\r\nx", "STORE 1 FLAGS ()",
          "COPY 1 INBOX", "MOVE 1 INBOX", "EXPUNGE"}) {
        script.client("a " + command).server("a NO [NOPERM] ...").silence();
    }
    script.client("b APPEND a {900000000}").server("b NO [TOOBIG] ...").silence();  // not asked for
    script.client("b APPEND a (\\Seen) {70000+}").silence();
    script.client(std::string(70'000, 'x')).server("b NO [NONEXISTENT] ...").silence();
    script.client("b SEARCH BODY {9000000}").server("b BAD ...").silence();
    script.client("c FETCH 1 (FLAGS)").server("* 1 FETCH (FLAGS ())").server("c OK ...");
    script.client("d CLOSE").server("d OK ...").silence();
    script.client("e SELECT INBOX").take();
}

TEST_CASE("pipelined commands are answered in order, however they arrive") {
    World world;
    world.add("INBOX", 1, {mail("Subject: a\n\nb\n")});
    for (const Feed feed : {Feed::whole, Feed::bytewise}) {
        Script script(world, {.tls = true}, feed);
        script.client(
            "a LOGIN alice secret\r\nb SELECT INBOX\r\nc UID SEARCH ALL\r\nd FETCH 1 (UID)\r\ne "
            "LOGOUT\r\nf NOOP");
        script.server("a OK ...")
            .server("* FLAGS ...")
            .server("* OK [PERMANENTFLAGS ()] ...")
            .server("* 1 EXISTS");
        script.server("* 0 RECENT")
            .server("* OK [UNSEEN 1] ...")
            .server("* OK [UIDVALIDITY ...] ...");
        script.server("* OK [UIDNEXT 2] ...")
            .server("* OK [HIGHESTMODSEQ ...] ...")
            .server("* OK [MAILBOXID (F...)] ...")
            .server("b OK [READ-ONLY] ...")
            .server("* SEARCH 1")
            .server("c OK ...");
        script.server("* 1 FETCH (UID 1)")
            .server("d OK ...")
            .server("* BYE ...")
            .server("e OK ...")
            .closed();
    }
}

TEST_CASE("small talk") {
    World world;
    Script script(world);
    script.client("a ID (\"name\" \"test\")")
        .server("* ID (\"name\" \"mailhold\" \"version\" \"...\")")
        .server("a OK ...");
    script.login();
    script.client("b NAMESPACE")
        .server("* NAMESPACE ((\"\" \"/\")) ((\"Other users/\" \"/\")) NIL")
        .server("b OK ...");
    script.client("c ENABLE UTF8=ACCEPT CONDSTORE")
        .server("* ENABLED CONDSTORE UTF8=ACCEPT")
        .server("c OK ...");
    script.client("d NOSUCH INBOX").server("d BAD ...");
    script.client("").server("* BAD ...");
    script.client("NOOP").server("... BAD ...");
    script.client("e LOGOUT").server("* BYE ...").server("e OK ...").closed();
}

TEST_CASE("a session that must end says BYE when its command is done") {
    World world;
    Script script(world);
    script.login().client("a IDLE").server("+ ...").silence();
    script.session.bye("The server is going down");
    script.wake().server("* BYE The server is going down").closed();
}

TEST_CASE("whatever a client sends, the session answers or waits, and goes on") {
    World world;
    world.add("INBOX", 1, {mail("Subject: a\n\nb\n")});
    const std::string good =
        "a1 UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)]<0.9> BODYSTRUCTURE)\r\n"
        "a2 SEARCH CHARSET UTF-8 OR (TEXT {1+}\r\nx) NOT UID 1,*:3\r\n"
        "a3 LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (% \"*\") RETURN (STATUS (MESSAGES))\r\n"
        "a4 SELECT \"INBOX\"\r\na5 IDLE\r\nDONE\r\na6 STATUS INBOX (SIZE)\r\n";
    std::minstd_rand random(17);
    for (int round = 0; round < 300; ++round) {
        std::string octets = good;
        for (int change = 0; change < 1 + round % 7; ++change) {
            const std::size_t at = random() % octets.size();
            switch (random() % 3) {
                case 0:
                    octets[at] = static_cast<char>(random());
                    break;
                case 1:
                    octets.erase(at, random() % 20);
                    break;
                case 2:
                    octets.insert(at, octets.substr(random() % octets.size(), random() % 20));
            }
        }
        Script script(world, {.tls = true}, round % 2 ? Feed::whole : Feed::bytewise);
        script.login().select("INBOX").client_raw(octets);
        CHECK((script.next == Next::input || script.next == Next::close));
    }
}

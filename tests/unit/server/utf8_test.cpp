// UTF8=ACCEPT (RFC 6855): names as they are, and messages with UTF-8 in their headers.
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

TEST_CASE("after ENABLE UTF8=ACCEPT names are UTF-8 in every answer, in this session alone") {
    World world;
    world.list("Entw\xc3\xbcrfe", {"\\Drafts"});
    world.add("Entw\xc3\xbcrfe", 1, {mail("Subject: a\n\nb\n")});
    Script script(world), other(world);
    script.login();
    other.login();
    script.client("a ENABLE UTF8=ACCEPT").server("* ENABLED UTF8=ACCEPT").server("a OK ...");
    script.client("b ENABLE UTF8=ACCEPT").server("* ENABLED").server("b OK ...");
    const std::string name = "\"alice/Entw\xc3\xbcrfe\"";
    script.client("c LIST \"\" alice/* RETURN (STATUS (MESSAGES) MYRIGHTS)");
    script.server("* LIST (\\HasNoChildren \\Drafts) \"/\" " + name)
        .server("* MYRIGHTS " + name + " ...")
        .server("* STATUS " + name + " (MESSAGES 1)")
        .server("c OK ...");
    script.client("d STATUS " + name + " (MESSAGES)")
        .server("* STATUS " + name + " (MESSAGES 1)")
        .server("d OK ...");
    script.client("e MYRIGHTS " + name).server("* MYRIGHTS " + name + " ...").server("e OK ...");
    script.client("f GETQUOTAROOT " + name).server("* QUOTAROOT " + name).server("f OK ...");
    script.client("g ESEARCH IN (mailboxes " + name + ") RETURN () ALL")
        .server("* ESEARCH (TAG \"g\" MAILBOX " + name + " UIDVALIDITY ...) UID ALL 1")
        .server("g OK ...")
        .silence();
    script.select(name).client("h FETCH 1 UID").server("* 1 FETCH (UID 1)").server("h OK ...");
    other.client("a STATUS alice/Entw&APw-rfe (MESSAGES)")
        .server("* STATUS alice/Entw&APw-rfe (MESSAGES 1)")
        .server("a OK ...")
        .silence();
}

TEST_CASE(
    "LIST, NOTIFY and ESEARCH know a name in the form in which it comes, composed and decomposed") {
    World world;
    world.list("e\u0300");  // as its origin has it
    Script script(world), other(world);
    script.login().client("a ENABLE UTF8=ACCEPT").take();
    other.login();
    script.client("b CREATE \"Workspaces/e\u0301/x\"").server("b OK ...");
    const std::string made = "\"Workspaces/\u00e9/x\"", origins = "\"alice/e\u0300\"";
    for (const auto* list : {"LIST \"\" \"Workspaces/e\u0301/%\"", "LIST \"Workspaces/e\u0301/\" x",
                             "LSUB \"\" \"*/e\u0301/*\"", "LIST \"\" (\"*/e\u0301/x\")"}) {
        CAPTURE(list);
        script.client(std::string("c ") + list).server("* ... \"/\" " + made).server("c OK ...");
        script.silence();
    }
    for (const auto* name : {"e\u0300", "\u00e8"}) {
        CAPTURE(name);
        script.client(std::string("d LIST \"\" \"*/") + name + "\"");
        script.server("* LIST (...) \"/\" " + origins).server("d OK ...").silence();
    }
    script.client("e APPEND " + made + " {1+}\r\nx").take();
    world.add("e\u0300", 1, {mail("Subject: a\n\nb\n")});
    for (const auto* kind : {"mailboxes", "subtree", "subtree-one"}) {
        CAPTURE(kind);
        const std::string top = kind == std::string("mailboxes") ? "/x" : "";
        const std::string names = " (\"Workspaces/e\u0301" + top + "\" " + origins + ")";
        script.client("f ESEARCH IN (" + (kind + names) + ") RETURN (COUNT) ALL");
        script.server("* ESEARCH (TAG \"f\" MAILBOX " + made + " UIDVALIDITY ...) UID COUNT 1");
        script.server("* ESEARCH (TAG \"f\" MAILBOX " + origins + " UIDVALIDITY ...) UID COUNT 1");
        script.server("f OK ...").silence();
    }
    script.client("g NOTIFY SET (subtree (\"Workspaces/e\u0301\" " + origins +
                  ") (MessageNew MessageExpunge))");
    script.server("g OK ...");
    other.client("a APPEND Workspaces/&AOk-/x {1+}\r\ny").take();
    world.add("e\u0300", 2, {mail("Subject: c\n\nd\n")});
    script.wake().server("* STATUS " + made + " (MESSAGES 2 ...)");
    script.server("* STATUS " + origins + " (MESSAGES 2 ...)").silence();
    script.client("h NOTIFY NONE").server("h OK ...");  // what only holds others
    script.client("i RENAME \"Workspaces/e\u0301\" Workspaces/f").server("i OK ...").silence();
}

TEST_CASE("after ENABLE UTF8=ACCEPT a search is in UTF-8 (RFC 6855 3)") {
    World world;
    world.add("INBOX", 1,
              {mail("Subject: Gr\xc3\xbc\xc3\x9f"
                    "e\n\nb\n")});
    Script script(world);
    script.login().select("INBOX").client("a ENABLE UTF8=ACCEPT").take();
    script
        .client(
            "b SEARCH SUBJECT \"Gr\xc3\xbc\xc3\x9f"
            "e\"")
        .server("* SEARCH 1")
        .server("b OK ...");
    script.client("c SEARCH CHARSET ISO-8859-1 SUBJECT x").server("c BAD ...");
    script.client("d SEARCH CHARSET UTF-8 SUBJECT x").server("d BAD ...");
    script.client("f ESEARCH IN (personal) CHARSET UTF-8 SUBJECT x").server("f BAD ...");
    script.client("e SORT (DATE) UTF-8 ALL").server("* SORT 1").server("e OK ...").silence();
}

TEST_CASE("APPEND brings a message as UTF8 (RFC 6855 4), beside others, and keeps its octets") {
    for (const auto feed : {Feed::whole, Feed::bytewise}) {
        World world;
        Script script(world, {.tls = true}, feed);
        script.login();
        script.client("a APPEND Workspaces/a {20+}\r\nSubject: \xc3\xa4\r\n\r\nhi\r\n\r")
            .server("a NO [TRYCREATE] ...");
        script.client("b CREATE Workspaces/a").server("b OK ...");
        script.client("b APPEND Workspaces/a {20+}\r\nSubject: \xc3\xa4\r\n\r\nhi\r\n\r")
            .server("b OK ...");
        script.client("b APPEND Workspaces/a {19+}\r\nSubject: a\r\n\r\n\xc3\xa4\r\n\r")
            .server("b OK ...");
        script.client("a ENABLE UTF8=ACCEPT").take();
        script.client("c CREATE \"Workspaces/\xc3\xa4\"").server("c OK ...");
        // 20 octets
        const std::string letter = "Subject: \xc3\xa4\r\n\r\nhi\r\n\r";
        script
            .client("d APPEND \"Workspaces/\xc3\xa4\" (\\Seen) UTF8 (~{20+}\r\n" + letter +
                    ") {20+}\r\n" + letter)
            .server("d OK [APPENDUID ... 1:2] ...");
        script.client_raw("e APPEND \"Workspaces/\xc3\xa4\" UTF8 (~{20}\r\n")
            .server("+ OK")
            .client(letter + ")")
            .server("e OK [APPENDUID ... 3] ...");
        script.client("f APPEND \"Workspaces/\xc3\xa4\" UTF8 (~{20+}\r\n" + letter)
            .server("f BAD ...");
        script.client("s SELECT \"Workspaces/\xc3\xa4\"").take();
        script.client("g FETCH 1:3 (FLAGS BODY.PEEK[])");
        for (const std::string start :
             {"* 1 FETCH (FLAGS (\\Seen) BODY[] {20}", "* 2 FETCH (FLAGS () BODY[] {20}",
              "* 3 FETCH (FLAGS () BODY[] {20}"})
            script.server(start).server_raw(letter).server(")");
        script.server("g OK ...").silence();
    }
}

TEST_CASE("after ENABLE UTF8=ACCEPT an ampersand is one, and what is not UTF-8 is no name") {
    World world;
    Script script(world);
    script.login().client("a CREATE Workspaces/R&-D").server("a OK ...");
    script.client("b LIST \"\" Workspaces/%")
        .server("* LIST (\\HasNoChildren) \"/\" Workspaces/R&-D")
        .server("b OK ...");
    script.client("c ENABLE UTF8=ACCEPT").take();
    script.client("d LIST \"\" Workspaces/R&D")
        .server("* LIST (\\HasNoChildren) \"/\" Workspaces/R&D")
        .server("d OK ...");
    script.client("e CREATE Workspaces/R&-D").server("e OK ...");
    script.client("f LIST \"\" Workspaces/%")
        .server("* LIST (\\HasNoChildren) \"/\" Workspaces/R&-D")
        .server("* LIST (\\HasNoChildren) \"/\" Workspaces/R&D")
        .server("f OK ...");
    script.client("g CREATE \"Workspaces/\xc3\"").server("g BAD ...");
    script.client("h CREATE {12+}\r\nWorkspaces/\xff").server("h BAD ...").silence();
}

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

void fill(World& world) {
    world.list("Sent", {"\\Sent"});
    world.list("Work/2024");
    world.list("Entw\xc3\xbcrfe", {"\\Drafts"});
    world.list("Old");
    world.gone("Old");
    world.list("INBOX", {}, "bob");
    world.users.front().accounts = {"alice", "bob"};
    world.add("Sent", 1, {mail("Subject: a\n\nb\n"), {"\\Seen"}});
}

}  // namespace

TEST_CASE("LIST, as the patterns say") {
    World world;
    fill(world);
    Script script(world);
    script.login();
    script.client("a LIST \"\" \"\"")
        .server("* LIST (\\NoSelect) \"/\" \"\"")
        .server("a OK ...")
        .silence();
    script.client("b LIST \"\" *");
    script.server("* LIST (\\HasNoChildren) \"/\" INBOX");
    script.server("* LIST (\\HasChildren \\All) \"/\" \"All mail\"");
    script.server("* LIST (\\HasNoChildren) \"/\" \"All mail/alice\"");
    script.server("* LIST (\\HasNoChildren) \"/\" \"All mail/bob\"");
    script.server("* LIST (\\NoSelect \\HasChildren) \"/\" alice");
    script.server("* LIST (\\HasNoChildren \\Drafts) \"/\" alice/Entw&APw-rfe");
    script.server("* LIST (\\HasNoChildren \\Sent) \"/\" alice/Sent");
    script.server("* LIST (\\NoSelect \\HasChildren) \"/\" alice/Work");
    script.server("* LIST (\\HasNoChildren) \"/\" alice/Work/2024");
    script.server("* LIST (\\NoSelect \\HasChildren) \"/\" bob");
    script.server("* LIST (\\HasNoChildren) \"/\" bob/INBOX");
    script.server("b OK ...").silence();
    script.client("c LIST \"\" %")
        .server("* LIST (...) \"/\" INBOX")
        .server("* LIST (...) \"/\" \"All mail\"");
    script.server("* LIST (...) \"/\" alice")
        .server("* LIST (...) \"/\" bob")
        .server("c OK ...")
        .silence();
    script.client("d LIST alice/ S%")
        .server("* LIST (...) \"/\" alice/Sent")
        .server("d OK ...")
        .silence();
    script.client("e LIST \"\" inbox")
        .server("* LIST (...) \"/\" INBOX")
        .server("e OK ...")
        .silence();
    script.client("f LIST \"\" nowhere").server("f OK ...").silence();
    script.client("g LIST \"\" alice/Entw&APw-rf%")
        .server("* LIST (...) \"/\" alice/Entw&APw-rfe")
        .server("g OK ...");
    script.silence();
    script.client("h LSUB \"\" bob/*")
        .server("* LSUB (...) \"/\" bob/INBOX")
        .server("h OK ...")
        .silence();
    script.client("i LSUB \"\" \"\"")
        .server("* LSUB (\\NoSelect) \"/\" \"\"")
        .server("i OK ...")
        .silence();
}

TEST_CASE("LIST with selection and return options") {
    World world;
    fill(world);
    Script script(world);
    script.login();
    script.client("a LIST (SUBSCRIBED) \"\" bob/% RETURN (SPECIAL-USE)");  // Thunderbird
    script.server("* LIST (\\HasNoChildren \\Subscribed) \"/\" bob/INBOX")
        .server("a OK ...")
        .silence();
    script.client("b LIST (SPECIAL-USE) \"\" *");
    script.server("* LIST (\\HasChildren \\All) \"/\" \"All mail\"");
    script.server("* LIST (\\HasNoChildren \\Drafts) \"/\" alice/Entw&APw-rfe");
    script.server("* LIST (\\HasNoChildren \\Sent) \"/\" alice/Sent").server("b OK ...").silence();
    script.client("c LIST (SPECIAL-USE RECURSIVEMATCH) \"\" %");
    script.server("* LIST (\\HasChildren \\All) \"/\" \"All mail\"");
    script.server(
        "* LIST (\\NoSelect \\HasChildren) \"/\" alice (\"CHILDINFO\" (\"SPECIAL-USE\"))");
    script.server("c OK ...").silence();
    script.client("d LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (alice inbox)");
    script.server("* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX");
    script.server(
        "* LIST (\\NoSelect \\HasChildren \\Subscribed) \"/\" alice (\"CHILDINFO\" "
        "(\"SUBSCRIBED\"))");
    script.server("d OK ...").silence();
    script.client("e LIST (RECURSIVEMATCH) \"\" *").server("e BAD ...").silence();
    script.client("f LIST (REMOTE) \"\" bob RETURN (CHILDREN SUBSCRIBED)");
    script.server("* LIST (\\NoSelect \\HasChildren \\Subscribed) \"/\" bob")
        .server("f OK ...")
        .silence();
    script.client("g LIST (UNHEARD) \"\" *").server("g BAD ...").silence();
    script.client("h LIST \"\" * RETURN (UNHEARD)").server("h BAD ...").silence();
    script.client(
        "i LIST \"\" alice/S% RETURN (STATUS (MESSAGES UNSEEN) SPECIAL-USE CHILDREN "
        "SUBSCRIBED)");  // imapflow
    script.server("* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" alice/Sent");
    script.server("* STATUS alice/Sent (MESSAGES 1 UNSEEN 0)").server("i OK ...").silence();
    script.client("j LIST \"\" alice RETURN (STATUS (MESSAGES))")
        .server("* LIST (...) \"/\" alice")
        .server("j OK ...");
    script.silence();
    script.client("k LIST \"\" (alice/S* *t alice/Sent)")
        .server("* LIST (...) \"/\" alice/Sent")
        .server("k OK ...");
    script.silence();
}

TEST_CASE("each user sees his own accounts only") {
    World world;
    fill(world);
    world.users.front().accounts = {"bob"};
    Script script(world);
    script.login().client("a LIST \"\" *");
    script.server("* LIST (...) \"/\" INBOX").server("* LIST (...) \"/\" \"All mail\"");
    script.server("* LIST (...) \"/\" \"All mail/bob\"").server("a OK ...").silence();
    script.client("b SELECT alice/Sent").server("b NO [NONEXISTENT] ...");
    script.client("c STATUS \"All mail/alice\" (MESSAGES)")
        .server("c NO [NONEXISTENT] ...")
        .silence();
}

TEST_CASE("LIST: what its patterns and names cost is spent in parts, and bounded") {
    World world;
    for (int i = 0; i < 20; ++i) world.list(std::string(450, 'y') + std::to_string(i));
    Script script(world);
    script.login();
    std::string patterns;
    for (int i = 0; i < 8; ++i) patterns += fmt::format(" *x{}{}", i, std::string(480, 'y'));
    const auto before = script.steps;
    script.client("a LIST \"\" (" + patterns.substr(1) + ")").server("a OK ...").silence();
    CHECK(script.steps - before >= 5);
    script.client("b LIST \"\" (" + patterns.substr(1) + patterns + ")").server("b NO [LIMIT] ...");
    script.client("c LIST " + std::string(2100, 'y') + " (a b)").server("c NO [LIMIT] ...");
    script.client("d LIST \"\" " + std::string(4000, '*'));  // one wildcard
    CHECK(script.take().contains("* LIST (\\HasNoChildren) \"/\" INBOX\r\n"));
}

TEST_CASE("LIST (RECURSIVEMATCH) tells of a name for what stands far below it") {
    World world;
    world.list("a b");
    world.list("a/b/c/d/e", {"\\Sent"});
    world.list("a/x");
    Script script(world);
    script.login();
    script.client("a LIST (SPECIAL-USE RECURSIVEMATCH) alice/ *");
    for (const auto* name : {"a", "a/b", "a/b/c", "a/b/c/d"})
        script.server(
            fmt::format("* LIST (...) \"/\" alice/{} (\"CHILDINFO\" (\"SPECIAL-USE\"))", name));
    script.server("* LIST (... \\Sent) \"/\" alice/a/b/c/d/e").server("a OK ...").silence();
}

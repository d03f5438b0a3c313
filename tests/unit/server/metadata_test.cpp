// Notes about mailboxes (RFC 5464, 9590) and quotas (RFC 9208), as clients meet them.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

TEST_CASE("SETMETADATA and GETMETADATA: the examples of RFC 5464 4.2 and 4.3") {
    for (const Feed feed : {Feed::whole, Feed::bytewise}) {
        World world;
        Script script(world, {.tls = true}, feed);
        script.login();
        script.client("a GETMETADATA \"\" /shared/comment")
            .server("* METADATA \"\" (/shared/comment NIL)")
            .server("a OK ...");
        script.client("b SETMETADATA INBOX (/private/comment \"My new comment\")")
            .server("b OK ...");
        script.client("c SETMETADATA INBOX (/Private/Comment {33}").server("+ ...");
        script.client("My new comment across\r\ntwo lines.)").server("c OK ...");
        script.client("d GETMETADATA \"INBOX\" /private/comment")
            .server("* METADATA INBOX (/private/comment {33}")
            .server("My new comment across")
            .server("two lines.)")
            .server("d OK ...");
        script.client("e SETMETADATA INBOX (/private/comment NIL)").server("e OK ...");
        script.client("f GETMETADATA INBOX (/shared/comment /private/comment)")
            .server("* METADATA INBOX (/shared/comment NIL /private/comment NIL)")
            .server("f OK ...")
            .silence();
    }
}

TEST_CASE("GETMETADATA's options: MAXSIZE and DEPTH (RFC 5464 4.2.1, 4.2.2)") {
    World world;
    Script script(world);
    script.login();
    script.client(
        "a SETMETADATA INBOX (/private/filters/values \"(or small)\" "
        "/private/filters/values/small \"SMALLER 5000\" "
        "/private/filters/values/small/x \"deep\" /private/other ~{3+}\r\na" +
        std::string(1, '\0') + "b)");
    script.take();
    script.client("b GETMETADATA (DEPTH 1) INBOX (/private/filters/values)")
        .server(
            "* METADATA INBOX (/private/filters/values \"(or small)\" "
            "/private/filters/values/small \"SMALLER 5000\")")
        .server("b OK ...");
    script.client("c GETMETADATA \"INBOX\" (DEPTH infinity MAXSIZE 10) /private/filters")
        .server(
            "* METADATA INBOX (/private/filters/values \"(or small)\" "
            "/private/filters/values/small/x \"deep\")")
        .server("c OK [METADATA LONGENTRIES 12] ...");
    script.client("d GETMETADATA (DEPTH 1) INBOX /private/none").server("d OK ...").silence();
}

TEST_CASE("metadata: what is refused") {
    World world;
    world.users.push_back({"bob", "secret", {"alice"}});
    Script script(world), bob(world);
    script.login();
    bob.client("l LOGIN bob secret").server("l OK ...");
    script.client("a SETMETADATA INBOX (comment \"x\")").server("a BAD ...");
    script.client("b GETMETADATA INBOX /private/a*").server("b BAD ...");
    script.client("c GETMETADATA INBOX /private//a").server("c BAD ...");
    script.client("d GETMETADATA none /private/a").server("d NO [NONEXISTENT] ...");
    script.client("e SETMETADATA INBOX (/shared/comment \"x\")").server("e NO [NOPERM] ...");
    script.client("f SETMETADATA \"\" (/shared/comment \"x\")").server("f NO [NOPERM] ...");
    script.client(
        fmt::format("g SETMETADATA INBOX (/private/a {{32769+}}\r\n{})", std::string(32769, 'x')));
    script.server("g NO [METADATA MAXSIZE 32768] ...");
    for (std::size_t i = 0; i < store::Workspaces::most_notes; ++i)
        script.client(fmt::format("h SETMETADATA INBOX (/private/{} \"x\")", i)).server("h OK ...");
    script.client("i SETMETADATA INBOX (/private/more \"x\")")
        .server("i NO [METADATA TOOMANY] ...");
    // One user's are nobody else's; those for all of a workspace go by its rights.
    bob.client("a GETMETADATA INBOX /private/1").server("* METADATA INBOX (/private/1 NIL)").take();
    script.client("j CREATE Workspaces/x").take();
    script.client("k SETMETADATA Workspaces/x (/shared/comment \"ours\")").server("k OK ...");
    script.client("l SETACL Workspaces/x bob lr").take();
    bob.client("b GETMETADATA \"Other users/alice/x\" /shared/comment")
        .server("* METADATA \"Other users/alice/x\" (/shared/comment \"ours\")")
        .server("b OK ...");
    bob.client("c SETMETADATA \"Other users/alice/x\" (/shared/comment \"mine\")");
    bob.server("c NO [NOPERM] ...");
    script.client("m SETACL Workspaces/x bob l").take();
    bob.client("d GETMETADATA \"Other users/alice/x\" /shared/comment").server("d NO [NOPERM] ...");
    bob.client("e LIST \"\" \"Other*x\" RETURN (METADATA (/shared/comment))")
        .server("* LIST ...")
        .server("e OK ...")
        .silence();
    // RFC 9590.
    script.client("n LIST \"\" Workspaces/% RETURN (METADATA (\"/shared/comment\" /private/no))")
        .server("* LIST (\\HasNoChildren) \"/\" Workspaces/x")
        .server("* METADATA Workspaces/x (/shared/comment \"ours\" /private/no NIL)")
        .server("n OK ...")
        .silence();
}

TEST_CASE(
    "metadata: an entry is told once however often it is asked for, and long answers in parts") {
    World world;
    Script script(world);
    script.login();
    script.client("a CREATE Workspaces/w").take();
    constexpr std::size_t notes = 20, octets = 32 << 10;
    for (std::size_t i = 0; i < notes; ++i)
        script.client(fmt::format("b SETMETADATA Workspaces/w (/private/a/{} {{{}+}}\r\n{})", i,
                                  octets, std::string(octets, 'v')));
    script.take();
    std::string often;
    for (int i = 0; i < 100; ++i) often += fmt::format(" /private/a /Private/A/{}", i % 3);
    const auto answer_to = [&](const std::string& command) {
        script.largest_step = 0;
        script.client(command);
        auto answer = script.take();
        CHECK(answer.ends_with("\r\n"));
        CHECK(script.largest_step < (400 << 10));
        return answer.size();
    };
    const auto all = answer_to("c GETMETADATA (DEPTH infinity) Workspaces/w (/private/a)");
    CHECK(all > notes * octets);
    CHECK(answer_to("d GETMETADATA (DEPTH infinity) Workspaces/w (" + often.substr(1) + ")") ==
          all);
    std::string each;
    for (std::size_t i = 0; i < notes; ++i) each += fmt::format(" /private/a/{}", i);
    const auto list =
        answer_to("e LIST \"\" Workspaces/w RETURN (METADATA (" + each.substr(1) + "))");
    CHECK(list > notes * octets);
    CHECK(answer_to("f LIST \"\" Workspaces/w RETURN (METADATA (" + each.substr(1) + each + each +
                    "))") == list);
    script.client("g GETMETADATA INBOX (/private/no /PRIVATE/no /private/no)")
        .server("* METADATA INBOX (/private/no NIL)")
        .server("g OK ...")
        .silence();
}

TEST_CASE("metadata: \"All mail\" of several accounts has none, to be set or told") {
    World world;
    world.list("INBOX", {}, "bob");
    world.users.front().accounts = {"alice", "bob"};
    Script script(world);
    script.login();
    script.client("a GETMETADATA \"All mail\" /private/comment")
        .server("* METADATA \"All mail\" (/private/comment NIL)")
        .server("a OK ...");
    script.client("b SETMETADATA \"All mail\" (/private/comment \"x\")")
        .server("b NO [NOPERM] ...");
}

TEST_CASE("quotas of a user's workspaces (RFC 9208), whoever fills them") {
    World world;
    world.users.push_back({"bob", "secret", {"alice"}});
    store::Quota quota{.octets = 2048, .messages = 4, .workspaces = 2};
    world.backend = std::make_unique<Backend>(
        Backend{.archive = *world.archive,
                .cache = *world.cache,
                .searcher = *world.searcher,
                .workspaces = store::Workspaces(*world.archive, [&](const std::string& owner) {
                    return owner == "alice" ? quota : store::Quota();
                })});
    world.add("INBOX", 1, {mail("Subject: one\n\n" + std::string(600, 'x'))});
    Script alice(world), bob(world);
    alice.login();
    bob.client("l LOGIN bob secret").server("l OK ...");
    alice.client("a CREATE Workspaces/x").take();
    alice.client("b GETQUOTAROOT Workspaces/x")
        .server("* QUOTAROOT Workspaces/x alice")
        .server("* QUOTA alice (STORAGE 0 2 MESSAGE 0 4 MAILBOX 1 2)")
        .server("b OK ...");
    alice.client("c GETQUOTAROOT INBOX").server("* QUOTAROOT INBOX").server("c OK ...");
    alice.client("d CREATE Workspaces/y").server("d OK ...");
    alice.client("e CREATE Workspaces/z").server("e NO [OVERQUOTA] ...");
    alice.client("f SELECT INBOX").take();
    alice.client("g COPY 1 Workspaces/x").server("g OK ...");
    alice.client("h SETACL Workspaces/x bob lrikxte").take();
    bob.client("a SELECT INBOX").take();
    bob.client("b COPY 1 \"Other users/alice/x\"").server("b OK ...");
    bob.client("c COPY 1 \"Other users/alice/x\"").server("c OK ...");
    bob.client("d COPY 1 \"Other users/alice/x\"").server("d NO [OVERQUOTA] ...");  // 4 * 615
    bob.client("e APPEND \"Other users/alice/x\" {300+}\r\n" + std::string(300, 'x'));
    bob.server("e NO [OVERQUOTA] ...");
    bob.client("f APPEND \"Other users/alice/x\" {1+}\r\nx").server("f OK ...");
    bob.client("g APPEND \"Other users/alice/x\" {1+}\r\nx").server("g NO [OVERQUOTA] ...");
    bob.client("h CREATE \"Other users/alice/x/y\"").server("h NO [OVERQUOTA] ...");
    alice.client("i GETQUOTA alice")
        .server("* QUOTA alice (STORAGE 2 2 MESSAGE 4 4 MAILBOX 2 2)")
        .server("i OK ...");
    bob.client("i GETQUOTA alice").server("i NO [NONEXISTENT] ...");
    bob.client("j GETQUOTA bob").server("* QUOTA bob ()").server("j OK ...");
    alice.client("j SELECT Workspaces/x").take();
    alice.client("k STORE 1:2 +FLAGS.SILENT (\\Deleted)").take();
    alice.client("l STATUS Workspaces/x (DELETED DELETED-STORAGE)")
        .server("* STATUS Workspaces/x (DELETED 2 DELETED-STORAGE 1232)")
        .server("l OK ...");
    alice.client("m EXPUNGE").take();
    alice.client("n GETQUOTA alice")
        .server("* QUOTA alice (STORAGE 1 2 MESSAGE 2 4 MAILBOX 2 2)")
        .server("n OK ...");
}

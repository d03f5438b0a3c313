// SEARCHRES, WITHIN, PARTIAL, contexts, searches in many mailboxes, SAVEDATE, OBJECTID and PREVIEW
// through a session.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

void fill(World& world) {
    for (std::uint32_t uid = 1; uid <= 5; ++uid) {
        const auto text = fmt::format("Subject: number {}\nMessage-ID: <{}@x>\n\nbody {}\n", uid,
                                      uid, uid % 2 == 0 ? "even" : "odd");
        world.add("INBOX", uid,
                  {mail(text),
                   uid > 3 ? std::vector<std::string>{"\\Seen"} : std::vector<std::string>{}});
    }
}

std::string today(int days = 0) {
    const auto day = std::chrono::floor<std::chrono::days>(utc_now()) + std::chrono::days(days);
    const std::chrono::year_month_day date(day);
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return fmt::format("{}-{}-{}", static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
}

}  // namespace

TEST_CASE("a saved result stands wherever numbers may (RFC 5182)") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    script.client("a SEARCH $").server("* SEARCH").server("a OK ...");  // nothing saved yet
    script.client("b SEARCH RETURN (SAVE) BODY odd").server("b OK ...");
    script.client("c SEARCH $").server("* SEARCH 1 3 5").server("c OK ...");
    script.client("d UID SEARCH UID $ SEEN").server("* SEARCH 5").server("d OK ...");
    script.client("e SEARCH OR $ 2").server("* SEARCH 1 2 3 5").server("e OK ...");
    script.client("f SEARCH NOT $").server("* SEARCH 2 4").server("f OK ...");
    script.client("g FETCH $ UID")
        .server("* 1 FETCH (UID 1)")
        .server("* 3 FETCH (UID 3)")
        .server("* 5 FETCH (UID 5)")
        .server("g OK ...");
    script.client("h UID FETCH $ (FLAGS) (PARTIAL -1:-1)")
        .server("* 5 FETCH (UID 5 FLAGS (\\Seen))")
        .server("h OK ...");
    script.client("i SEARCH RETURN (SAVE MIN) $")
        .server("* ESEARCH (TAG \"i\") MIN 1")
        .server("i OK ...");
    script.client("j SEARCH $").server("* SEARCH 1").server("j OK ...");
    // What is gone is in it no more; BAD leaves it as it was, NO empties it.
    script.client("k SEARCH RETURN (SAVE) ALL").server("k OK ...");
    script.client("l SEARCH RETURN (SAVE UNHEARD) 2").server("l BAD ...");
    world.vanish("INBOX", 2);
    script.client("m NOOP").server("* 2 EXPUNGE").server("m OK ...");
    script.client("n UID SEARCH $").server("* SEARCH 1 3 4 5").server("n OK ...");
    script.client("o SEARCH RETURN (SAVE) CHARSET x-unheard-of 2").server("o NO ...");
    script.client("p SEARCH $").server("* SEARCH").server("p OK ...");
    script.client("q SEARCH RETURN (SAVE) ALL").server("q OK ...").select("INBOX");
    script.client("r SEARCH $").server("* SEARCH").server("r OK ...").silence();
}

TEST_CASE("ages count from now (RFC 5032)") {
    World world;
    const auto now = std::chrono::floor<std::chrono::seconds>(utc_now());
    for (std::uint32_t uid = 1; uid <= 3; ++uid)
        world.add("INBOX", uid, {mail("Subject: x\n\n"), {}, {now - std::chrono::hours(uid), 60}});
    Script script(world);
    script.login().select("INBOX");
    script.client("a SEARCH YOUNGER 5400").server("* SEARCH 1").server("a OK ...");
    script.client("b SEARCH OLDER 5400").server("* SEARCH 2 3").server("b OK ...");
    script.client("c SEARCH OLDER 5400 YOUNGER 9000").server("* SEARCH 2").server("c OK ...");
}

TEST_CASE("a search is kept up to date (RFC 5267)") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    script.client("a UID SEARCH RETURN (UPDATE COUNT) UNSEEN BODY odd")
        .server("* ESEARCH (TAG \"a\") UID COUNT 2")
        .server("a OK ...");
    script.client("b SEARCH RETURN (UPDATE) 2:*").server("b OK ...").silence();
    world.flag("INBOX", 5, {});
    world.flag("INBOX", 1, {"\\Seen"});
    script.client("c NOOP")
        .server("* ESEARCH (TAG \"a\") UID REMOVEFROM (0 1)")
        .server("* 1 FETCH (UID 1 FLAGS (\\Seen))")
        .server("* 5 FETCH (UID 5 FLAGS ())")
        .server("* ESEARCH (TAG \"a\") UID ADDTO (0 5)")
        .server("c OK ...");
    world.vanish("INBOX", 3);
    world.add("INBOX", 6, {mail("Subject: six\n\nodd again\n")});
    script.client("d NOOP")
        .server("* ESEARCH (TAG \"a\") UID REMOVEFROM (0 3)")
        .server("* ESEARCH (TAG \"b\") REMOVEFROM (0 3)")
        .server("* 3 EXPUNGE")
        .server("* 5 EXISTS")
        .server("* ESEARCH (TAG \"a\") UID ADDTO (0 6)")
        .server("d OK ...");  // 2:* meant the messages of that moment
    script.client("e CANCELUPDATE \"z\"").server("e BAD ...");
    script.client("f CANCELUPDATE \"a\" \"b\"").server("f OK ...");
    world.add("INBOX", 7, {mail("Subject: seven\n\nodd\n")});
    script.client("g NOOP").server("* 6 EXISTS").server("g OK ...").silence();
}

TEST_CASE("no more searches are kept up to date than a session can bear") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    for (std::size_t i = 0; i < SearchContext::most; ++i)
        script.client(fmt::format("t{} SEARCH RETURN (UPDATE) ALL", i))
            .server(fmt::format("t{} OK ...", i));
    script.client("u SEARCH RETURN (UPDATE COUNT) ALL")
        .server("* ESEARCH (TAG \"u\") COUNT 5")
        .server("* NO [NOUPDATE \"u\"] ...")
        .server("u OK ...")
        .silence();
}

TEST_CASE("one search in many mailboxes (RFC 7377)") {
    World world;
    fill(world);
    world.list("Work");
    world.list("Work/2024");
    world.list("Work/2024/March");
    world.list("Secret", {}, "bob");
    world.add("Work", 1, {mail("Subject: w\n\nodd work\n")});
    world.add("Work/2024", 7, {mail("Subject: w\n\neven work\n")});
    world.add("Work/2024/March", 8, {mail("Subject: w\n\nodd march\n")});
    world.add("Secret", 9, {mail("Subject: w\n\nodd secret\n")}, "bob");
    Script script(world);
    script.login();
    script.client("a ESEARCH IN (mailboxes (INBOX alice/Work none bob/Secret)) BODY odd")
        .server("* ESEARCH (TAG \"a\" MAILBOX INBOX UIDVALIDITY ...) UID ALL 1,3,5")
        .server("* ESEARCH (TAG \"a\" MAILBOX alice/Work UIDVALIDITY ...) UID ALL 1")
        .server("a OK ...");
    script.client("b ESEARCH IN (subtree alice/Work) RETURN (COUNT) BODY odd")
        .server("* ESEARCH (TAG \"b\" MAILBOX alice/Work UIDVALIDITY ...) UID COUNT 1")
        .server("* ESEARCH (TAG \"b\" MAILBOX alice/Work/2024/March UIDVALIDITY ...) UID COUNT 1")
        .server("b OK ...");
    script.client("c ESEARCH IN (subtree-one alice/Work inboxes) BODY even")
        .server("* ESEARCH (TAG \"c\" MAILBOX INBOX UIDVALIDITY ...) UID ALL 2,4")
        .server("* ESEARCH (TAG \"c\" MAILBOX alice/Work/2024 UIDVALIDITY ...) UID ALL ...")
        .server("c OK ...");
    script.client("d ESEARCH IN (personal) BODY march")
        .server("* ESEARCH (TAG \"d\" MAILBOX \"All mail/alice\" UIDVALIDITY ...) UID ALL 8")
        .server("* ESEARCH (TAG \"d\" MAILBOX alice/Work/2024/March UIDVALIDITY ...) UID ALL ...")
        .server("d OK ...");
    script.client("e ESEARCH IN (mailboxes bob/Secret) ALL").server("e OK ...").silence();
    script.client("f ESEARCH ALL").server("f BAD ...");
    script.client("g ESEARCH IN (inboxes) 1:2").server("g BAD ...");
    script.select("INBOX");
    script.client("h ESEARCH RETURN (SAVE MIN) BODY odd")
        .server("* ESEARCH (TAG \"h\" MAILBOX INBOX UIDVALIDITY ...) UID MIN 1")
        .server("h OK ...");
    script.client("i ESEARCH IN (selected) $")
        .server("* ESEARCH (TAG \"i\" MAILBOX INBOX UIDVALIDITY ...) UID ALL 1")
        .server("i OK ...");
    script.client("j ESEARCH IN (inboxes) RETURN (SAVE) ALL").server("j BAD ...").silence();
}

TEST_CASE("the time of archiving (RFC 8514)") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    script.client("a SEARCH SAVEDON " + today()).server("* SEARCH 1 2 3 4 5").server("a OK ...");
    script.client("b SEARCH SAVEDBEFORE " + today()).server("* SEARCH").server("b OK ...");
    script.client("c SEARCH SAVEDSINCE " + today(1)).server("* SEARCH").server("c OK ...");
    script.client("d SEARCH NOT SAVEDATESUPPORTED").server("* SEARCH").server("d OK ...");
    script.client("e FETCH 1 SAVEDATE").server("* 1 FETCH (SAVEDATE \"...:... +0000\")");
    script.server("e OK ...").silence();
}

TEST_CASE("ids that never change (RFC 8474)") {
    World world;
    const auto original = mail("Subject: x\nMessage-ID: <1@x>\n\n");
    world.list("Copy");
    world.add("INBOX", 1, {original});
    world.add("INBOX", 2, {mail("Subject: y\nMessage-ID: <2@x>\nReferences: <1@x>\n\n")});
    world.add("INBOX", 3, {mail("Subject: no id at all\n\n")});
    world.add("Copy", 9, {original});
    Script script(world);
    script.login();
    script.client("a STATUS INBOX (MAILBOXID UIDNEXT)")
        .server("* STATUS INBOX (UIDNEXT 4 MAILBOXID (F...))")
        .server("a OK ...");
    script.client("b SELECT INBOX");
    CHECK(script.take().find("* OK [MAILBOXID (F") != std::string::npos);
    script.client("c FETCH 1:3 (EMAILID THREADID)");
    const auto answer = script.take();
    const auto id = [&](std::string_view name, int which) {
        std::size_t at = 0;
        for (int i = 0; i < which; ++i) at = answer.find(name, at) + name.size();
        return answer.substr(at + 2, answer.find(')', at) - at - 2);
    };
    CHECK(id("EMAILID", 1) == "M" + to_hex(sha256(original)));
    CHECK(id("THREADID", 1) == id("THREADID", 2));
    CHECK(id("THREADID", 1) != id("THREADID", 3));
    script.client("d SEARCH EMAILID " + id("EMAILID", 1)).server("* SEARCH 1").server("d OK ...");
    script.client("e SEARCH THREADID " + id("THREADID", 1))
        .server("* SEARCH 1 2")
        .server("e OK ...");
    script.client("f SEARCH THREADID " + id("THREADID", 3)).server("* SEARCH 3").server("f OK ...");
    script.client("g SEARCH OR EMAILID Mxyz THREADID T1").server("* SEARCH").server("g OK ...");
    script.select("alice/Copy");
    script.client("h SEARCH EMAILID " + id("EMAILID", 1)).server("* SEARCH 1").server("h OK ...");
}

TEST_CASE("previews (RFC 8970)") {
    World world;
    world.add("INBOX", 1, {mail("Subject: x\n\nHello,\n\n  this is   short.\n")});
    world.add("INBOX", 2,
              {mail("Subject: x\nContent-Type: text/html; charset=utf-8\n\n<p>Gr\xc3"
                    "\xbc\xc3\x9f"
                    "e</p><script>x()</script><p>aus&nbsp;Wien</p>\n")});
    world.add("INBOX", 3,
              {mail("Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\n"
                    "Content-Type: text/html\n\n<b>rich</b>\n--b\nContent-Type: "
                    "text/plain\n\nplain\n--b--\n")});
    world.add(
        "INBOX", 4,
        {mail("Subject: x\n\n" + std::string(30, 'a') + " " + std::string(1000, 'b') + "\n")});
    world.add("INBOX", 5,
              {mail("Subject: x\nContent-Type: text/plain; name=a.txt\nContent-Disposition: "
                    "attachment\n\nnot shown\n")});
    Script script(world);
    script.login().select("INBOX");
    script.client("a FETCH 1:5 (PREVIEW)")
        .server("* 1 FETCH (PREVIEW \"Hello, this is short.\")")
        .server("* 2 FETCH (PREVIEW {16}")
        .server(
            "Gr\xc3\xbc\xc3\x9f"
            "e aus Wien)")
        .server("* 3 FETCH (PREVIEW \"plain\")")
        .server("* 4 FETCH (PREVIEW \"" + std::string(30, 'a') + " " + std::string(169, 'b') +
                "\")")
        .server("* 5 FETCH (PREVIEW \"\")")
        .server("a OK ...");
    script.client("b UID FETCH 1 (PREVIEW (LAZY) FLAGS)")
        .server("* 1 FETCH (UID 1 PREVIEW \"Hello, this is short.\" FLAGS ())")
        .server("b OK ...")
        .silence();
}

TEST_CASE("the human language over IMAP (X-GM-RAW)") {
    World world;
    fill(world);
    Script script(world);
    script.login().select("INBOX");
    script.client("a SEARCH X-GM-RAW \"subject:number -body:odd\"")
        .server("* SEARCH 2 4")
        .server("a OK ...");
    script.client("b SEARCH UNSEEN X-GM-RAW \"odd OR subject:2\"")
        .server("* SEARCH 1 2 3")
        .server("b OK ...");
    script.client("c SEARCH X-GM-RAW \"(odd\"").server("c BAD query, character 1: ...");
    script.client("d SEARCH X-GM-RAW \"in:INBOX odd\"").server("d BAD query: ...").silence();
}

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <optional>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

std::string letter(const std::string& subject) {
    return mail("Subject: " + subject + "\n\nbody\n");
}

void set_query(Script& script, const std::string& name, const std::string& query) {
    script
        .client(
            fmt::format("q SETMETADATA {} (/private/vendor/mailhold/query \"{}\")", name, query))
        .server("q OK ...");
}

void make_search(Script& script, const std::string& query) {
    script.client("q CREATE Searches/S").server("q OK ...");
    set_query(script, "Searches/S", query);
}

// Alice has a search for tenders in her INBOX open, where there is one.
struct OpenSearch {
    World world;
    std::vector<std::size_t> asked;  // of how many messages, each time
    std::optional<Errc> fails;       // from now on
    Script alice{world};

    OpenSearch() {
        world.add("INBOX", 1, letter("a tender"));
        world.search = [this, search = world.search](const Search& wanted) -> Result<Places> {
            asked.push_back(wanted.mailbox->entries.size());
            if (fails) return fail(*fails, "not now");
            return search(wanted);
        };
        alice.login();
        make_search(alice, "subject:tender in:INBOX");
        alice.select("Searches/S");
    }
};

}  // namespace

TEST_CASE("a saved search shows what its query finds, and goes on to find") {
    World world;
    world.list("Work");
    world.add("INBOX", 1, letter("a tender"));
    world.add("INBOX", 2, letter("lunch"));
    world.add("Work", 1, letter("the tender, again"));
    Script alice(world);
    alice.login();
    alice.client("a CREATE Searches/Tenders");
    const auto made = alice.take();
    const auto id = made.substr(made.find("(F"), made.find(')') - made.find("(F"));
    alice.client("b CREATE Searches/Tenders").server("b NO [ALREADYEXISTS] ...");
    alice.client("c LIST \"\" Searches*")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" Searches")
        .server("* LIST (\\HasNoChildren) \"/\" Searches/Tenders")
        .server("c OK ...");
    // Until it has a query it shows nothing, and says what is missing.
    alice.client("d STATUS Searches/Tenders (MESSAGES)")
        .server("* STATUS Searches/Tenders (MESSAGES 0)")
        .server("d OK ...");
    set_query(alice, "Searches/Tenders", "subject:tender");
    alice.client("e STATUS Searches/Tenders (MESSAGES UNSEEN UIDNEXT)")
        .server("* STATUS Searches/Tenders (MESSAGES 2 UNSEEN 2 UIDNEXT 4)")
        .server("e OK ...");
    alice.client("e STATUS Searches/Tenders (MAILBOXID)")
        .server("* STATUS Searches/Tenders (MAILBOXID " + id + "))")
        .server("e OK ...");
    alice.select("Searches/Tenders");
    alice.client("f UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        .server("* 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT)] {21}")
        .server("Subject: a tender")
        .server("")
        .server(")")
        .server("* 2 FETCH (UID 3 BODY[HEADER.FIELDS (SUBJECT)] {30}")
        .server("Subject: the tender, again")
        .server("")
        .server(")")
        .server("f OK ...");
    alice.client("g IDLE").server("+ ...");
    world.add("Work", 2, letter("dinner"));
    alice.wake().silence();
    world.add("INBOX", 3, letter("tenders"));
    alice.wake().server("* 3 EXISTS");
    alice.client("DONE").server("g OK ...");
    alice.client("h UID SEARCH SUBJECT again").server("* SEARCH 3").server("h OK ...");
    alice.client("i STORE 1 +FLAGS (\\Seen)").server("i NO [NOPERM] ...");
    alice.client("j CREATE Workspaces/W").server("j OK ...");
    alice.client("k COPY 1:* Workspaces/W").server("k OK [COPYUID ... 1,3,5 1:3] ...").silence();
    alice.client("l COPY 1 Searches/Tenders").server("l NO [NOPERM] ...");

    // Another query is another mailbox to a client; who has the old one open keeps it.
    Script other(world);
    other.login();
    other.client("a STATUS Searches/Tenders (UIDVALIDITY)");
    const auto before = other.take();
    set_query(other, "Searches/Tenders", "subject:lunch OR subject:dinner");
    other.client("a STATUS Searches/Tenders (UIDVALIDITY)");
    CHECK(other.take() != before);
    alice.client("m SEARCH ALL").server("* SEARCH 1 2 3").server("m OK ...");
    alice.select("Searches/Tenders");
    alice.client("n SEARCH SUBJECT dinner").server("* SEARCH 2").server("n OK ...");

    alice.client("o RENAME Searches/Tenders Searches/Meals").server("o OK ...");
    alice.client("p RENAME Searches/Meals Workspaces/Meals").server("p NO [CANNOT] ...");
    alice.client("q STATUS Searches/Meals (MESSAGES)")
        .server("* STATUS Searches/Meals (MESSAGES 2)")
        .server("q OK ...");
    alice.client("r DELETE Searches/Meals").server("r OK ...");
    alice.client("s SELECT Searches/Meals").server("s NO [NONEXISTENT] ...");
    alice.client("t LIST \"\" Searches*").server("t OK ...").silence();
}

TEST_CASE("a saved search of one mailbox, by flags: what is not found any more vanishes") {
    World world;
    world.add("INBOX", 1, letter("one"));
    world.add("INBOX", 2, {letter("two"), {"\\Seen"}});
    world.add("INBOX", 3, letter("three"));
    Script alice(world);
    alice.login();
    alice.client("a CREATE Searches/Unread").server("a OK ...");
    set_query(alice, "Searches/Unread", "in:INBOX is:unseen");
    alice.client("b ENABLE QRESYNC").server("* ENABLED QRESYNC").server("b OK ...");
    alice.client("c SELECT Searches/Unread");
    const auto opened = alice.take();
    CHECK(opened.find("* 2 EXISTS\r\n") != opened.npos);
    const auto number_after = [&](const std::string& what) {
        const auto at = opened.find(what) + what.size();
        return opened.substr(at, opened.find(']', at) - at);
    };
    const auto uidvalidity = number_after("[UIDVALIDITY ");
    const auto modseq = number_after("[HIGHESTMODSEQ ");
    alice.client("d IDLE").server("+ ...");
    world.flag("INBOX", 1, {"\\Seen"});
    alice.wake().server("* VANISHED 1");
    world.flag("INBOX", 2, {});
    alice.wake().server("* VANISHED 3").server("* 2 EXISTS");  // messages only appear at the end
    alice.client("DONE").server("d OK ...");
    alice.client("e UID SEARCH ALL").server("* SEARCH 2 3").server("e OK ...");

    Script later(world);
    later.login();
    later.client("a ENABLE QRESYNC").server("* ENABLED QRESYNC").server("a OK ...");
    later.client(fmt::format("b SELECT Searches/Unread (QRESYNC ({} {}))", uidvalidity, modseq));
    const auto resynced = later.take();
    INFO(resynced);
    CHECK(resynced.find("* VANISHED (EARLIER) 1\r\n") != resynced.npos);
    CHECK(resynced.find("* 1 FETCH (UID 2 FLAGS ()") != resynced.npos);
    CHECK(resynced.find("UID 3 ") == resynced.npos);
}

TEST_CASE("an open search is asked again as searches are: of what is new alone, and awaited") {
    OpenSearch open;
    auto& [world, asked, fails, alice] = open;
    CHECK(asked == std::vector<std::size_t>{1});
    world.add("INBOX", 2, letter("lunch"));
    world.add("INBOX", 3, letter("tenders"));
    alice.client("b FETCH 1 UID")
        .server("* 1 FETCH (UID 1)")
        .server("* 2 EXISTS")
        .server("b OK ...");
    CHECK(asked == std::vector<std::size_t>{1, 2});
    // Nothing came, or came elsewhere, or only went: nothing is asked.
    world.list("Work");
    world.add("Work", 1, letter("a tender"));
    alice.client("c NOOP").server("c OK ...");
    world.vanish("INBOX", 1);
    alice.client("d FETCH 1 UID").server("* 1 FETCH (UID 1)").server("d OK ...");
    alice.client("e NOOP").server("* 1 EXPUNGE").server("e OK ...").silence();
    CHECK(asked == std::vector<std::size_t>{1, 2});
    // What the client says meanwhile is answered behind it, also in IDLE.
    alice.client("f NOTIFY SET (SELECTED (MessageNew MessageExpunge))").server("f OK ...");
    world.add("INBOX", 4, letter("tender 4"));
    alice.wake().server("* 2 EXISTS").silence();
    alice.client("g NOTIFY SET (SUBSCRIBED (MailboxName))").server("g OK ...");
    world.add("INBOX", 5, letter("tender 5"));
    alice.wake().silence();
    CHECK(asked == std::vector<std::size_t>{1, 2, 1});  // nobody wishes to know
    alice.client("h NOTIFY NONE").server("h OK ...").client("i IDLE").server("+ ...").silence();
    alice.client("DONE").server("i OK ...");
}

TEST_CASE(
    "a search that cannot be asked again shows what it found, says so once, and tries again") {
    OpenSearch open;
    auto& [world, asked, fails, alice] = open;
    fails = Errc::timeout;
    world.add("INBOX", 2, letter("tenders"));
    alice.client("b NOOP").server("* NO [LIMIT] What came or changed ...").server("b OK ...");
    alice.client("c NOOP").server("c OK ...").silence();
    CHECK(asked.size() == 2);
    alice.client("d IDLE").server("+ ...");
    world.add("INBOX", 3, letter("lunch"));
    alice.wake().silence();
    CHECK(asked.size() == 3);
    fails.reset();
    alice.wake().silence();
    world.vanish("INBOX", 1);
    alice.wake().silence();  // it failed twice: one change is passed over
    world.flag("INBOX", 3, {"\\Seen"});
    alice.wake().server("* 1 EXPUNGE").server("* 1 EXISTS").silence();
    CHECK(asked.size() == 4);
    fails = Errc::timeout;
    world.add("INBOX", 4, letter("tenders"));
    alice.wake().server("* NO [LIMIT] ...").silence();
    alice.client("DONE").server("d OK ...");
    alice.client("e FETCH 1:* UID").server("* 1 FETCH (UID 2)").server("e OK ...").silence();
    CHECK(asked.size() == 5);
}

TEST_CASE(
    "an open search that had no place among those that wait is asked again with the next command") {
    OpenSearch open;
    auto& [world, asked, fails, alice] = open;
    fails = Errc::limit;
    world.add("INBOX", 2, letter("tenders"));
    alice.client("b NOOP").server("* NO [LIMIT] What came or changed ...").server("b OK ...");
    alice.client("c NOOP").server("c OK ...").silence();
    fails.reset();
    alice.client("d NOOP").server("* 2 EXISTS").server("d OK ...").silence();
}

TEST_CASE("an open search that fails time after time is asked again after ever fewer changes") {
    OpenSearch open;
    auto& [world, asked, fails, alice] = open;
    fails = Errc::timeout;
    asked.clear();
    std::uint32_t uid = 1;
    const auto change = [&] { world.add("INBOX", ++uid, letter("tenders")); };
    change();
    alice.client("b NOOP").server("* NO [LIMIT] ...").server("b OK ...");
    std::vector<int> at_changes = {1};
    while (uid < 260) {
        change();
        const auto before = asked.size();
        alice.client("b NOOP").server("b OK ...").silence();
        if (asked.size() > before) at_changes.push_back(static_cast<int>(uid) - 1);
    }
    CHECK(at_changes == std::vector<int>{1, 2, 4, 8, 16, 32, 64, 128, 192, 256});
    fails.reset();
    while (asked.size() == at_changes.size()) {
        change();
        alice.client("c NOOP");
    }
    alice.server("c OK ...").take();
    alice.client("d SEARCH RETURN (COUNT) ALL")
        .server(fmt::format("* ESEARCH (TAG \"d\") COUNT {}", uid))
        .server("d OK ...");
    // What succeeds is asked as ever.
    change();
    alice.client("e NOOP").server("* ... EXISTS").server("e OK ...").silence();
}

TEST_CASE("a saved search shows nothing more of a workspace that is withdrawn") {
    World world;
    world.users.push_back({"bob", "secret", {}});
    Script alice(world), bob(world);
    alice.login().client("a CREATE Workspaces/W").server("a OK ...");
    alice.client("b APPEND Workspaces/W {6+}\r\na\r\nb\r\n").server("b OK ...");
    alice.client("c SETACL Workspaces/W bob lr").server("c OK ...");
    bob.client("l LOGIN bob secret").server("l OK ...");
    make_search(bob, "in:\\\"Other users/alice/W\\\"");
    bob.client("b SELECT Searches/S").take();
    bob.client("c FETCH 1 BODY.PEEK[TEXT]").server("* 1 FETCH ...").take();
    alice.client("d DELETEACL Workspaces/W bob").server("d OK ...");
    bob.client("d FETCH 1 BODY.PEEK[TEXT]").server("* BYE ...").closed();
}

TEST_CASE("in a search of a workspace \\Deleted stays as it is, and ESEARCH finds what is open") {
    World world;
    Script alice(world);
    alice.login().client("a CREATE Workspaces/W").server("a OK ...");
    alice.client("b APPEND Workspaces/W (\\Deleted \\Seen) {6+}\r\na\r\nb\r\n").server("b OK ...");
    make_search(alice, "in:Workspaces/W");
    alice.client("d SELECT Searches/S").take();
    alice.client("e STORE 1 FLAGS (\\Flagged)")
        .server("* 1 FETCH (UID 1 FLAGS (\\Deleted \\Flagged))")
        .server("e OK ...");
    alice.client("f ESEARCH IN (selected) RETURN (COUNT) ALL")
        .server("* ESEARCH (TAG \"f\" MAILBOX Searches/S ...) UID COUNT 1")
        .server("f OK ...");
    alice.client("g ESEARCH IN (personal) RETURN (COUNT) ALL")
        .server("* ESEARCH (TAG \"g\" MAILBOX \"All mail/Workspaces\" ...) UID COUNT 1")
        .server("* ESEARCH (TAG \"g\" MAILBOX Workspaces/W ...) UID COUNT 1")
        .server("g OK ...");
}

TEST_CASE("a saved search that cannot be made or seen is refused") {
    World world;
    world.users.push_back({"bob", "secret", {"alice"}});
    world.add("INBOX", 1, letter("one"));
    Script alice(world), bob(world);
    alice.login();
    bob.client("l LOGIN bob secret").server("l OK ...");
    alice.client("a CREATE Searches/S (USE (\\Drafts))").server("a NO [USEATTR] ...");
    alice.client("b CREATE Searches/S").server("b OK ...");
    alice.client("c SETMETADATA Searches/S (/private/vendor/mailhold/query \"subject:(\")")
        .server("c NO [CANNOT] query, character ...");
    alice.client("d SETMETADATA Searches/S (/private/vendor/mailhold/query \"in:Nowhere one\")")
        .server("d NO [NONEXISTENT] in: cannot be this: it takes a name as LIST gives it...");
    alice.client("e SETMETADATA Searches/S (/private/vendor/mailhold/query \"in:Searches/S one\")")
        .server("e NO [CANNOT] ...");
    alice.client("e CREATE Workspaces/W").take();
    set_query(alice, "Searches/S", "in:alice/INBOX one");
    set_query(alice, "Searches/S", "in:Workspaces/W one");
    alice.client("e DELETE Workspaces/W").take();
    alice.client("e SELECT Searches/S").server("e NO [NONEXISTENT] ...");
    alice.client("f APPEND Searches/S {1+}\r\nx").server("f NO [NOPERM] ...");
    alice.client("g SETACL Searches/S bob lr").server("g NO [NOPERM] ...");
    bob.client("a LIST \"\" Searches*").server("a OK ...").silence();
    bob.client("b SELECT Searches/S").server("b NO [NONEXISTENT] ...");
    bob.client("c CREATE Searches/S").server("c OK ...");
    bob.client("d GETMETADATA Searches/S /private/vendor/mailhold/query")
        .server("* METADATA Searches/S (/private/vendor/mailhold/query NIL)")
        .server("d OK ...");
}

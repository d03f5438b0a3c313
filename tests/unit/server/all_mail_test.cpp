#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <random>

#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

std::string letter(int number) {
    return mail(fmt::format("Subject: {}\n\nbody\n", number));
}

std::vector<std::string> lines(const store::MailboxSnapshot& mailbox) {
    std::vector<std::string> lines;
    for (const auto& entry : mailbox.entries)
        lines.push_back(fmt::format("{} {} {} {}", number(entry.uid), number(entry.message),
                                    fmt::join(mailbox.flags_of(entry), ","), number(entry.modseq)));
    return lines;
}

}  // namespace

TEST_CASE("All mail has what every account holds, each message once, in the order of coming") {
    World world;
    world.list("INBOX", {}, "bob");
    world.users.push_back({"bob", "secret", {"bob", "alice"}});
    world.users.push_back({"carol", "secret", {"bob"}});
    world.add("INBOX", 1, {letter(1), {"\\Seen"}});
    world.add("INBOX", 1, letter(2), "bob");
    world.add("INBOX", 2, letter(1), "bob");  // alice has it already
    world.add("INBOX", 2, letter(3));

    Script bob(world);
    bob.client("l LOGIN bob secret").server("l OK ...");
    bob.client("a LIST \"\" \"All mail*\"")
        .server("* LIST (\\HasChildren \\All) \"/\" \"All mail\"")
        .server("* LIST (\\HasNoChildren) \"/\" \"All mail/alice\"")
        .server("* LIST (\\HasNoChildren) \"/\" \"All mail/bob\"")
        .server("a OK ...");
    bob.client("b STATUS \"All mail\" (MESSAGES UNSEEN UIDNEXT)")
        .server("* STATUS \"All mail\" (MESSAGES 3 UNSEEN 2 UIDNEXT 4)")
        .server("b OK ...");
    bob.select("\"All mail\"");
    bob.client("c FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        .server("* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[HEADER.FIELDS (SUBJECT)] {14}")
        .server("Subject: 1")
        .server("")
        .server(")")
        .server("* 2 FETCH (UID 2 FLAGS () BODY[HEADER.FIELDS (SUBJECT)] {14}")
        .server("Subject: 2")
        .server("")
        .server(")")
        .server("* 3 FETCH (UID 3 FLAGS () BODY[HEADER.FIELDS (SUBJECT)] {14}")
        .server("Subject: 3")
        .server("")
        .server(")")
        .server("c OK ...");
    bob.client("d IDLE").server("+ ...");
    world.add("INBOX", 3, letter(4), "bob");
    world.flag("INBOX", 2, {"\\Flagged"});
    bob.wake().server("* 4 EXISTS").server("* 3 FETCH (UID 3 FLAGS (\\Flagged))");
    bob.client("DONE").server("d OK ...");
    bob.client("e STORE 1 +FLAGS (\\Seen)").server("e NO [NOPERM] ...");
    bob.client("f COPY 1 \"All mail\"").server("f NO [NOPERM] ...");
    bob.client("g CREATE Workspaces/W").server("g OK ...");
    bob.client("h COPY 1:2 Workspaces/W").server("h OK [COPYUID ... 1:2 1:2] ...").silence();
    bob.client("i SEARCH SUBJECT 4").server("* SEARCH 4").server("i OK ...");

    // Who is granted one account has one mailbox of all mail.
    Script carol(world);
    carol.client("l LOGIN carol secret").server("l OK ...");
    carol.client("a LIST \"\" \"All mail*\"")
        .server("* LIST (\\NoSelect \\HasChildren) \"/\" \"All mail\"")
        .server("* LIST (\\HasNoChildren \\All) \"/\" \"All mail/bob\"")
        .server("a OK ...");
    carol.client("b SELECT \"All mail\"").server("b NO [CANNOT] ...");
}

TEST_CASE(
    "flags that a user gives himself in All mail, or in a search of it, are those of the mailbox") {
    World world;
    world.list("INBOX", {}, "bob");
    world.users = {{"alice", "secret", {"alice", "bob"}}};
    world.backend->personal_flags = true;
    world.add("INBOX", 1, letter(1), "bob");
    world.add("INBOX", 1, letter(2));
    world.add("INBOX", 2, letter(3), "bob");
    Script here(world), there(world);
    here.login();
    there.login();
    there.client("s SELECT \"All mail/bob\"");
    there.take();
    there.client("i IDLE").server("+ ...");
    here.client("a SELECT \"All mail\"");
    CHECK(here.take().find("a OK [READ-WRITE]") != std::string::npos);
    here.client("b STORE 2:3 +FLAGS (\\Flagged)")
        .server("* 2 FETCH (UID 2 FLAGS (\\Flagged))")
        .server("* 3 FETCH (UID 3 FLAGS (\\Flagged))")
        .server("b OK ...");
    there.wake().server("* 2 FETCH (UID 2 FLAGS (\\Flagged))");
    here.client("c FETCH 1 BODY[TEXT]")
        .server("* 1 FETCH (BODY[TEXT] {6}")
        .server("body")
        .server(")")
        .server("* 1 FETCH (UID 1 FLAGS (\\Seen))")
        .server("c OK ...");
    here.client("d STORE 1 +FLAGS (\\Deleted)").server("d NO [NOPERM] ...");

    here.client("e CREATE Searches/Flagged").server("e OK ...");
    here.client("f SETMETADATA Searches/Flagged (/private/vendor/mailhold/query \"is:flagged\")")
        .server("f OK ...");
    here.client("g SELECT Searches/Flagged");
    CHECK(here.take().find("* 2 EXISTS") != std::string::npos);
    here.client("h STORE 1 -FLAGS (\\Flagged)")
        .server("* 1 FETCH (UID 2 FLAGS ())")
        .server("h OK ...");
    here.client("i NOOP").server("* 1 EXPUNGE").server("i OK ...").silence();

    // What is in workspaces alone has its flags there.
    here.client("j CREATE Workspaces/W").server("j OK ...");
    here.client("k APPEND Workspaces/W {5+}\r\na\r\nb\r\n").server("k OK ...");
    here.client("l SELECT \"All mail\"");
    here.take();
    here.client("m STORE 4 +FLAGS (\\Flagged)").server("m NO [NOPERM] ...");
    here.client("m STORE 1,4 +FLAGS (\\Flagged)")
        .server("* 1 FETCH (UID 1 FLAGS (\\Flagged \\Seen))")
        .server("* 4 FETCH (UID 4 FLAGS ())")
        .server("m OK ...");
    here.client("n FETCH 1,4 FLAGS")
        .server("* 1 FETCH (FLAGS (\\Flagged \\Seen))")
        .server("* 4 FETCH (FLAGS ())")
        .server("n OK ...");
}

TEST_CASE("All mail of what is granted in part holds no more than that, vanished mail included") {
    World world;
    world.list("Work");
    world.list("INBOX", {}, "bob");
    world.users.push_back({"eve", "secret", {"bob"}, {{"alice", {"Work"}}}});
    world.add("INBOX", 1, letter(1));
    world.add("Work", 1, letter(2));
    world.add("INBOX", 1, letter(3), "bob");
    world.add("Work", 2, letter(4));
    world.vanish("Work", 1);
    const auto all = world.cache->everything.of(world.users[1], false).value();
    const auto* view = &all->view;
    std::vector<std::uint32_t> messages;
    for (const auto& entry : view->entries) messages.push_back(number(entry.message));
    CHECK(messages == std::vector<std::uint32_t>{2, 3, 4});

    // Who is granted more sees others in between, and has to learn all UIDs anew.
    world.users[1].accounts.emplace_back("alice");
    const auto more = world.cache->everything.of(world.users[1], false).value();
    const auto* wider = &more->view;
    CHECK(wider->entries.size() == 4);
    CHECK(wider->mailbox.uidvalidity != view->mailbox.uidvalidity);
}

TEST_CASE("All mail keeps its UIDs: grown step by step, it is what is made anew") {
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        INFO("seed " << seed);
        std::minstd_rand random(seed);
        const auto pick = [&](std::uint32_t below) {
            return static_cast<std::uint32_t>(random() % below);
        };
        World world;
        world.list("Work");
        world.list("INBOX", {}, "bob");
        User user{"eve", "", {"bob"}, {{"alice", {"Work"}}}};
        store::Workspaces workspaces(*world.archive);
        MailboxId workspace{};
        std::uint32_t uid = 0;
        std::shared_ptr<const Joined> held;
        std::vector<std::string> before;
        for (int step = 0; step < 60; ++step) {
            switch (pick(6)) {
                case 0:
                    world.add("INBOX", ++uid, letter(static_cast<int>(pick(30))));
                    break;
                case 1:
                    world.add("Work", ++uid, letter(static_cast<int>(pick(30))));
                    break;
                case 2:
                    world.add("INBOX", ++uid, letter(static_cast<int>(pick(30))), "bob");
                    break;
                case 3:
                    if (uid > 0)
                        world.flag("Work", 1 + pick(uid), {pick(2) ? "\\Seen" : "\\Flagged"});
                    break;
                case 4:
                    if (uid > 0) world.vanish("Work", 1 + pick(uid));
                    break;
                default:
                    if (workspace == MailboxId{})
                        workspace = workspaces.make({"eve"}, "eve", "W", {}).value();
                    REQUIRE(workspaces.append(
                        {"eve"}, workspace, {{Blob(letter(static_cast<int>(pick(40)))), {}, {}}}));
            }
            if (pick(3) == 0) continue;
            held = world.cache->everything.of(user, false).value();
            Cache fresh(*world.archive);
            const auto anew = fresh.everything.of(user, false).value();
            const auto now = lines(held->view);
            REQUIRE(now == lines(anew->view));
            REQUIRE(held->view.mailbox == anew->view.mailbox);
            REQUIRE(now.size() >= before.size());
            for (std::size_t i = 0; i < before.size(); ++i) {
                const auto id = [](const std::string& line) {
                    return line.substr(0, line.find(' ', line.find(' ') + 1));
                };
                REQUIRE(id(now[i]) == id(before[i]));
            }
            before = now;
        }
        CHECK(before.size() > 10);
    }
}

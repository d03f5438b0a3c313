// What sessions put on record of their users' doings.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "store/base/fail_point.hpp"
#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

using Mode = store::Audit::Mode;

// "alice fetch INBOX 1:2 BODY[] ok", a line each.
std::vector<std::string> recorded(const World& world) {
    std::vector<std::string> lines;
    for (const auto& [record, one] : world.archive->accesses({}).value()) {
        CHECK(one.address == "192.0.2.1:5");
        CHECK(one.session == 7);
        lines.push_back(fmt::format("{} {} {}|{}|{}", one.user, store::name_of(one.what),
                                    one.mailbox, one.detail, one.outcome));
    }
    return lines;
}

const Channel channel{.tls = true, .address = "192.0.2.1:5", .session = 7};

}  // namespace

TEST_CASE("logins, mailboxes, searches and content are recorded, each once a command") {
    World world;
    store::Audit audit(*world.archive, {.mode = Mode::strict});
    world.backend->audit = &audit;
    world.add("INBOX", 1, {mail("Subject: one\n\nx\n")});
    world.add("INBOX", 2, {mail("Subject: two\n\nx\n")});
    Script script(world, channel);
    script.client("a LOGIN alice wrong").server("a NO ...");
    script.client("b LOGIN alice secret").server("b OK ...");
    script.client("c SELECT nothing").server("c NO ...");
    script.client("d EXAMINE inbox").take();
    script.client("e FETCH 1:* (UID FLAGS RFC822.SIZE)").take();  // no content
    script.client("f FETCH 1:* (FLAGS ENVELOPE BODY.PEEK[HEADER.FIELDS (Subject)])").take();
    script.client("g UID FETCH 2 BODY.PEEK[]<0.5>").take();
    script.client("h UID FETCH 2 BODY.PEEK[]<5.5>").take();  // the next chunk
    script.client("i UID FETCH 1 BODY.PEEK[]<5.5>").take();  // of another message
    script.client("j SEARCH SUBJECT \"two\"").server("* SEARCH 2").server("j OK ...");
    script.client("k CREATE Workspaces/x").take();
    script.client("l COPY 2 Workspaces/x").take();
    script.client("m APPEND Workspaces/x {5+}\r\nhello").take();
    script.client("n LOGOUT").take();
    script.session.ended();
    const auto lines = recorded(world);
    CHECK(lines == std::vector<std::string>{
                       "alice login |LOGIN|AUTHENTICATIONFAILED", "alice login |LOGIN|ok",
                       "alice select nothing|SELECT|NONEXISTENT", "alice select INBOX|EXAMINE|ok",
                       "alice fetch INBOX|1:2 BODY[HEADER.FIELDS (Subject)] ENVELOPE|ok",
                       "alice fetch INBOX|2 BODY[]|ok", "alice fetch INBOX|1 BODY[]|ok",
                       "alice search INBOX|" + lines.at(7).substr(19),
                       "alice copy INBOX|2 COPY to Workspaces/x|ok",
                       "alice append Workspaces/x|2|ok", "alice logout ||ok"});
    CHECK_THAT(lines[7], Catch::Contains("two"));
    for (const auto& line : lines) CHECK_THAT(line, !Catch::Contains("secret"));
}

TEST_CASE("what goes on with nothing that was shown is recorded") {
    World world;
    store::Audit audit(*world.archive, {.mode = Mode::strict});
    world.backend->audit = &audit;
    for (std::uint32_t uid = 1; uid <= 2; ++uid)
        world.add("INBOX", uid, {mail(fmt::format("Subject: {}\n\nx\n", uid))});
    Script script(world, channel);
    script.client("b LOGIN alice secret").server("b OK ...");
    script.client("c SELECT INBOX").take();
    script.client("d UID FETCH 99 BODY.PEEK[]<0.1>").server("d OK ...").silence();
    script.client("e FETCH 1 BODY.PEEK[]<1.100>").take();
    script.client("f FETCH 1 (BODY.PEEK[]<5.1> BODY.PEEK[]<0.100>)").take();
    script.client("g UID FETCH 1:2 BODY.PEEK[]<0.1>").take();
    script.client("h FETCH 1 BODY.PEEK[]<6.1>").take();
    world.vanish("INBOX", 1);
    script.client("i NOOP").server("* 1 EXPUNGE").server("i OK ...");
    script.client("j FETCH 1 BODY.PEEK[]<1.100>").take();
    auto lines = recorded(world);
    lines.erase(lines.begin(), lines.begin() + 2);
    CHECK(lines == std::vector<std::string>{
                       "alice fetch INBOX|1 BODY[]|ok", "alice fetch INBOX|1 BODY[]|ok",
                       "alice fetch INBOX|1:2 BODY[]|ok", "alice fetch INBOX|2 BODY[]|ok"});
}

TEST_CASE("what is read in a search or in All mail is recorded of the mailbox where it stands") {
    World world;
    world.users.front().accounts.push_back("second");
    world.list("INBOX", {}, "second");
    world.add("INBOX", 1, {mail("Subject: one\n\nx\n")}, "second");
    world.add("INBOX", 4, {mail("Subject: three\n\nx\n")});
    world.add("INBOX", 5, {mail("Subject: two\n\nx\n")});
    store::Audit audit(*world.archive, {.mode = Mode::strict});
    world.backend->audit = &audit;
    Script script(world, channel);
    script.login();
    script.client("a CREATE Searches/S").server("a OK ...");
    script.client("b SETMETADATA Searches/S (/private/vendor/mailhold/query \"in:INBOX two\")")
        .take();
    script.client("c SELECT Searches/S").take();
    script.client("d FETCH 1 BODY.PEEK[]").take();
    script.client("e SELECT \"All mail\"").take();
    script.client("f FETCH 1:* BODY.PEEK[]").take();
    std::vector<std::string> fetched;
    for (const auto& line : recorded(world))
        if (line.starts_with("alice fetch")) fetched.push_back(line);
    std::ranges::sort(fetched);
    CHECK(fetched ==
          std::vector<std::string>{"alice fetch All mail/alice|1:2 BODY[] in All mail|ok",
                                   "alice fetch All mail/second|1 BODY[] in All mail|ok",
                                   "alice fetch INBOX|2 BODY[] in Searches/S|ok"});
}

TEST_CASE("what cannot be recorded is not shown") {
    World world;
    store::Audit audit(*world.archive, {.mode = Mode::strict});
    world.add("INBOX", 1, {mail("Subject: one\n\nx\n")});
    Script script(world, channel);
    script.login().select("INBOX");
    world.backend->audit = &audit;
    static_cast<void>(fail_point::arm("ledger.before_append:1:no_space"));
    script.client("a FETCH 1 BODY.PEEK[]").server("a NO [UNAVAILABLE] ...").silence();
    script.client("b SEARCH TEXT x").server("b NO [UNAVAILABLE] ...").silence();
    script.client("c FETCH 1 (FLAGS)").server("* 1 FETCH ...").server("c OK ...");
    Script other(world, channel);
    other.client("a LOGIN alice secret").server("a NO [UNAVAILABLE] ...");
    other.client("b LIST \"\" *").server("b BAD ...").silence();
    static_cast<void>(fail_point::arm(""));
}

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <fstream>

#include "imap/wire/encode.hpp"
#include "store/base/digest.hpp"
#include "store/base/file.hpp"
#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

namespace {

const std::string nested = mail(
    "From: Ann <ann@example.org>\n"
    "Subject: outer\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=b\n"
    "\n"
    "preamble\n"
    "--b\n"
    "Content-Type: text/plain\n"
    "X-Part: one\n"
    "\n"
    "first\n"
    "--b\n"
    "Content-Type: message/rfc822\n"
    "\n"
    "Subject: inner\n"
    "From: bob@example.org\n"
    "\n"
    "inside\n"
    "--b--\n");

std::string literal(const std::string& octets) {
    return fmt::format("{{{}}}\r\n{}", octets.size(), octets);
}

}  // namespace

TEST_CASE("a line that asks for a large header again and again takes little memory") {
    World world;
    std::string large = "Subject: hi\r\n";
    while (large.size() < (2 << 20)) large += "X-Long: " + std::string(900, 'x') + "\r\n";
    world.add("INBOX", 1, {large + "\r\nbody\r\n"});
    Script script(world);
    script.login().select("INBOX");
    std::string items;
    for (int i = 0; i < 30; ++i)
        items += fmt::format("{}BODY[HEADER.FIELDS.NOT (X{})]", i > 0 ? " " : "", i);
    const std::string answer = script.client("a FETCH 1 (" + items + ")").take();
    CHECK(answer.size() > 30 * large.size());
    CHECK(script.largest_step < 2 * large.size());

    // A section in parts is put together once.
    script
        .client("c FETCH 1 (BODY[HEADER.FIELDS (SUBJECT)]<0.4> BODY[HEADER.FIELDS (SUBJECT)]<4.3>)")
        .server("* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)]<0> {4}")
        .server("Subj BODY[HEADER.FIELDS (SUBJECT)]<4> {3}")
        .server("ect)")
        .server("c OK ...");
}

TEST_CASE("FETCH of each item") {
    World world;
    const ZonedSeconds date{UtcSeconds{std::chrono::seconds{837'596'665}}, -420};
    world.add("INBOX", 5,
              {mail("Subject: hi\nFrom: Ann <ann@example.org>\n\nbody\n"), {"\\Seen"}, date});
    Script script(world);
    script.login().select("INBOX");
    const std::string whole = mail("Subject: hi\nFrom: Ann <ann@example.org>\n\nbody\n");
    const std::string header = whole.substr(0, whole.find("body"));
    const std::string envelope =
        "(NIL \"hi\" ((\"Ann\" NIL \"ann\" \"example.org\")) ((\"Ann\" NIL \"ann\" "
        "\"example.org\")) "
        "((\"Ann\" NIL \"ann\" \"example.org\")) NIL NIL NIL NIL NIL)";
    const std::string body = "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 6 1)";
    struct Row {
        std::string items, expected;
    };
    const std::string fast = fmt::format(
        "FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE {}", whole.size());
    const std::vector<Row> rows = {
        {"FLAGS", "FLAGS (\\Seen)"},
        {"UID", "UID 1"},
        {"(FLAGS UID)", "FLAGS (\\Seen) UID 1"},
        {"FAST", fast},
        {"ENVELOPE", "ENVELOPE " + envelope},
        {"RFC822.SIZE", fmt::format("RFC822.SIZE {}", whole.size())},
        {"BODY[]", "BODY[] " + literal(whole)},
        {"BODY.PEEK[]", "BODY[] " + literal(whole)},
        {"RFC822", "RFC822 " + literal(whole)},
        {"RFC822.HEADER", "RFC822.HEADER " + literal(header)},
        {"RFC822.TEXT", "RFC822.TEXT " + literal("body\r\n")},
        {"BODY[HEADER]", "BODY[HEADER] " + literal(header)},
        {"BODY[TEXT]", "BODY[TEXT] " + literal("body\r\n")},
        {"BODY[1]", "BODY[1] " + literal("body\r\n")},
        {"BODY[2]", "BODY[2] NIL"},
        {"BODY.PEEK[HEADER.FIELDS (SUBJECT X-None)]",
         "BODY[HEADER.FIELDS (SUBJECT X-None)] " + literal("Subject: hi\r\n\r\n")},
        {"BODY.PEEK[HEADER.FIELDS.NOT (Subject)]",
         "BODY[HEADER.FIELDS.NOT (Subject)] " + literal("From: Ann <ann@example.org>\r\n\r\n")},
        {"BODY[]<0.4>", "BODY[]<0> " + literal(whole.substr(0, 4))},
        {"BODY[]<4.1000>", "BODY[]<4> " + literal(whole.substr(4))},
        {"BODY[]<1000.4>", "BODY[]<1000> " + literal("")},
        {"BODY[TEXT]<1.2>", "BODY[TEXT]<1> " + literal("od")},
        {"(BODY[TEXT] BODY[TEXT] FLAGS)", "BODY[TEXT] " + literal("body\r\n") + " BODY[TEXT] " +
                                              literal("body\r\n") + " FLAGS (\\Seen)"},
    };
    for (const Row& row : rows) {
        INFO(row.items);
        script.client("a FETCH 1 " + row.items)
            .server_raw("* 1 FETCH (" + row.expected + ")\r\n")
            .server("a OK ...");
        script.silence();
    }
    script.client("b FETCH 1 BODY")
        .server("* 1 FETCH (BODY (\"text\" \"plain\" ... \"7bit\" 6 1))")
        .server("b OK ...");
    script.client("c FETCH 1 BODYSTRUCTURE")
        .server("* 1 FETCH (BODYSTRUCTURE (\"text\" \"plain\" ...))")
        .server("c OK ...");
    script.client("d FETCH 1 FULL")
        .server("* 1 FETCH (FLAGS ... ENVELOPE (...) BODY (...))")
        .server("d OK ...")
        .silence();
    script.client("e FETCH 1 (FLAGS").server("e BAD ...").silence();
    script.client("f FETCH 1 UNHEARD").server("f BAD ...").silence();
}

TEST_CASE("FETCH of parts and of a message within the message") {
    World world;
    world.add("INBOX", 1, {nested});
    const std::string inner = mail("Subject: inner\nFrom: bob@example.org\n\ninside");
    struct Row {
        std::string section, expected;
    };
    const std::vector<Row> rows = {
        {"1", literal("first")},
        {"1.MIME", literal(mail("Content-Type: text/plain\nX-Part: one\n\n"))},
        {"2", literal(inner)},
        {"2.MIME", literal(mail("Content-Type: message/rfc822\n\n"))},
        {"2.HEADER", literal(mail("Subject: inner\nFrom: bob@example.org\n\n"))},
        {"2.HEADER.FIELDS (FROM)", literal(mail("From: bob@example.org\n\n"))},
        {"2.TEXT", literal("inside")},
        {"2.1", literal("inside")},
        {"1.1", "NIL"},
        {"3", "NIL"},
        {"1.1.1.1", "NIL"},
    };
    Script script(world);
    script.login().select("INBOX");
    for (const Row& row : rows) {
        INFO(row.section);
        script.client("a FETCH 1 BODY.PEEK[" + row.section + "]");
        script.server_raw("* 1 FETCH (BODY[" + row.section + "] " + row.expected + ")\r\n")
            .server("a OK ...")
            .silence();
    }
}

TEST_CASE("which messages FETCH means") {
    World world;
    for (std::uint32_t i = 1; i <= 5; ++i)
        world.add("INBOX", i, {mail(fmt::format("Subject: {}\n\nx\n", i))});
    world.vanish("INBOX", 2);  // local UIDs 1 3 4 5
    struct Row {
        std::string command;
        std::vector<std::string> uids;
    };
    const std::vector<Row> rows = {
        {"FETCH 1", {"1"}},
        {"FETCH 2:3", {"3", "4"}},
        {"FETCH *", {"5"}},
        {"FETCH 3:*", {"4", "5"}},
        {"FETCH 9:*", {"5"}},
        {"FETCH 1,1:2", {"1", "3"}},
        {"UID FETCH 1", {"1"}},
        {"UID FETCH 2", {}},
        {"UID FETCH 2:4", {"3", "4"}},
        {"UID FETCH 99:*", {"5"}},
        {"UID FETCH 1:4294967295", {"1", "3", "4", "5"}},
        {"UID FETCH 77", {}},
    };
    Script script(world);
    script.login().select("INBOX");
    for (const Row& row : rows) {
        INFO(row.command);
        script.client("a " + row.command + " (UID)");
        for (const std::string& uid : row.uids) script.server("* ... FETCH (UID " + uid + ")");
        script.server("a OK ...").silence();
    }
    script.client("b FETCH 5 (UID)").server("b BAD ...").silence();
    script.client("c UID FETCH 3 FLAGS")
        .server("* 2 FETCH (UID 3 FLAGS ())")
        .server("c OK ...")
        .silence();
}

TEST_CASE("a large message is streamed in bounded steps and comes out whole") {
    World world;
    std::string large = mail("Subject: large\n\n");
    for (int line = 0; large.size() < (30 << 20); ++line)
        large += fmt::format("line {:060}\r\n", line);
    world.add("INBOX", 1, {large});
    for (std::uint32_t i = 2; i < 40; ++i) {
        world.add("INBOX", i, {mail(fmt::format("Subject: {}\n\n", i)) + std::string(50'000, 'x')});
    }
    Script script(world);
    script.login().select("INBOX").client("a FETCH 1 BODY.PEEK[]");
    std::string output = script.take();
    const std::string before = fmt::format("* 1 FETCH (BODY[] {{{}}}\r\n", large.size());
    REQUIRE(output.starts_with(before));
    CHECK(sha256(std::string_view(output).substr(before.size(), large.size())) == sha256(large));
    script.largest_step = 0;
    script.client("b FETCH 2:39 BODY.PEEK[]");
    CHECK(script.largest_step < (600 << 10));  // a part of 512 KiB, and the message it ends in
    CHECK(script.take().size() > 38 * 50'000);

    std::string chunks;  // as clients read
    for (std::size_t offset = 0; offset < (1 << 20); offset += 65'536) {
        script.client(fmt::format("c FETCH 1 BODY.PEEK[TEXT]<{}.65536>", offset));
        const std::string chunk = script.take();
        chunks += chunk.substr(chunk.find("\r\n") + 2, 65'536);
    }
    CHECK(chunks == large.substr(large.find("\r\n\r\n") + 4, 1 << 20));
}

TEST_CASE("messages of all sizes, some of them twice, come in order and whole") {
    World world;
    std::vector<std::string> mails;
    for (std::uint32_t uid = 1; uid <= 120; ++uid) {
        const auto same = uid % 7 == 0 || uid % 11 == 0;
        mails.push_back(same ? mails.at(uid / 3)
                             : mail(fmt::format("Subject: {}\n\n", uid)) +
                                   std::string(uid % 13 == 0 ? 300'000 : 100 * uid, 'x'));
        world.add("INBOX", uid, {mails.back()});
    }
    Script script(world);
    script.login().select("INBOX");
    for (const imap::wire::SequenceSet& uids :
         {imap::wire::SequenceSet{{1, 120}}, {{2, 3}, {7, 7}, {9, 100}}, {{5, 5}, {120, 120}}}) {
        std::string expected;
        for (const auto& [first, last] : uids)
            for (auto uid = first; uid <= last; ++uid)
                expected += fmt::format("* {0} FETCH (UID {0} BODY[] {1})\r\n", uid,
                                        literal(mails[uid - 1]));
        script.client("a UID FETCH " + imap::wire::set_text(uids) + " BODY.PEEK[]");
        CHECK(script.take() == expected + "a OK Fetched\r\n");
    }
}

TEST_CASE("a damaged message is refused, and those around it are served") {
    World world;
    std::vector<std::string> mails;
    for (std::uint32_t uid = 1; uid <= 9; ++uid) {
        mails.push_back(mail(fmt::format("X: {}\n\nunique\n", uid)));
        world.add("INBOX", uid, {mails.back()});
    }
    const auto segment = world.folder / "ledger" / "00000000000000000000.seg";
    const auto octets = read_file(segment);
    REQUIRE(octets);
    const auto place = octets->find(mails[4]);  // so short a message is stored as it is
    REQUIRE(place != std::string::npos);
    std::fstream damaged(segment, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(static_cast<std::streamoff>(place));
    damaged.put('Y');
    damaged.close();

    Script script(world);
    script.login().select("INBOX");
    std::string expected;
    for (std::uint32_t uid = 1; uid <= 9; ++uid) {
        if (uid != 5)
            expected += fmt::format("* {} FETCH (BODY[] {})\r\n", uid, literal(mails[uid - 1]));
    }
    script.client("a FETCH 1:9 BODY.PEEK[]").server_raw(expected).server("a NO ...");
}

TEST_CASE("real mail is served byte for byte") {
    World world;
    const std::vector<std::string> samples = {"mikel+mail/000.eml", "MailCore+mailcore2/010.eml",
                                              "Webklex+php-imap/005.eml",
                                              "ProtonMail+gluon/003.eml"};
    std::uint32_t uid = 0;
    for (const std::string& path : samples) world.add("INBOX", ++uid, {sample(path)});
    Script script(world);
    script.login().select("INBOX");
    for (std::uint32_t i = 1; i <= samples.size(); ++i) {
        const std::string octets = sample(samples[i - 1]);
        script.client(fmt::format("a FETCH {} (RFC822.SIZE BODY.PEEK[])", i));
        script.server_raw(fmt::format("* {} FETCH (RFC822.SIZE {} BODY[] {})\r\n", i, octets.size(),
                                      literal(octets)));
        script.server("a OK ...");
        script.client(fmt::format("b FETCH {} (BODY.PEEK[HEADER] BODY.PEEK[TEXT])", i));
        const std::string parts = script.take();
        INFO(samples[i - 1]);
        CHECK(parts.find("b OK") != std::string::npos);
        CHECK(parts.size() > octets.size());
        script.client(fmt::format("c FETCH {} (ENVELOPE BODYSTRUCTURE)", i)).take();
    }
}

TEST_CASE("summaries that the indexer wrote are used as they are") {
    World world;
    world.add("INBOX", 1, {mail("Subject: a\n\nb\n")});
    const std::vector<std::pair<MessageNumber, store::Summary>> summaries = {
        {MessageNumber{1}, {"(E)", "(B)", "(S)", "-"}}};
    REQUIRE(world.archive->put_summaries(summaries));
    Script script(world);
    script.login().select("INBOX");
    script.client("a FETCH 1 (ENVELOPE BODY BODYSTRUCTURE)")
        .server("* 1 FETCH (ENVELOPE (E) BODY (B) BODYSTRUCTURE (S))");
    script.server("a OK ...").silence();
}

TEST_CASE("FETCH marks as seen what it shows, and nothing else") {
    World world;
    world.backend->personal_flags = true;
    for (std::uint32_t uid = 1; uid <= 3; ++uid) world.add("INBOX", uid, mail("Subject: x\n\nx\n"));
    Script script(world);
    script.login().client("a SELECT INBOX (CONDSTORE)").take();
    script.client("b UID FETCH 1:* (BODY[TEXT]) (PARTIAL 1:1)").take();
    script.client("c SEARCH SEEN").server("* SEARCH 1").server("c OK ...");
    script.client("d UID FETCH 1:* (BODY[TEXT] FLAGS) (CHANGEDSINCE 100000)")
        .server("d OK ...")
        .silence();
    script.client("e SEARCH SEEN").server("* SEARCH 1").server("e OK ...");
    script.client("f UID FETCH 2 (FLAGS BODY[]<0.1>)")
        .server("* 2 FETCH (UID 2 FLAGS (\\Seen) BODY[]<0> {1}");
    script.take();
    script.client("g SEARCH SEEN").server("* SEARCH 1 2").server("g OK ...");
}

// ClientCore as scripts: what is sent when, and what is told of what comes back, whole and byte by
// byte.
#include "imap/client/client_core.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/client/transcript.hpp"

namespace mailhold::imap::client {
namespace {

constexpr auto secured = ClientCore::Start::after_starttls;

wire::Fetch fetch_body() {
    wire::Fetch fetch;
    fetch.kind = wire::NumberKind::uid;
    fetch.numbers = {{1, 2}};
    fetch.items.resize(1);
    fetch.items[0].kind = wire::FetchItem::Kind::section;
    fetch.items[0].peek = true;
    return fetch;
}

}  // namespace

TEST_CASE("client core pipelines commands and matches completions to them in any order") {
    Transcript line;
    line.server("* OK ready\r\n");
    line.core.submit(wire::Noop{});
    line.core.submit(wire::Capability{});
    CHECK(line.core.take_output() == "M1 NOOP\r\nM2 CAPABILITY\r\n");
    CHECK(line.core.take_output().empty());
    CHECK(line.core.outstanding() == 2);
    line.server("* 3 EXISTS\r\nM2 OK second\r\nM1 OK first\r\n");
    CHECK(line.told == "greeting ready\ndata exists 3\n2 done second\n1 done first\n");
    CHECK(line.core.outstanding() == 0);
}

TEST_CASE("client core tells the same whether octets come whole or one by one") {
    const std::string body(70'000, 'x');
    const std::string script =
        "* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n* 7 EXISTS\r\n"
        "* 1 FETCH (UID 1 BODY[] {5}\r\nhello FLAGS (\\Seen))\r\n"
        "* 2 FETCH (UID 2 BODY[] {70000}\r\n" +
        body + ")\r\nM1 OK done\r\n";
    Transcript whole;
    Transcript slow;
    for (auto* line : {&whole, &slow}) line->core.submit(fetch_body());
    whole.server(script);
    slow.server_slowly(script);
    CHECK(whole.told == "greeting ready\ndata exists 7\ndata\nliteral 70000: " + body +
                            "\ndata streamed 1\n1 done done\n");
    CHECK(slow.told == whole.told);
    CHECK(whole.core.has("IDLE"));
}

TEST_CASE("client core holds a synchronising literal back until it is asked for") {
    const wire::Login login{"alice", "p\r\nq"};
    Transcript line(secured);
    line.core.submit(login);
    line.core.submit(wire::Noop{});
    CHECK(line.core.take_output() == "M1 LOGIN alice {4}\r\n");
    CHECK(line.core.take_output().empty());
    line.server("+ go on\r\n");
    CHECK(line.core.take_output() == "p\r\nq\r\nM2 NOOP\r\n");

    Transcript refused(secured);
    refused.core.submit(login);
    refused.core.submit(wire::Noop{});
    refused.core.take_output();
    refused.server("M1 NO not now\r\n");
    CHECK(refused.core.take_output() == "M2 NOOP\r\n");

    Transcript plus(secured);
    plus.server("* CAPABILITY IMAP4rev1 LITERAL+\r\n");
    plus.core.submit(login);
    CHECK(plus.core.take_output() == "M1 LOGIN alice {4+}\r\np\r\nq\r\n");
}

TEST_CASE("client core tells each challenge of AUTHENTICATE, and sends what it is answered") {
    Transcript line(secured);
    line.core.submit(wire::Authenticate{"PLAIN", std::nullopt});
    line.core.submit(wire::Noop{});
    CHECK(line.core.take_output() == "M1 AUTHENTICATE PLAIN\r\n");
    line.server("+ \r\n");
    CHECK(line.told == "challenge \n");
    line.core.answer(std::string("\0alice\0secret", 13));
    CHECK(line.core.take_output() == "AGFsaWNlAHNlY3JldA==\r\n");
    line.core.answer("nobody asked");
    CHECK(line.core.take_output().empty());
    line.server("+ bW9yZQ==\r\n");
    CHECK(line.told == "challenge \nchallenge more\n");
    line.core.give_up();
    CHECK(line.core.take_output() == "*\r\n");
    line.server("M1 NO cancelled\r\n");
    CHECK(line.core.take_output() == "M2 NOOP\r\n");
    line.server("+ \r\n");
    CHECK(line.told.ends_with("broken: a continuation that nobody waits for\n"));
}

TEST_CASE(
    "client core ends at a challenge that is no base64, or comes before the answer to the last") {
    Transcript line(secured);
    line.core.submit(wire::Authenticate{"PLAIN", std::nullopt});
    line.core.take_output();
    line.server("+ not base64!\r\n");
    CHECK(line.told == "broken: a challenge that is no base64\n");
}

TEST_CASE("client core says DONE only once the server idles, and once only") {
    Transcript line(secured);
    line.core.submit(wire::Idle{});
    line.core.submit(wire::Noop{});
    CHECK(line.core.take_output() == "M1 IDLE\r\n");
    line.core.finish_idle();
    CHECK(line.core.take_output().empty());
    line.server("+ idling\r\n");
    CHECK(line.core.take_output() == "DONE\r\n");
    line.core.finish_idle();
    CHECK(line.core.take_output().empty());
    line.server("* 4 EXISTS\r\nM1 OK\r\n");
    CHECK(line.core.take_output() == "M2 NOOP\r\n");

    Transcript later(secured);
    later.core.submit(wire::Idle{});
    later.core.take_output();
    later.server("+ idling\r\n* 4 EXISTS\r\n");
    CHECK(later.told == "idling\ndata exists 4\n");
    later.core.finish_idle();
    CHECK(later.core.take_output() == "DONE\r\n");
}

TEST_CASE("client core sends nothing behind STARTTLS until it is answered") {
    Transcript line;
    line.server("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n");
    line.core.submit(wire::StartTls{});
    line.core.submit(wire::Noop{});
    CHECK(line.core.take_output() == "M1 STARTTLS\r\n");
    CHECK(line.core.take_output().empty());
    line.core.feed("M1 OK go\r\n* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n");
    CHECK(std::holds_alternative<ClientCore::Completed>(line.core.next()));
    CHECK_FALSE(line.core.drained());
}

TEST_CASE("client core gives up on what is no IMAP server") {
    const std::string table[] = {
        "HTTP/1.1 400 Bad Request\r\n",  // no tag, no status
        "* 3 EXISTS\r\n",                // data before the greeting
        "M1 OK hello\r\n",               // a completion before the greeting
        "+ hello\r\n",                   // a question before the greeting
        "* {70000}\r\n",                 // a literal before the greeting
        "* OK hi\r\nM9 OK what\r\n",     // an answer to nothing
        "* OK hi\r\n+ what\r\n",         // a question to nothing
    };
    for (const auto& script : table) {
        CAPTURE(script);
        Transcript whole;
        whole.server(script);
        CHECK(whole.told.find("broken: ") != std::string::npos);
        Transcript slow;
        slow.server_slowly(script);
        CHECK(slow.told.substr(0, whole.told.size()) == whole.told);
    }
}

TEST_CASE("client core bears some garbage, but not without end") {
    Transcript line;
    line.server("* OK hi\r\n* 1 FETCH (UID\r\n* 3 EXISTS\r\n");
    CHECK(line.told == "greeting hi\ngarbled\ndata exists 3\n");
    for (int i = 0; i < 20; ++i) line.server("* 1 FETCH (UID\r\n");
    CHECK(line.told.find("broken: ") != std::string::npos);
}

TEST_CASE("client core ends an endless line in bounded memory") {
    ClientCore::Limits limits;
    limits.framer.line = 1 << 16;
    Transcript line(ClientCore::Start::greeting, limits);
    line.server("* OK ");
    const std::string more(4096, 'a');
    for (int i = 0; i < 1000 && line.told.empty(); ++i) line.server(more);
    CHECK(line.told.starts_with("broken: "));
}

TEST_CASE("client core survives a flood of continuations without deep recursion") {
    Transcript line(secured);
    line.core.submit(wire::Authenticate{"PLAIN", std::nullopt});
    line.core.take_output();
    std::string flood;
    for (int i = 0; i < 100'000; ++i) flood += "+ \r\n";
    line.server(flood);
    CHECK(line.told == "challenge \nbroken: a continuation that nobody waits for\n");
}

TEST_CASE("client core follows capabilities in answers, codes and greeting") {
    Transcript line;
    line.server("* OK [CAPABILITY imap4rev1 auth=plain] hi\r\n");
    CHECK(line.core.has("AUTH=PLAIN"));
    line.core.forget_capabilities();
    CHECK_FALSE(line.core.has("AUTH=PLAIN"));
    line.core.submit(wire::Capability{});
    line.server("* CAPABILITY IMAP4rev1 IDLE\r\nM1 OK [CAPABILITY IMAP4rev1 ESEARCH] done\r\n");
    CHECK(line.core.has("ESEARCH"));
    CHECK_FALSE(line.core.has("IDLE"));
}

TEST_CASE("what a server said is shown without its control characters") {
    CHECK(printable("no\x1b[2J\r\nway\xff") == "no?[2J??way?");
    CHECK(printable(std::string(1000, 'a')).size() == 200);
}

}  // namespace mailhold::imap::client

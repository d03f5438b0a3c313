// Searches that take long, on real sockets: their progress, what is asked beside them, and their end with the connection.
#include <thread>

#include "running.hpp"

using namespace mailhold;
using namespace mailhold::imap;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;
using namespace std::chrono_literals;

namespace {

const std::string login = "a LOGIN alice secret\r\n";

}  // namespace

TEST_CASE("a search in work tells its progress, and a user has only so many") {
    Fixture fixture;
    fixture.options.progress_every = 1s;
    fixture.start();
    auto go = fixture.hold_up_searches();
    Client client(fixture.runtime, fixture.plain()), other(fixture.runtime, fixture.plain()),
        second(fixture.runtime, fixture.plain());
    for (Client* each : {&client, &other})
        each->send(login + "b SELECT INBOX\r\nc SEARCH BODY first\r\n").until("* OK [INPROGRESS");
    CHECK(client.until("* OK") == "* OK [INPROGRESS (\"c\" 0 1)] Searching\r\n");
    second.send(login + "b SELECT INBOX\r\nc SEARCH BODY first\r\n").until("b OK");
    CHECK(second.until("c ").starts_with("c NO [LIMIT]"));
    go.set_value();
    CHECK(client.until("c ").ends_with("* SEARCH 1\r\nc OK Searched\r\n"));
    // A search counts until its turn is over, which is after its answer.
    std::string answer;
    for (int tries = 0; tries < 100 && !answer.starts_with("* SEARCH"); ++tries) {
        std::this_thread::sleep_for(10ms);
        answer = second.send("d SEARCH BODY first\r\n").until("d ");
    }
    CHECK(answer.starts_with("* SEARCH 1\r\nd OK"));
}

TEST_CASE("a search ends with its connection, and what was sent behind it is kept until then") {
    Fixture fixture;
    fixture.start();
    auto go = fixture.hold_up_searches();
    Client stays(fixture.runtime, fixture.plain());
    stays.send("a LOGIN bob secret\r\nb SELECT INBOX\r\nc SEARCH BODY first\r\n").until("b OK");
    stays.send("d NOOP\r\n");
    {
        Client leaves(fixture.runtime, fixture.plain());
        leaves.send(login + "b SELECT INBOX\r\nc SEARCH BODY first\r\n").until("b OK");
        CHECK(fixture.connections == 2);
    }
    go.set_value();
    for (int tenths = 0; fixture.connections > 1 && tenths < 200; ++tenths)
        std::this_thread::sleep_for(100ms);
    CHECK(fixture.connections == 1);
    CHECK(stays.until("d ") == "* SEARCH 1\r\nc OK Searched\r\nd OK Done\r\n");
}

TEST_CASE("open searches are asked again where searches run, while others are served") {
    Fixture fixture;
    fixture.start();
    Client first(fixture.runtime, fixture.plain()), second(fixture.runtime, fixture.plain()),
        other(fixture.runtime, fixture.plain());
    first.send(login + "b CREATE Searches/S\r\n").until("b OK");
    first.send("c SETMETADATA Searches/S (/private/vendor/mailhold/query \"body:first\")\r\n");
    first.until("c OK");
    second.send(login).until("a OK");
    for (Client* each : {&first, &second}) each->send("d SELECT Searches/S\r\n").until("d OK");
    other.send("a LOGIN bob secret\r\nb SELECT INBOX\r\n").until("b OK");
    CHECK(fixture.searches == 2);
    auto go = fixture.hold_up_searches();
    for (Client* each : {&first, &second}) each->send("e IDLE\r\n").until("+");
    fixture.world.add("INBOX", 2, mail("Subject: two\n\nfirst\n"));
    first.send("DONE\r\n");
    CHECK(other.send("c NOOP\r\n").until("c ").starts_with("* 2 EXISTS"));
    CHECK(fixture.searches == 2);
    go.set_value();
    CHECK(first.until("e ") == "* 2 EXISTS\r\ne OK Idle ended\r\n");
    CHECK(second.until("* ") == "* 2 EXISTS\r\n");
    CHECK(fixture.searches == 4);
}

TEST_CASE("who ends his side while an open search is asked again is answered what he said before") {
    Fixture fixture;
    fixture.start();
    PlainClient client(fixture.plain());
    client.send(login + "b CREATE Searches/S\r\n").until("b OK");
    client.send("c SETMETADATA Searches/S (/private/vendor/mailhold/query \"body:first\")\r\n");
    client.send("d SELECT Searches/S\r\n").until("d OK");
    auto go = fixture.hold_up_searches();
    fixture.world.add("INBOX", 2, mail("Subject: two\n\nfirst\n"));
    client.send("e NOOP\r\nf NOOP\r\n").end_sending();
    client.until("* OK [INPROGRESS");  // the end is heard
    go.set_value();
    const auto& said = client.all();
    INFO(said);
    CHECK(said.contains("\r\ne OK Done\r\n"));
    CHECK(said.ends_with("\r\nf OK Done\r\n"));
}

TEST_CASE("who ends his side while he searches is answered all that he sent before") {
    Fixture fixture;
    fixture.start();
    auto go = fixture.hold_up_searches();
    PlainClient client(fixture.plain());
    client.send(login + "b SELECT INBOX\r\nc SEARCH BODY first\r\nd SEARCH SUBJECT one\r\n");
    client.send("e NOOP\r\nf SEARCH SUBJECT two\r\ng FETCH 1 UID\r\n").end_sending();
    client.until("* OK [INPROGRESS");
    go.set_value();
    const auto& said = client.all();
    INFO(said);
    CHECK(
        said.ends_with("* SEARCH 1\r\nc OK Searched\r\n* SEARCH 1\r\nd OK Searched\r\n"
                       "e OK Done\r\n* SEARCH\r\nf OK Searched\r\n"
                       "* 1 FETCH (UID 1)\r\ng OK Fetched\r\n"));
    CHECK(fixture.searches == 3);
}

TEST_CASE("who hangs up is not searched for any longer") {
    const bool tls = GENERATE(false, true);
    CAPTURE(tls);
    Fixture fixture;
    std::string large = mail("Subject: large\n\n");
    for (int i = 0; large.size() < (1 << 20); ++i) large += fmt::format("line {}\r\n", i);
    for (std::uint32_t uid = 2; uid < 30; ++uid)
        fixture.world.add("INBOX", uid, {large + std::to_string(uid)});
    std::string keys;
    for (int i = 0; i < 150; ++i) keys += fmt::format(" NOT BODY absent{}", i);
    fixture.start();
    const auto search = [&](Client& client) {
        if (tls) client.start_tls(fixture.trust());
        client.send(login + "b SELECT INBOX\r\nc SEARCH LARGER 1000" + keys + "\r\n").until("b OK");
    };
    const auto port = tls ? fixture.tls() : fixture.plain();
    {
        Client leaves(fixture.runtime, port);
        search(leaves);
        std::this_thread::sleep_for(50ms);
    }
    for (int tries = 0; fixture.connections > 0 && tries < 1000; ++tries)
        std::this_thread::sleep_for(10ms);
    const auto given_up = fixture.search_time.load();
    REQUIRE(fixture.searches == 1);
    Client stays(fixture.runtime, port);
    search(stays);
    CHECK(stays.until("c ").ends_with(" 29\r\nc OK Searched\r\n"));
    CHECK(2 * given_up < fixture.search_time.load());
}

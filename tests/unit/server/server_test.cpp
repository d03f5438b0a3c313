// The whole server on real sockets: TLS, notifications, limits, the end. What sessions say is
// tested without them.
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

TEST_CASE("a client logs in, reads and searches, in plain and over TLS") {
    Fixture fixture;
    fixture.start();
    for (const int way : {0, 1, 2}) {
        Client client(fixture.runtime, way == 2 ? fixture.tls() : fixture.plain());
        if (way == 2) client.start_tls(fixture.trust());
        CHECK(client.until("* OK").find(way == 2 ? " SASL-IR AUTH=PLAIN]"
                                                 : "STARTTLS AUTH=PLAIN]") != std::string::npos);
        if (way == 1) {
            client.send("s STARTTLS\r\n").until("s OK");
            client.start_tls(fixture.trust());
        }
        CHECK(client.send(login).until("a ").starts_with("a OK"));
        client.send("b SELECT INBOX\r\n").until("b OK");
        CHECK(client.send("c FETCH 1 BODY.PEEK[TEXT]\r\n").until("c ") ==
              "* 1 FETCH (BODY[TEXT] {7}\r\nfirst\r\n)\r\nc OK Fetched\r\n");
        CHECK(client.send("d SEARCH BODY FIRST\r\n").until("d ") ==
              "* SEARCH 1\r\nd OK Searched\r\n");
        CHECK(client.send("e LOGOUT\r\n").until("e OK").starts_with("* BYE"));
        CHECK(client.until("nothing more").empty());
    }
    fixture.server->stop();
    CHECK(fixture.logins == 3);
    CHECK(fixture.searches == 3);
    CHECK(fixture.connections == 0);
}

TEST_CASE("commands injected behind STARTTLS do not survive the handshake") {
    Fixture fixture;
    fixture.start();
    Client client(fixture.runtime, fixture.plain());
    client.until("* OK");
    client.send("s STARTTLS\r\nx LOGIN alice secret\r\n").until("s OK");
    client.start_tls(fixture.trust());
    CHECK(client.send("a SELECT INBOX\r\n").until("a ") == "a BAD Log in first\r\n");
}

TEST_CASE("a line is compressed from the answer to COMPRESS on (RFC 4978)") {
    Fixture fixture;
    fixture.start();
    for (const bool behind_a_search : {false, true}) {
        Client client(fixture.runtime, fixture.tls());
        client.start_tls(fixture.trust());
        CHECK_FALSE(client.until("* OK").contains("COMPRESS"));
        client.send("a COMPRESS DEFLATE\r\n").until("a BAD");
        CHECK(client.send(login).until("a ").contains("COMPRESS=DEFLATE"));
        client.send("b SELECT INBOX\r\n").until("b OK");
        // A read that began while the search ran brings the first compressed octets.
        const std::string before = behind_a_search ? "c SEARCH BODY first\r\n" : "";
        client.send(before + "d COMPRESS DEFLATE\r\n").until("d OK");
        client.start_compression();
        CHECK(client.send("e FETCH 1 BODY.PEEK[TEXT]\r\nf COMPRESS DEFLATE\r\n").until("e ") ==
              "* 1 FETCH (BODY[TEXT] {7}\r\nfirst\r\n)\r\ne OK Fetched\r\n");
        CHECK(client.until("f ").starts_with("f NO [COMPRESSIONACTIVE]"));
        const auto offered = client.send("g CAPABILITY\r\n").until("g ");
        CHECK_FALSE(offered.contains("COMPRESS"));
        CHECK_FALSE(offered.contains("UNAUTHENTICATE"));
        client.send("u UNAUTHENTICATE\r\n").until("u NO [CANNOT]");
        CHECK(client.send("h LOGOUT\r\n").until("h OK").starts_with("* BYE"));
    }
}

TEST_CASE("what pretends to be compressed ends the connection; compression may be switched off") {
    Fixture fixture;
    fixture.start();
    Client client(fixture.runtime, fixture.plain());
    client.send(login + "b COMPRESS DEFLATE\r\n").until("b OK");
    client.send("c NOOP\r\n");
    CHECK(client.until("c ").empty());
    Fixture other;
    other.options.compress = false;
    other.start();
    Client refused(other.runtime, other.plain());
    CHECK_FALSE(refused.send(login).until("a ").contains("COMPRESS"));
    refused.send("b COMPRESS DEFLATE\r\n").until("b NO [CANNOT]");
}

TEST_CASE("two idling clients hear of a new message at once") {
    Fixture fixture;
    fixture.start();
    Client one(fixture.runtime, fixture.plain()), other(fixture.runtime, fixture.tls());
    other.start_tls(fixture.trust());
    for (Client* client : {&one, &other}) {
        client->send(login + "b SELECT INBOX\r\nc IDLE\r\n").until("+ ");
    }
    fixture.world.add("INBOX", 2, {mail("Subject: two\n\nsecond\n")});
    for (Client* client : {&one, &other}) {
        CHECK(client->until("* 2 EXISTS") == "* 2 EXISTS\r\n");
        client->send("DONE\r\n").until("c OK");
        CHECK(client->send("d SEARCH SUBJECT two\r\n").until("d ") ==
              "* SEARCH 2\r\nd OK Searched\r\n");
    }
}

TEST_CASE("who asked by NOTIFY hears without a command of the selected mailbox, and of others") {
    Fixture fixture;
    fixture.start();
    Client reader(fixture.runtime, fixture.plain()), watcher(fixture.runtime, fixture.plain());
    const std::string events = "(MessageNew (UID) MessageExpunge)) (personal (MailboxName))\r\n";
    reader.send(login + "b SELECT INBOX\r\nc NOTIFY SET (selected " + events).until("c OK");
    watcher.send(login + "b NOTIFY SET (personal (MessageNew MessageExpunge))\r\n").until("b OK");
    for (std::uint32_t uid = 2; uid < 5; ++uid) {
        fixture.world.add("INBOX", uid, {mail("Subject: new\n\nx\n")});
        CHECK(reader.until(fmt::format("* {} FETCH", uid)) ==
              fmt::format("* {0} EXISTS\r\n* {0} FETCH (UID {0})\r\n", uid));
        CHECK(watcher.until("* STATUS INBOX").contains(fmt::format("MESSAGES {} ", uid)));
    }
    fixture.world.list("New");
    CHECK(reader.until("* LIST (\\HasNoChildren)").contains("\"/\" alice/New\r\n"));
    reader.send("d NOTIFY NONE\r\n").until("d OK");
    fixture.world.add("INBOX", 5, {mail("Subject: new\n\nx\n")});
    CHECK(watcher.until("* STATUS INBOX").contains("MESSAGES 5 "));
    CHECK(reader.send("e NOOP\r\n").until("e OK") == "e OK Done\r\n");
}

TEST_CASE("wrong passwords are counted, and users can change while running") {
    Fixture fixture;
    Server& server = fixture.start();
    Client client(fixture.runtime, fixture.plain());
    CHECK(client.send("a LOGIN alice wrong\r\n").until("a ").find("a NO [AUTHENTICATIONFAILED]") !=
          std::string::npos);
    server.reload({{"bob", hash_password("other"), {"alice"}}}, fixture.identity);
    CHECK(client.send("b LOGIN alice secret\r\n").until("b ").starts_with("b NO"));
    CHECK(client.send("c LOGIN bob other\r\n").until("c ").starts_with("c OK"));
    CHECK(fixture.failures == 2);
}

TEST_CASE("who was removed or changed is told BYE; the others stay") {
    Fixture fixture;
    const User alice = fixture.options.users[0];
    User bob = fixture.options.users[1];
    Server& server = fixture.start();
    Client idle(fixture.runtime, fixture.plain()), other(fixture.runtime, fixture.plain());
    idle.send(login + "b SELECT INBOX\r\nc IDLE\r\n").until("+ ");
    other.send("a LOGIN bob secret\r\n").until("a OK");
    bob.accounts = {"alice", "more"};
    server.reload({alice, bob}, fixture.identity);
    CHECK(other.until("* BYE").starts_with("* BYE Your login was changed"));
    CHECK(idle.send("DONE\r\n").until("c ").starts_with("c OK"));
    server.reload({bob}, fixture.identity);
    CHECK(idle.until("* BYE").starts_with("* BYE Your login was changed"));
    CHECK(idle.until("nothing more").empty());
}

TEST_CASE("wrong logins from one network do not hold up a right one from another") {
    Fixture fixture;
    fixture.options.login_delay = 60s;
    fixture.options.listen = {{"::", 0}};
    fixture.start();
    std::vector<std::unique_ptr<Client>> guessers;
    for (int i = 0; i < 60; ++i) {
        guessers.push_back(std::make_unique<Client>(fixture.runtime, fixture.plain()));
        guessers.back()->send("a LOGIN alice wrong\r\n");
    }
    const auto begin = std::chrono::steady_clock::now();
    Client honest(fixture.runtime, fixture.plain(), "::1");
    CHECK_FALSE(honest.send("a LOGIN alice secret\r\n").until("a OK").empty());
    CHECK(std::chrono::steady_clock::now() - begin < 2s);
    CHECK(guessers.back()->until("a ").contains("a NO [UNAVAILABLE]"));
    CHECK(fixture.failures < 60);
}

TEST_CASE("a silent client is told BYE, and one that reads nothing is cut off") {
    Fixture fixture;
    fixture.options.idle_timeout = 1s;
    fixture.options.write_timeout = 1s;
    fixture.world.add("INBOX", 2, {mail("Subject: large\n\n") + std::string(30 << 20, 'x')});
    fixture.start();
    Client silent(fixture.runtime, fixture.plain());
    silent.send(login).until("a OK");
    CHECK(silent.until("* BYE") == "* BYE Nothing heard for too long\r\n");
    Client deaf(fixture.runtime, fixture.plain());
    deaf.send(login + "b SELECT INBOX\r\n").until("b OK");
    CHECK(fixture.connections == 1);
    deaf.send("c FETCH 2 BODY[]\r\n");
    for (int tenths = 0; fixture.connections > 0 && tenths < 200; ++tenths)
        std::this_thread::sleep_for(100ms);
    CHECK(fixture.connections == 0);
    CHECK(deaf.until("c OK").empty());
}

TEST_CASE("strangers are few; who logged in counts no more, nor does this machine as one address") {
    std::atomic<int> strangers{0}, turned_away{0};
    Fixture fixture;
    fixture.options.strangers = 3;
    fixture.options.strangers_of_network = 1;
    fixture.observer.strangers = [&](int difference) { strangers += difference; };
    fixture.observer.turned_away = [&] { ++turned_away; };
    fixture.start();
    Client first(fixture.runtime, fixture.plain());
    Client second(fixture.runtime, fixture.plain()), third(fixture.runtime, fixture.plain());
    for (auto* client : {&first, &second, &third}) client->until("* OK");
    CHECK(strangers == 3);
    first.send(login).until("a OK");
    CHECK(strangers == 2);
    Client fourth(fixture.runtime, fixture.plain());
    CHECK(fourth.until("* ").starts_with("* OK"));
    CHECK(turned_away == 0);
    // The oldest makes room for one who may come to log in.
    Client fifth(fixture.runtime, fixture.plain());
    CHECK(fifth.until("* ").starts_with("* OK"));
    CHECK(second.until("nothing").empty());
    CHECK((turned_away == 1 && strangers == 3));
    fifth.send("a NOOP\r\n").until("a OK");
    // RFC 8437: he is one again, and keeps his place.
    first.send("b UNAUTHENTICATE\r\n").until("b OK");
    first.send("c NOOP\r\n").until("c OK");
    CHECK(strangers == 4);
    first.send(login).until("a OK");
    CHECK(strangers == 3);
}

TEST_CASE("a user has only so many connections, and each one that ends makes room for another") {
    Fixture fixture;
    fixture.options.connections_of_user = 2;
    fixture.start();
    Client first(fixture.runtime, fixture.plain()), third(fixture.runtime, fixture.plain()),
        other(fixture.runtime, fixture.plain());
    first.send(login).until("a OK");
    {
        Client second(fixture.runtime, fixture.plain());
        second.send(login).until("a OK");
        CHECK(third.send(login).until("a ").contains("a NO [LIMIT] You have too many connections"));
        CHECK(third.send("b AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\r\n")
                  .until("b ")
                  .contains("b NO [LIMIT]"));
        CHECK_FALSE(other.send("a LOGIN bob secret\r\n").until("a OK").empty());
        CHECK(fixture.logins == 3);
    }
    // One that ended, or that nobody is logged in to any more (RFC 8437).
    std::string answer;
    for (int tries = 0; tries < 100 && !answer.contains("c OK"); ++tries)
        answer = third.send("c LOGIN alice secret\r\n").until("c ");
    CHECK(answer.contains("c OK"));
    other.send("b UNAUTHENTICATE\r\n").until("b OK");
    CHECK(other.send("c LOGIN alice secret\r\n").until("c ").contains("c NO [LIMIT]"));
    first.send("b UNAUTHENTICATE\r\n").until("b OK");
    CHECK(other.send("d LOGIN alice secret\r\n").until("d ").contains("d OK"));
    CHECK(first.send(login).until("a ").contains("a NO [LIMIT]"));
}

TEST_CASE("limits: too many connections, nobody logs in, a taken port") {
    Fixture fixture;
    fixture.options.connections = 1;
    fixture.options.login_timeout = 1s;
    fixture.start();
    Client first(fixture.runtime, fixture.plain());
    first.until("* OK");
    Client second(fixture.runtime, fixture.plain());
    CHECK(second.until("* ").starts_with("* BYE [UNAVAILABLE]"));
    CHECK(first.until("* BYE").starts_with("* BYE Nobody logged in"));
    CHECK(first.until("nothing more").empty());

    Options taken = fixture.options;
    taken.listen = {{"127.0.0.1", fixture.plain()}};
    const auto refused = Server::start({fixture.runtime,
                                        fixture.pool,
                                        *fixture.world.archive,
                                        fixture.searcher,
                                        fixture.search_pool,
                                        {}},
                                       taken, fixture.identity);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::exists);
}

TEST_CASE("stopping says BYE to who idles and to who has not logged in") {
    Fixture fixture;
    fixture.start();
    Client idle(fixture.runtime, fixture.plain()), stranger(fixture.runtime, fixture.plain());
    idle.send(login + "b SELECT INBOX\r\nc IDLE\r\n").until("+ ");
    stranger.until("* OK");
    fixture.server->stop();
    CHECK(idle.until("* BYE").starts_with("* BYE The server is going down"));
    CHECK(stranger.until("* BYE").starts_with("* BYE The server is going down"));
    CHECK(fixture.connections == 0);
}

TEST_CASE("a large message goes out over TLS as it is") {
    Fixture fixture;
    std::string large = mail("Subject: large\n\n");
    while (large.size() < (10 << 20)) large += fmt::format("line {:060}\r\n", large.size());
    fixture.world.add("INBOX", 2, {large});
    fixture.start();
    Client client(fixture.runtime, fixture.tls());
    client.start_tls(fixture.trust());
    client.send(login + "b SELECT INBOX\r\n").until("b OK");
    CHECK(client.send("c FETCH 2 BODY.PEEK[]\r\n").until("c OK") ==
          fmt::format("* 2 FETCH (BODY[] {{{}}}\r\n{})\r\nc OK Fetched\r\n", large.size(), large));
}

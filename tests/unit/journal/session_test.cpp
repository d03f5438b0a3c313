// Conversations as text: what the client sends, and what is answered and stored.
#include "intake/journal/session.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace mailhold::intake::journal;

namespace {

struct Held {
    Envelope envelope;
    std::string octets;
    bool operator==(const Held&) const = default;
};

// Drives a session as the server does; a handshake always succeeds.
struct Client {
    explicit Client(Policy policy = {}, Tls tls = Tls::unavailable) : session(policy, tls) {
        act();
    }
    std::string say(std::string_view octets) {
        session.feed(octets);
        act();
        return std::exchange(said, {});
    }
    void act() {
        while (auto event = session.next()) {
            if (auto* reply = std::get_if<Reply>(&*event)) said += reply->text;
            if (auto* piece = std::get_if<Piece>(&*event)) message += piece->octets;
            if (std::holds_alternative<Discard>(*event)) message.clear();
            if (auto* whole = std::get_if<Store>(&*event)) {
                held.push_back({whole->envelope, std::exchange(message, {})});
                session.stored(outcome);
            }
            if (const auto* one = std::get_if<Refused>(&*event)) refused.push_back(one->why);
            if (std::holds_alternative<StartTls>(*event)) session.tls_started();
            if (std::holds_alternative<Close>(*event)) closed = true;
        }
    }
    Session session;
    Outcome outcome = Outcome::stored;
    std::string said, message;
    std::vector<Held> held;
    std::vector<Refusal> refused;
    bool closed = false;
};

Policy policy(Protocol protocol) {
    Policy made;
    made.protocol = protocol;
    made.name = "archive.example";
    made.max_size = 100;
    made.max_recipients = 3;
    return made;
}

Client greeted(Protocol protocol) {
    Client client(policy(protocol));
    client.say(protocol == Protocol::lmtp ? "LHLO mx\r\n" : "EHLO mx\r\n");
    return client;
}

}  // namespace

TEST_CASE("a pipelined conversation is answered and stored the same wherever its octets are cut") {
    const std::string script =
        "LHLO mx.example.org\r\nMAIL FROM:<a@example.org> SIZE=20 BODY=8BITMIME\r\n"
        "RCPT TO:<b@example.org>\r\nRCPT TO:<\"c d\"@example.org>\r\nDATA\r\n"
        "Subject: x\r\n\r\n..\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<e@example.org>\r\nDATA\r\n"
        "y\n.\nRSET\r\n.\r\nQUIT\r\n";
    const std::string answers =
        "220 archive.example LMTP Mailhold\r\n250-archive.example\r\n250-PIPELINING\r\n"
        "250-8BITMIME\r\n250-SMTPUTF8\r\n250-SIZE 100\r\n250 ENHANCEDSTATUSCODES\r\n"
        "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n"
        "354 Go on; end with a dot alone on a line\r\n"
        "250 2.0.0 Archived\r\n250 2.0.0 Archived\r\n"
        "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go on; end with a dot alone on a line\r\n"
        "250 2.0.0 Archived\r\n221 2.0.0 Bye\r\n";
    const std::vector<Held> held = {
        {{"a@example.org", {"b@example.org", "\"c d\"@example.org"}, "mx.example.org", "LMTP"},
         "Subject: x\r\n\r\n.\r\n"},
        {{"", {"e@example.org"}, "mx.example.org", "LMTP"}, "y\n.\nRSET\r\n"}};
    for (std::size_t cut = 0; cut <= script.size(); ++cut) {
        CAPTURE(cut);
        Client client(policy(Protocol::lmtp));
        auto said = std::exchange(client.said, {});
        said += client.say(script.substr(0, cut)) + client.say(script.substr(cut));
        CHECK(said == answers);
        CHECK(client.held == held);
        CHECK(client.closed);
    }
    Client client(policy(Protocol::lmtp));
    auto said = std::exchange(client.said, {});
    for (const char octet : script) said += client.say({&octet, 1});
    CHECK(said == answers);
    CHECK(client.held == held);
}

TEST_CASE("each command is answered as the RFCs say") {
    struct Row {
        const char *before, *line, *answer;
    };
    const Row table[] = {
        {"", "LHLO x", "500 5.5.1"},
        {"", "EHLO", "501 5.5.4"},
        {"", "NOOP anything", "250 2.0.0"},
        {"", "VRFY b", "252 2.1.5"},
        {"", "EXPN list", "500 5.5.1"},
        {"", "HELP", "214 2.0.0"},
        {"", "STARTTLS", "502 5.5.1"},
        {"", "DATA", "503 5.5.1"},
        {"", "RCPT TO:<b@c>", "503 5.5.1"},
        {"", "RSET now", "501 5.5.4"},
        {"", "mail from: <a@b> size=3", "250 2.1.0"},
        {"", "MAIL FROM:<@relay,@other:a@b>", "250 2.1.0"},
        {"", "MAIL FROM:<\"a>\\\"b\"@c>", "250 2.1.0"},
        {"", "MAIL FROM:<a@b", "501 5.1.7"},
        {"", "MAIL FROM:", "501 5.1.7"},
        {"", "MAIL FROM:<a@b>x", "501 5.1.7"},
        {"", "MAIL", "501 5.5.4"},
        {"", "MAIL FROM:<a@b> SIZE=101", "552 5.3.4"},
        {"", "MAIL FROM:<a@b> SIZE=99999999999999999999", "552 5.3.4"},
        {"", "MAIL FROM:<a@b> SIZE=x", "555 5.5.4"},
        {"", "MAIL FROM:<a@b> RET=FULL", "555 5.5.4"},
        {"", "MAIL FROM:<\xc3\xa4@b> SMTPUTF8", "250 2.1.0"},
        {"", "VRFY \xc3", "500 5.5.2"},
        {"", "MAIL FROM:<a\tb@c>", "500 5.5.2"},
        {"MAIL FROM:<a@b>", "MAIL FROM:<a@b>", "503 5.5.1"},
        {"MAIL FROM:<a@b>", "DATA", "503 5.5.1"},
        {"MAIL FROM:<a@b>", "RCPT TO:<>", "501 5.1.3"},
        {"MAIL FROM:<a@b>", "RCPT TO:<Postmaster>", "250 2.1.5"},
        {"MAIL FROM:<a@b>", "RCPT TO:<b@c> NOTIFY=NEVER", "555 5.5.4"},
        {"MAIL FROM:<a@b>", "RCPT TO:<\xc3\xa4@b>", "553 5.6.7"},
    };
    for (const auto& row : table) {
        CAPTURE(row.before, row.line);
        auto client = greeted(Protocol::smtp);
        if (*row.before) client.say(fmt::format("{}\r\n", row.before));
        const auto answer = client.say(fmt::format("{}\r\n", row.line));
        CHECK(answer.substr(0, answer.find(' ', 4)) == row.answer);
        CHECK(answer.find("\r\n") == answer.size() - 2);
    }
    CHECK(greeted(Protocol::lmtp).say("EHLO x\r\n").starts_with("500 5.5.1"));
    Client bare(policy(Protocol::smtp));
    bare.said.clear();
    CHECK(bare.say("MAIL FROM:<a@b>\r\n").starts_with("503"));
}

TEST_CASE(
    "what cannot be stored is put off, for each recipient of LMTP, and what never can is refused") {
    const std::string begin = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n";
    auto client = greeted(Protocol::lmtp);
    const auto last = [&](const std::string& text) {
        const auto said = client.say(begin + text);
        return said.substr(said.find("354"));
    };
    client.outcome = Outcome::no_room;
    CHECK(last("x\r\n.\r\n")
              .ends_with("line\r\n452 4.3.1 There is no room for it now\r\n452 4.3.1 "
                         "There is no room for it now\r\n"));
    client.outcome = Outcome::not_now;
    CHECK(last("x\r\n.\r\n").ends_with("\r\n451 4.3.0 It cannot be archived now\r\n"));
    client.outcome = Outcome::stored;
    const auto stored = client.held.size();
    CHECK(last(std::string(99, 'x') + "\r\n.\r\n")
              .ends_with("\r\n552 5.3.4 Larger than 100 octets\r\n"));
    CHECK(last(".\r\n").ends_with("\r\n554 5.6.0 There is no message in it\r\n"));
    CHECK(client.held.size() == stored);
    CHECK(client.message.empty());
    CHECK(last(std::string(98, 'x') + "\r\n.\r\n").ends_with("\r\n250 2.0.0 Archived\r\n"));
    CHECK(client.held.back().octets.size() == 100);

    // A message is one, however many recipients it has.
    CHECK(client.refused ==
          std::vector{Refusal::disk, Refusal::trouble, Refusal::too_large, Refusal::empty});

    client.session.set_room(10);
    CHECK(client.say("MAIL FROM:<a@b> SIZE=11\r\n").starts_with("452 4.3.1"));
    CHECK(client.say("MAIL FROM:<a@b> SIZE=10\r\n").starts_with("250"));
    CHECK(client
              .say("RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\n"
                   "RCPT TO:<a@b>\r\n")
              .ends_with("452 4.5.3 Too many recipients\r\n"));
    CHECK(client.refused.size() == 5);
    CHECK(client.refused.back() == Refusal::disk);
    client.session.end("4.3.2", "Going down");
    CHECK(client.say("NOOP\r\n") == "421 4.3.2 Going down\r\n");
    CHECK(client.closed);
}

TEST_CASE("only the recipients that are meant for it are accepted") {
    auto accepting = policy(Protocol::smtp);
    accepting.recipients = {"Archive@example.org", "example.NET"};
    Client client(accepting);
    client.say("EHLO x\r\nMAIL FROM:<>\r\n");
    CHECK(client.say("RCPT TO:<archive@EXAMPLE.org>\r\n").starts_with("250"));
    CHECK(client.say("RCPT TO:<anybody@example.net>\r\n").starts_with("250"));
    CHECK(client.say("RCPT TO:<other@example.org>\r\n").starts_with("550 5.1.1"));
    CHECK(client.say("RCPT TO:<a@sub.example.net>\r\n").starts_with("550 5.1.1"));
    CHECK(client.say("RCPT TO:<postmaster>\r\n").starts_with("550 5.1.1"));
    CHECK(client.refused == std::vector(3, Refusal::address));
}

TEST_CASE("a sender is taken as it is, and never a reason to lose the mail") {
    struct Row {
        const char *line, *sender;
    };
    const Row table[] = {
        {"<\xc3\xa4lice@b>", "\xc3\xa4lice@b"},
        {"<al\xee\x80 ice@b> SIZE=3", "al\\xEE\\x80 ice@b"},
        {"<\xff> SMTPUTF8", "\\xFF"},
        {"<\"a@b>", "\"a@b"},
        {"<a b@c> BODY=8BITMIME", "a b@c"},
        {"<a@>", "a@"},
        {"<@b>", "@b"},
        {"<@relay>", "@relay"},
        {"<<a>@b>", "<a>@b"},
        {"a@b SIZE=3", "a@b"},
        {"< >", " "},
        {"<>", ""},
    };
    for (const auto& row : table) {
        CAPTURE(row.line);
        auto client = greeted(Protocol::smtp);
        CHECK(client.say(fmt::format("MAIL FROM:{}\r\n", row.line)) == "250 2.1.0 Ok\r\n");
        client.say("RCPT TO:<b@c>\r\nDATA\r\nx\r\n.\r\n");
        REQUIRE(client.held.size() == 1);
        CHECK(client.held[0].envelope.sender == row.sender);
    }
}

TEST_CASE("TLS forgets what was said before it, and does not obey what came with it in plain") {
    Client client(policy(Protocol::smtp), Tls::offered);
    CHECK(client.say("EHLO x\r\n").contains("250-STARTTLS\r\n"));
    CHECK(client.say("STARTTLS\r\nNOOP\r\nMAIL FR") == "220 2.0.0 Go on\r\n");
    CHECK(client.say("MAIL FROM:<a@b>\r\n").starts_with("503"));
    CHECK_FALSE(client.say("EHLO x\r\n").contains("STARTTLS"));
    CHECK(client.say("STARTTLS\r\n").starts_with("503"));
    client.say("MAIL FROM:<\xc3\xa4@b> SMTPUTF8\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n");
    REQUIRE(client.held.size() == 1);
    CHECK(client.held[0].envelope == Envelope{"\xc3\xa4@b", {"c@d"}, "x", "UTF8SMTPS"});
    client.say("HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n");
    CHECK(client.held.back().envelope.protocol == "SMTPS");
}

TEST_CASE("who does not speak the protocol is closed") {
    for (const std::string text : {"EHLO x\n", "\n", "NOOP\r\nNOOP\n"}) {
        auto client = greeted(Protocol::smtp);
        CHECK(client.say(text).ends_with("500 5.5.2 A line ends with CR LF\r\n"));
        CHECK(client.closed);
        CHECK(client.say("NOOP\r\n").empty());
    }
    auto endless = greeted(Protocol::smtp);
    CHECK(endless.say(std::string(Session::longest_line + 1, 'x')).starts_with("500 5.5.2"));
    CHECK(endless.closed);
    auto wrong = greeted(Protocol::smtp);
    for (std::size_t i = 1; i < Session::most_errors; ++i) wrong.say("BAD\r\n");
    CHECK_FALSE(wrong.closed);
    CHECK(wrong.say("BAD\r\n").ends_with("421 4.7.0 Too many mistakes\r\n"));
    CHECK(wrong.closed);
}

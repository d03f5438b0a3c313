#include <catch2/catch.hpp>

#include "world.hpp"

using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;

TEST_CASE("before TLS no password is taken, and the capabilities say so") {
    World world;
    Script script(world, {});
    script.server(
        "* OK [CAPABILITY IMAP4rev1 IMAP4rev2 ID ENABLE ... LITERAL- SASL-IR STARTTLS "
        "LOGINDISABLED] ...");
    script.client("a LOGIN alice secret").server("a NO [PRIVACYREQUIRED] ...");
    script.client("b AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==").server("b NO [PRIVACYREQUIRED] ...");
    script.client("c AUTHENTICATE PLAIN").server("c NO [PRIVACYREQUIRED] ...");
    script.silence();
    CHECK_FALSE(script.session.logged_in());
}

TEST_CASE("on loopback, where it is allowed, a password is taken in plain") {
    World world;
    Script script(world, {.plaintext_login = true});
    script.server("* OK [CAPABILITY ... STARTTLS AUTH=PLAIN] ...").login();
}

TEST_CASE("LOGIN and AUTHENTICATE PLAIN, in each form") {
    World world;
    const std::vector<std::string> forms = {"a LOGIN alice secret", "a login \"alice\" \"secret\"",
                                            "a LOGIN {5+}\r\nalice {6+}\r\nsecret",
                                            "a AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==",
                                            "a authenticate plain YWxpY2UAYWxpY2UAc2VjcmV0"};
    for (const Feed feed : {Feed::whole, Feed::bytewise}) {
        for (const std::string& form : forms) {
            INFO(form);
            Script script(world, {.tls = true}, feed);
            script.client(form)
                .server("a OK [CAPABILITY IMAP4rev1 ... IDLE ... ESEARCH ...] ...")
                .silence();
            CHECK(script.session.logged_in());
            script.client("b LOGIN alice secret").server("b BAD ...").silence();
        }
    }
    Script script(world);
    script.client("a AUTHENTICATE PLAIN")
        .server("+ ")
        .client("AGFsaWNlAHNlY3JldA==")
        .server("a OK ...")
        .silence();
}

TEST_CASE("before login little may be said") {
    World world;
    Script script(world);
    for (std::size_t said = 0; said < Session::most_octets; said += 8'000)
        script.client("a NOOP " + std::string(7'991, ' '));
    CHECK_THAT(script.take(), Catch::EndsWith("* BYE Too much was said before logging in\r\n"));
    script.closed();
    Script member(world);
    member.login();
    for (std::size_t said = 0; said < 2 * Session::most_octets; said += 8'000)
        member.client("a NOOP" + std::string(7'992, ' ')).take();
    member.client("b NOOP").server("b OK ...");
}

TEST_CASE("a synchronising literal is asked for") {
    World world;
    Script script(world);
    script.client("a LOGIN {5}").server("+ ...").silence();
    script.client("alice {6}").server("+ ...").silence();
    script.client("secret").server("a OK ...").silence();
}

TEST_CASE("what is no right PLAIN message is refused") {
    World world;
    Script script(world);
    script.client("a AUTHENTICATE PLAIN").server("+ ").client("*").server("a BAD ...");
    script.client("b AUTHENTICATE PLAIN").server("+ ").client("not base64!").server("b BAD ...");
    script.client("c AUTHENTICATE PLAIN YWxpY2U=").server("c BAD ...");  // no NUL
    script.client("d AUTHENTICATE PLAIN Ym9iAGFsaWNlAHNlY3JldA==")
        .server("d NO [AUTHORIZATIONFAILED] ...");  // as bob
    script.client("e AUTHENTICATE CRAM-MD5").server("e NO ...");
    script.silence().login();
}

TEST_CASE("after three failed logins the session ends") {
    World world;
    Script script(world);
    script.client("a LOGIN alice wrong").server("a NO [AUTHENTICATIONFAILED] ...");
    script.client("b LOGIN nobody secret").server("b NO [AUTHENTICATIONFAILED] ...");
    script.client("c LOGIN alice wrong\r\nd LOGIN alice secret")
        .server("c NO [AUTHENTICATIONFAILED] ...");
    script.server("* BYE ...").closed();
}

TEST_CASE("STARTTLS forgets what was sent in plain behind it") {
    World world;
    Script script(world, {.plaintext_login = true});
    script.server("* OK ...");
    script.client("a STARTTLS\r\nb LOGIN alice secret").server("a OK ...").silence();
    CHECK(script.next == Next::start_tls);
    script.session.tls_started();
    script.client("c CAPABILITY")
        .server("* CAPABILITY IMAP4rev1 ... ESEARCH ... SASL-IR AUTH=PLAIN")
        .server("c OK ...");
    script.silence();
    CHECK_FALSE(script.session.logged_in());
    script.client("d STARTTLS").server("d BAD ...").login();
    script.client("e STARTTLS").server("e BAD ...");
}

TEST_CASE("who does not speak IMAP is shown the door") {
    World world;
    Script script(world);
    for (int i = 1; i < Session::most_bad_commands; ++i)
        script.client("GET / HTTP/1.1").server("... BAD ...");
    script.client("GET / HTTP/1.1").server("... BAD ...").server("* BYE ...").closed();
}

TEST_CASE("before login commands are short, and one too long does not hide the next") {
    World world;
    Script script(world);
    script.client("a LOGIN alice " + std::string(100'000, 'x')).server("a BAD ...");
    script.client("b LOGIN alice {100000}").server("b BAD ...");
    script.client("c LOGIN alice {100000+}")
        .client_raw(std::string(100'000, 'x') + "\r\n")
        .server("c BAD ...");
    script.silence().login();
}

TEST_CASE("UNAUTHENTICATE leaves the line as it was before the login (RFC 8437)") {
    World world;
    world.users.push_back({"bob", "secret", {"alice"}});
    world.list("Work");
    Script script(world);
    script.client("a UNAUTHENTICATE").server("a BAD ...").login();
    CHECK(script.client("b CAPABILITY").take().contains(" LITERAL+\r\n"));
    script.client("c CREATE Workspaces/x").server("c OK ...");
    script.client("d ENABLE QRESYNC").server("* ENABLED QRESYNC").server("d OK ...");
    script.select("INBOX");
    script.client("f UNAUTHENTICATE")
        .server("f OK [CAPABILITY IMAP4rev1 ... LITERAL- SASL-IR AUTH=PLAIN] ...")
        .silence();
    CHECK_FALSE(script.session.logged_in());
    script.client("g FETCH 1 (UID)").server("g BAD ...");
    script.client("h LOGIN {5000}").server("h BAD ...");  // he is a stranger again
    script.client("i LOGIN bob secret").server("i OK [CAPABILITY ...] ...").silence();
    script.client("j FETCH 1 (UID)").server("j BAD ...");
    script.client("k SELECT Workspaces/x").server("k NO [NONEXISTENT] ...");
    // RFC 7162 3.2.11: with QRESYNC, SELECT would say that the other is left.
    script.select("INBOX").client("l SELECT alice/Work").server("* FLAGS ...");
}

// Logging in with a certificate or a token: what the session says of it.
#include <catch2/catch.hpp>

#include "imap/server/login/bearer.hpp"
#include "imap/server/login/tokens.hpp"
#include "imap/wire/base64.hpp"
#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;
using namespace std::chrono_literals;

namespace {

const std::string bobs = "bob@example.org";

void share_users(World& world) {
    world.users.push_back(
        {.name = "bob", .password_hash = "secret", .accounts = {"alice"}, .certificates = {bobs}});
    world.users.push_back({.name = "shared",
                           .password_hash = "secret",
                           .accounts = {},
                           .certificates = {"team@example.org"}});
    world.users.push_back({.name = "other",
                           .password_hash = "secret",
                           .accounts = {},
                           .certificates = {"team@example.org", "x@y"}});
    world.backend->users = [&world] {
        return std::make_shared<const std::vector<User>>(world.users);
    };
}

std::string oauthbearer(const std::string& user, const std::string& token) {
    return wire::to_base64("n," + (user.empty() ? "" : "a=" + user) + ",\1host=h\1auth=Bearer " +
                           token + "\1\1");
}

}  // namespace

TEST_CASE("EXTERNAL logs in whose the certificate is, and nobody else (RFC 4422 A)") {
    World world;
    share_users(world);
    const auto with = [](std::vector<std::string> certificate) {
        return Channel{.tls = true, .certificate = std::move(certificate)};
    };
    {
        Script script(world, with({"AB:CD", bobs}));
        script.client("a CAPABILITY")
            .server("* CAPABILITY ... AUTH=EXTERNAL ...")
            .server("a OK ...");
        script.client("b AUTHENTICATE EXTERNAL")
            .server("+ ")
            .client("")
            .server("b OK ...")
            .silence();
        CHECK(script.session.user().name == "bob");
    }
    {
        Script script(world, with({bobs}));  // with an initial response, and by name
        script.client("a AUTHENTICATE EXTERNAL " + wire::to_base64("alice"))
            .server("a NO [AUTHENTICATIONFAILED] ...");
        script.client("b AUTHENTICATE EXTERNAL " + wire::to_base64(std::string("bob\0", 4)))
            .server("b BAD ...");
        script.client("c AUTHENTICATE EXTERNAL").server("+ ").client("*").server("c BAD ...");
        script.client("d AUTHENTICATE EXTERNAL " + wire::to_base64("bob")).server("d OK ...");
        CHECK(script.session.user().name == "bob");
        script.client("e AUTHENTICATE EXTERNAL =").server("e BAD ...");
    }
    {
        Script script(world, with({"team@example.org"}));  // of two: he must say which
        script.client("a AUTHENTICATE EXTERNAL =").server("a NO [AUTHENTICATIONFAILED] ...");
        script.client("b AUTHENTICATE EXTERNAL " + wire::to_base64("other")).server("b OK ...");
        CHECK(script.session.user().name == "other");
    }
    Script none(world);
    none.client("a CAPABILITY");
    CHECK(none.take().find("EXTERNAL") == std::string::npos);
    none.client("b AUTHENTICATE EXTERNAL =").server("b NO [CANNOT] ...");
    Script unknown(world, with({"mallory@example.org"}));
    unknown.client("b AUTHENTICATE EXTERNAL =").server("b NO [AUTHENTICATIONFAILED] ...");
}

TEST_CASE("a token logs in whom it stands for; one that does not count is told why (RFC 7628)") {
    World world;
    share_users(world);
    Script none(world);
    none.client("a AUTHENTICATE OAUTHBEARER =").server("a NO [CANNOT] ...");
    world.backend->tokens = true;
    world.backend->token_scope = "imap";
    for (const std::string user : {"", "bob"}) {
        Script script(world);
        script.client("a CAPABILITY")
            .server("* CAPABILITY ... AUTH=OAUTHBEARER AUTH=XOAUTH2...")
            .server("a OK ...");
        script.client("b AUTHENTICATE OAUTHBEARER " + oauthbearer(user, "token-of-bob"))
            .server("b OK ...");
        CHECK(script.session.user().name == "bob");
    }
    Script script(world);
    const auto why =
        wire::to_base64(R"({"status":"invalid_token","schemes":"bearer","scope":"imap"})");
    script.client("a AUTHENTICATE OAUTHBEARER " + oauthbearer("alice", "token-of-bob"))
        .server("+ " + why);
    script.silence().client("AQ==").server("a NO [AUTHENTICATIONFAILED] ...").silence();
    script.client("b AUTHENTICATE XOAUTH2").server("+ ");
    script.client(wire::to_base64("user=bob\1auth=Bearer wrong\1\1")).server("+ " + why).client("");
    script.server("b NO [AUTHENTICATIONFAILED] ...").silence();
    script.client("c AUTHENTICATE OAUTHBEARER " + wire::to_base64("n,,\1auth=Basic eA==\1\1"))
        .server("c BAD ...");
    script.client("d AUTHENTICATE XOAUTH2 " + wire::to_base64("user=bob\1auth=Bearer wrong\1\1"));
    script.server("d NO [AUTHENTICATIONFAILED] ...").server("* BYE ...").closed();
    Script good(world);
    good.client("a AUTHENTICATE XOAUTH2 " +
                wire::to_base64("user=bob\1auth=Bearer token-of-bob\1\1"))
        .server("a OK ...");
}

TEST_CASE("what a client says with a token is read as RFC 7628 writes it") {
    const auto read = [](const std::string& text) { return read_oauthbearer(text); };
    // RFC 7628 4.1.
    CHECK(read("n,a=user@example.com,\1host=server.example.com\1port=143\1auth=Bearer "
               "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1") ==
          Bearer{"user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="});
    CHECK(read("n,,\1auth=bearer  t\1\1") == Bearer{"", "t"});
    CHECK(read("y,a=a=2Cb=3D,\1auth=Bearer t\1\1") == Bearer{"a,b=", "t"});
    CHECK(read("n,a=u,\1auth=\1\1") == Bearer{"u", ""});
    CHECK(read("n,a=u,\1\1") == Bearer{"u", ""});
    for (const std::string wrong :
         {"", "n", "n,", "n,,", "n,,\1", "p=tls-exporter,,\1auth=Bearer t\1\1", "n,a=,\1\1",
          "n,b=u,\1\1", "n,a=x=2,\1\1", "n,,auth=Bearer t\1\1", "n,,\1auth=Bearer t\1",
          "n,,\1auth=Bearer t\1\1x", "n,,\1auth=Bearer a b\1\1", "n,,\1auth=Bearer \1\1",
          "n,,\1=x\1\1", "n,,\1auth\1\1"}) {
        INFO(wrong);
        CHECK_FALSE(read(wrong));
    }
    CHECK(read_xoauth2("user=u\1auth=Bearer t\1\1") == Bearer{"u", "t"});
    for (const std::string wrong :
         {"", "\1", "user=\1auth=Bearer t\1\1", "auth=Bearer t\1\1", "user=u\1\1",
          "user=u\1auth=t\1\1", "user=u\1auth=Bearer t\1"}) {
        INFO(wrong);
        CHECK_FALSE(read_xoauth2(wrong));
    }
}

TEST_CASE("a token counts as its giver says, for whom, for what and how long (RFC 7662)") {
    const Now now{1000s};
    const TokenRules rules{.user_claim = "email", .scope = "imap", .audience = "mail"};
    const auto ask = [&](const std::string& body, long status = 200) {
        return read_introspection({status, body}, rules, now);
    };
    const std::string rest = R"("email":"bob","scope":"a imap","aud":["x","mail"])";
    const auto good = ask(R"({"active":true,"exp":1500,"nbf":900,)" + rest + "}");
    REQUIRE(good);
    REQUIRE(*good);
    CHECK((*good)->user == "bob");
    CHECK((*good)->expires == Now{1500s});
    CHECK(*ask(R"({"active":true,"exp":253402300799,)" + rest + "}"));  // the end of 9999
    CHECK(*ask(R"({"active":true,"email":"bob","scope":"imap","aud":"mail"})"));
    for (const auto& body : std::vector<std::string>{
             R"({"active":false})", R"({"active":true,"exp":1000,)" + rest + "}",
             R"({"active":true,"nbf":1001,)" + rest + "}",
             R"({"active":true,"email":"bob","scope":"imaps","aud":"mail"})",
             R"({"active":true,"email":"bob","scope":"imap","aud":"no"})",
             R"({"active":true,"email":7,"scope":"imap","aud":"mail"})",
             R"({"active":true,"username":"bob","scope":"imap","aud":"mail"})",
             R"({"active":true,"exp":-1e300,)" + rest + "}"}) {
        INFO(body);
        const auto told = ask(body);
        REQUIRE(told);
        CHECK_FALSE(*told);
    }
    for (const std::string body :
         {"", "[]", "{}", R"({"active":"true"})", "{", "[[[[[[[[[[[[]]]]]]]]]]]]"})
        CHECK_FALSE(ask(body));
    CHECK_FALSE(ask(R"({"active":true,)" + rest + "}", 401));
}

TEST_CASE("what was good is not asked again for a minute, nor beyond its end; what was not is") {
    int asked = 0;
    std::string answer = R"({"active":true,"username":"bob","exp":1030})";
    Tokens tokens({}, [&](const std::string&) -> Result<net::HttpsAnswer> {
        ++asked;
        if (answer.empty()) return fail(Errc::timeout, "no answer");
        return net::HttpsAnswer{200, answer};
    });
    CHECK(**tokens.user_of("t", Now{1000s}) == "bob");
    answer = R"({"active":false})";
    CHECK(**tokens.user_of("t", Now{1029s}) == "bob");
    CHECK(asked == 1);
    CHECK_FALSE(*tokens.user_of("u", Now{1029s}));
    CHECK_FALSE(*tokens.user_of("u", Now{1029s}));
    CHECK_FALSE(*tokens.user_of("t", Now{1030s}));
    CHECK(asked == 4);
    answer = R"({"active":true,"username":"bob"})";
    CHECK(*tokens.user_of("t", Now{2000s}));
    CHECK(*tokens.user_of("t", Now{2059s}));
    CHECK(asked == 5);
    answer.clear();
    CHECK_FALSE(tokens.user_of("t", Now{2060s}));
}

// SCRAM-SHA-256 at the endpoint, judged by our own client's side of it (RFC 5802, 7677, 9266).
#include "imap/server/login/scram.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "imap/client/sasl.hpp"
#include "imap/wire/base64.hpp"
#include "world.hpp"

using namespace mailhold;
using namespace mailhold::imap::server;
using namespace mailhold::imap::server::test;
using imap::client::SaslExchange;

namespace {

// Of the password "pencil" (RFC 7677 3's salt).
constexpr const char* pencil =
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

World& with_scram(World& world) {
    world.users.front().scram = pencil;
    world.users.push_back({"bob", "secret", {"alice"}});
    world.backend->users = [&world] {
        return std::make_shared<const std::vector<User>>(world.users);
    };
    return world;
}

const Channel bound{.tls = true, .binding = ScramExchange::Binding{"tls-exporter", "of this line"}};

// A whole exchange; what the server says last.
std::string exchange(Script& script, const std::string& mechanism,
                     SaslExchange::Identity identity) {
    auto client = SaslExchange::start(mechanism, std::move(identity)).value();
    script.client("a AUTHENTICATE " + mechanism + " " + imap::wire::to_base64(*client.answer("")));
    auto said = script.take();
    while (said.starts_with("+ ")) {
        const auto challenge = imap::wire::from_base64(said.substr(2, said.find('\r') - 2));
        REQUIRE(challenge);
        const auto answer = client.answer(*challenge);
        script.client(answer ? imap::wire::to_base64(*answer) : "*");
        said = script.take();
    }
    CHECK(client.finished() == said.starts_with("a OK"));
    return said;
}

}  // namespace

TEST_CASE("SCRAM-SHA-256 lets in who knows the password, with and without channel binding") {
    World world;
    with_scram(world);
    {
        Script script(world, {.tls = true});
        script.client("c CAPABILITY").server("* CAPABILITY ... AUTH=PLAIN AUTH=SCRAM-SHA-256");
        script.take();
        CHECK_THAT(exchange(script, "SCRAM-SHA-256", {"alice", "pencil", "h"}),
                   Catch::StartsWith("a OK"));
        CHECK(script.session.user().name == "alice");
    }
    {
        Script script(world, bound);
        script.client("c CAPABILITY").server("* CAPABILITY ... AUTH=SCRAM-SHA-256-PLUS").take();
        const auto said = exchange(script, "SCRAM-SHA-256-PLUS",
                                   {"alice", "pencil", "h", 0,
                                    imap::net::Stream::Binding{"tls-exporter", "of this line"}});
        CHECK_THAT(said, Catch::StartsWith("a OK"));
    }
    Script script(world, {.tls = true});
    script.client("a AUTHENTICATE SCRAM-SHA-256-PLUS").server("a NO [CANNOT] ...");
    script.client("b AUTHENTICATE SCRAM-SHA-1").server("b NO [CANNOT] ...");
}

TEST_CASE("a wrong password, another line, and names without a verifier fail all alike") {
    World world;
    with_scram(world);
    for (const auto* user : {"alice", "bob", "nobody"}) {
        INFO(user);
        Script script(world, {.tls = true});
        CHECK_THAT(exchange(script, "SCRAM-SHA-256", {user, "secret", "h"}),
                   Catch::StartsWith("a NO [AUTHENTICATIONFAILED]"));
        CHECK_FALSE(script.session.logged_in());
    }
    Script script(world, bound);
    const auto said = exchange(
        script, "SCRAM-SHA-256-PLUS",
        {"alice", "pencil", "h", 0, imap::net::Stream::Binding{"tls-exporter", "of another line"}});
    CHECK_THAT(said, Catch::StartsWith("a NO [AUTHENTICATIONFAILED]"));
}

TEST_CASE("messages that are none, and a client that was told of no channel binding") {
    World world;
    with_scram(world);
    const auto first = [](const std::string& message) {
        return "a AUTHENTICATE SCRAM-SHA-256 " + imap::wire::to_base64(message);
    };
    for (const std::string message :
         {"n,,n=alice,r=", "x", "p=tls-exporter,,n=alice,r=abc", "n,,r=abc,n=alice", ",,,,"}) {
        INFO(message);
        Script script(world, bound);
        script.client(first(message)).server("a NO [AUTHENTICATIONFAILED] ...");
    }
    {
        Script script(world, bound);
        script.client(first("y,,n=alice,r=abc"));  // RFC 5802 6: somebody took it out of the list
        CHECK_THAT(script.take(), Catch::Contains("a NO [AUTHENTICATIONFAILED]"));
    }
    {
        Script script(world, {.tls = true});
        script.client(first("y,,n=alice,r=abc")).server("+ ...").client("*").server("a BAD ...");
        script.client(first("n,,n=alice,r=abc")).server("+ ...").client("!").server("a BAD ...");
        script.client(first("n,a=bob,n=alice,r=abc")).server("+ ...");
        script.client(imap::wire::to_base64("c=biws,r=abc,p=AAAA")).take();
        CHECK_FALSE(script.session.logged_in());
    }
    Script script(world, {.tls = true});
    script.client("a AUTHENTICATE SCRAM-SHA-256").server("+ ").client("").take();
    CHECK_FALSE(script.session.logged_in());
}

TEST_CASE("verifiers: made of a password, read again, and decoys that stay the same") {
    const auto made = make_verifier("pencil");
    REQUIRE(made);
    const auto keys = read_verifier(*made);
    REQUIRE(keys);
    CHECK(keys->iterations >= 4096);
    CHECK(*make_verifier("pencil") != *made);  // another salt
    CHECK(read_verifier(pencil));
    for (const std::string text :
         {"", "SCRAM-SHA-256$", "SCRAM-SHA-256$4096:$:", "SCRAM-SHA-1$4096:aa==$aa==:aa==",
          "SCRAM-SHA-256$1:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
          "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="})
        CHECK_FALSE(read_verifier(text));
    std::vector<User> users = {{"alice", "h", {}}};
    CHECK_FALSE(scram_keys(users, "alice", "s"));
    users.front().scram = pencil;
    users.push_back({"bob", "h", {}});
    CHECK(scram_keys(users, "alice", "s") == read_verifier(pencil));
    const auto nobody = scram_keys(users, "nobody", "s");
    CHECK(nobody == scram_keys(users, "nobody", "s"));
    CHECK(nobody->salt != scram_keys(users, "bob", "s")->salt);
    CHECK(nobody != scram_keys(users, "nobody", "another"));
    users.back().password_hash = "changed";
    CHECK(nobody == scram_keys(users, "nobody", "s"));
    const auto file =
        std::filesystem::temp_directory_path() / ("mailhold-decoy-" + std::to_string(::getpid()));
    const auto secret = load_or_make_secret(file);
    CHECK(secret->size() == 32);
    CHECK(*load_or_make_secret(file) == *secret);
    std::filesystem::resize_file(file, 0);  // nobody's secret: not one to go on with
    CHECK(load_or_make_secret(file).error().code == Errc::corrupt);
    std::filesystem::remove(file);
    CHECK(nobody->iterations == 4096);
    CHECK(nobody->salt.size() == 16);
}

// The file that the quick start writes.
#include "api/cli/quickstart.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include <cstdlib>

#include "api/config/parse.hpp"
#include "imap/server/login/user.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {

TEST_CASE("the quick start's account is named after the user, if that makes a mailbox") {
    auto name = [](const char* url) {
        return quick_start_name(config::parse_origin_url(url).value());
    };
    CHECK(name("imaps://alice%40example.org@mail.example.org") == "alice");
    CHECK(name("imaps://bob@mail.example.org") == "bob");
    CHECK(name("imaps://a%2Fb@mail.example.org") == "mail");
    CHECK(name("imaps://inbox@mail.example.org") == "mail");
    CHECK(name("imaps://%22@mail.example.org") == "mail");
}

TEST_CASE("the quick start's file is a configuration that passes every check") {
    auto url = config::parse_origin_url("imaps://alice%40example.org@mail.example.org").value();
    auto config = config::parse(
        quick_start_toml(url, "$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"),
        "/srv/mail");
    REQUIRE(config);
    CHECK(config->data == "/srv/mail/");
    CHECK(config->accounts[0].url == url);
    CHECK(config->accounts[0].password ==
          config::PasswordSource{config::PasswordFrom::environment, "MAILHOLD_PASSWORD"});
    CHECK(config->users[0].accounts == std::vector<std::string>{"alice"});
}

TEST_CASE("a quick start makes its login once, and keeps to its origin") {
    auto data =
        std::filesystem::temp_directory_path() / ("mailhold_quick_" + std::to_string(::getpid()));
    ::setenv("MAILHOLD_PASSWORD", "secret", 1);
    auto first = quick_start("imaps://alice@mail.example.org", data);
    REQUIRE(first);
    CHECK(first->new_password.size() == 23);
    CHECK(imap::server::verify_password(first->new_password, first->config.users[0].password_hash));
    CHECK((std::filesystem::status(first->file).permissions() & std::filesystem::perms::mask) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    auto second = quick_start("imaps://alice@mail.example.org", data);
    REQUIRE(second);
    CHECK(second->new_password.empty());
    CHECK(second->config == first->config);
    CHECK_FALSE(quick_start("imaps://alice:secret@mail.example.org", data));
    ::unsetenv("MAILHOLD_PASSWORD");
    std::filesystem::remove_all(data);
}

TEST_CASE("a slip in the first URL costs nothing; mail of another origin is never mixed in") {
    auto data =
        std::filesystem::temp_directory_path() / ("mailhold_slip_" + std::to_string(::getpid()));
    ::setenv("MAILHOLD_PASSWORD", "secret", 1);
    CHECK_FALSE(quick_start("imaps://alice@mail.example.org/INBOX", data));
    CHECK_FALSE(std::filesystem::exists(data));
    REQUIRE(quick_start("imaps://alice@mali.example.org", data));
    auto archive = store::Archive::open(data).value();
    REQUIRE(
        archive->ingest({}, {store::AccountDeclared{"alice", "imaps://alice@mali.example.org"}}));
    const std::string right = "imaps://alice@mail.example.org";
    CHECK(quick_start(right, data).error().code == Errc::locked);  // a daemon is at it
    archive.reset();
    auto again = quick_start(right, data);
    REQUIRE(again);
    CHECK(again->config.accounts[0].url.text == right);
    CHECK_FALSE(again->new_password.empty());

    archive = store::Archive::open(data).value();
    store::Arrival arrival;
    arrival.sighting.generation = {"alice", "INBOX", UidValidity{1}};
    arrival.sighting.uid = Uid{1};
    arrival.octets = Blob("Subject: a\r\n\r\n");
    std::vector<store::Arrival> arrivals;
    arrivals.push_back(std::move(arrival));
    REQUIRE(archive->ingest(
        std::move(arrivals),
        {store::AccountDeclared{"alice", right}, store::MailboxListed{"alice", "INBOX", "/", {}},
         store::GenerationOpened{{"alice", "INBOX", UidValidity{1}}}}));
    archive.reset();
    auto other = quick_start("imaps://bob@mail.example.org", data);
    REQUIRE_FALSE(other);
    CHECK(other.error().code == Errc::invalid);
    CHECK(other.error().text.contains((data / "quickstart.toml").string()));
    ::unsetenv("MAILHOLD_PASSWORD");
    std::filesystem::remove_all(data);
}

}  // namespace mailhold::cli

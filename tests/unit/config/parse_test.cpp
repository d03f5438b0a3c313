// Whole configurations, their defaults, and where and how mistakes are told.
#include "api/config/parse.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/config/mistakes.hpp"

namespace mailhold::config {

TEST_CASE("a whole configuration is read, with paths taken from its folder") {
    auto config = parse(R"(
data = "archive"
[log]
level = "debug"
[imap]
listen = ["127.0.0.1:0", "[::1]:1143"]
listen_tls = []
certificate = "tls/cert.pem"
private_key = "/etc/key.pem"
allow_plaintext_login = true
compress = false
personal_flags = false
message_limit = 1000
connections = 5
login_timeout_seconds = 6
idle_timeout_minutes = 31
[search]
max_seconds = 8
max_memory_mib = 9
per_user = 10
waiting_per_user = 11
[http]
listen = ""
names = ["Archive.example.org"]
[[account]]
name = "alice"
url = "imap://al%40ice@mail.example.org:1144"
password_file = "alice.password"
ca_file = "ca.pem"
pin_sha256 = [")" + pin + R"("]
exclude = ["Junk", "Spam/*"]
shared = true
connections = 2
compress = "never"
poll_seconds = 3
timeout_seconds = 4
[[user]]
name = "alice"
password_hash = ")" + hash + R"("
accounts = ["alice"]
)",
                        "/etc/mailhold");
    REQUIRE(config);
    CHECK(config->data == "/etc/mailhold/archive");
    CHECK(config->log.level == log::Level::debug);
    CHECK(config->imap == Imap{.listen = {{"127.0.0.1", 0}, {"::1", 1143}},
                               .listen_tls = {},
                               .certificate = "/etc/mailhold/tls/cert.pem",
                               .private_key = "/etc/key.pem",
                               .allow_plaintext_login = true,
                               .compress = false,
                               .personal_flags = false,
                               .message_limit = 1000,
                               .connections = 5,
                               .login_timeout = std::chrono::seconds(6),
                               .idle_timeout = std::chrono::minutes(31)});
    CHECK(config->search == Search{.time = std::chrono::seconds(8),
                                   .memory_mib = 9,
                                   .per_user = 10,
                                   .waiting_per_user = 11});
    CHECK(config->http == Http{.listen = std::nullopt, .names = {"archive.example.org"}});
    REQUIRE(config->accounts.size() == 1);
    const auto& read = config->accounts[0];
    CHECK(read.url.user == "al@ice");
    CHECK(read.url.port == 1144);
    CHECK(read.password == PasswordSource{PasswordFrom::file, "/etc/mailhold/alice.password"});
    CHECK(read.ca_file == "/etc/mailhold/ca.pem");
    CHECK(read.pin_sha256 == std::vector{pin});
    CHECK(read.exclude == std::vector<std::string>{"Junk", "Spam/*"});
    CHECK(read.shared);
    CHECK_FALSE(read.other_users);
    CHECK(read.manners.connections == 2);
    CHECK(read.compression == imap::net::Compression::never);
    CHECK(read.poll_every == std::chrono::seconds(3));
    CHECK(read.timeout == std::chrono::seconds(4));
    CHECK(config->users == std::vector<User>{{"alice", hash, {"alice"}}});
}

TEST_CASE("one mistake gives its line and what to write instead") {
    const Row table[] = {
        {"data = \"d\"\n[imap]\nlisen = []",
         "3: unknown key \"lisen\" in [imap]; did you mean \"listen\"?"},
        {"data = \"d\"\n[impa]\n", "2: unknown key \"impa\"; did you mean \"imap\"?"},
        {"data = \"d\"\n\n[http]\nbind = 1",
         "4: unknown key \"bind\" in [http]; known here: listen, names"},
        {"data = 7", "1: data: must be a string, not a whole number"},
        {"data = \"\"", "1: data: is empty"},
        {"", "0: the file: data is missing"},
        {"data = \"d\"\ndata = \"e\"", "2: not TOML: "},
        {"data = \"d\"\n[imap]\nlisten = \"127.0.0.1:1143\"",
         "3: [imap] listen: must be a list of strings, not a string"},
        {"data = \"d\"\n[imap]\nlisten = [1143]",
         "3: [imap] listen: must be a list of strings: every value in it, not a whole number"},
        {"data = \"d\"\n[imap]\nlisten = [\n\"localhost\"]",
         "3: [imap] listen: \"localhost\" has no port"},
        {"data = \"d\"\n[imap]\nallow_plaintext_login = \"yes\"",
         "3: [imap] allow_plaintext_login: must be true or false, not a string"},
        {"data = \"d\"\n[imap]\nconnections = 0",
         "3: [imap] connections: 0 is not from 1 to 1000000"},
        {"data = \"d\"\n[imap]\nidle_timeout_minutes = 5",
         "3: [imap] idle_timeout_minutes: 5 is not from 30 to 1440"},
        {"data = \"d\"\n[search]\nmax_second = 1",
         "3: unknown key \"max_second\" in [search]; did you mean \"max_seconds\"?"},
        {"data = \"d\"\n[search]\nper_user = 0", "3: [search] per_user: 0 is not from 1 to 64"},
        {"data = \"d\"\n[search]\nmax_seconds = 1.5",
         "3: [search] max_seconds: must be a whole number, not a number with a fraction"},
        {"data = \"d\"\n[imap]\nprivate_key = \"k\"",
         "3: [imap] private_key: certificate and private_key"},
        {"data = \"d\"\n[http]\nlisten = \"8080\"", "3: [http] listen: \"8080\" has no port"},
        {"data = \"d\"\n[imap]\nlisten = [\"127.0.0.1:1143\"]\nlisten_tls = [\"*:1143\"]",
         "4: [imap] listen_tls: *:1143 is taken by [imap] listen already"},
        {"data = \"d\"\n[http]\nlisten = \"127.0.0.1:1993\"",
         "3: [http] listen: 127.0.0.1:1993 is taken by [imap] listen_tls already"},
        {"data = \"d\"\nimap = 3", "2: imap: must be a table, [imap], not a whole number"},
        {"data = \"d\"\n[log]\nlevel = \"inof\"",
         "3: [log] level: \"inof\" is no level; did you mean \"info\"?"},
        {"data = \"d\"\n[account]\nname = \"a\"",
         "2: account: must be tables, each begun with [[account]], not a table"},
        {"data = \"d\"\naccount = [1]", "2: account: must be tables"},
    };
    check_mistakes(table);
}

TEST_CASE("all mistakes are told at once, in the order of the file") {
    CHECK(mistakes_in("date = \"d\"\n[imap]\nlisten = 1\n[http]\nlisten = 2\n") ==
          "0: the file: data is missing\n"
          "1: unknown key \"date\"; did you mean \"data\"?\n"
          "3: [imap] listen: must be a list of strings, not a whole number\n"
          "5: [http] listen: must be a string, not a whole number");
}

TEST_CASE("any cut of a configuration is read or refused, never more") {
    std::string text = "data = \"d\"\n[imap]\nlisten = [\"[::1]:5\"]\n" + account;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        auto parsed = parse(text.substr(0, size), "/");
        CHECK((parsed || !parsed.error().empty()));
    }
    CHECK_FALSE(parse(std::string(2'000'000, ' '), "/"));
}

TEST_CASE("a file's mistakes carry its name") {
    auto file = std::filesystem::temp_directory_path() /
                ("mailhold_config_" + std::to_string(::getpid()) + ".toml");
    std::ofstream(file) << "data = \"d\"\nimpa = 1\n";
    auto config = load(file);
    std::filesystem::remove(file);
    REQUIRE_FALSE(config);
    CHECK(config.error().code == Errc::invalid);
    CHECK(config.error().text ==
          file.string() + ":2: unknown key \"impa\"; did you mean \"imap\"?");
    CHECK_FALSE(load(file));
}

TEST_CASE("the documented default parses, and says what the code says") {
    auto config = parse(default_toml(), "/");
    REQUIRE(config);
    Config expected;
    expected.data = "/var/lib/mailhold";
    CHECK(*config == expected);
}

TEST_CASE("every key that the default documents but leaves out has the value that it shows") {
    // Uncomment "#key = value" and "#[[table]]", but not prose.
    std::string text(default_toml()), uncommented;
    for (std::size_t begin = 0; begin < text.size();) {
        auto end = text.find('\n', begin);
        auto line = text.substr(begin, end - begin);
        uncommented += line.starts_with("#") && !line.starts_with("# ") ? line.substr(1) : line;
        uncommented += '\n';
        begin = end + 1;
    }
    auto where = uncommented.find("p=1$...");
    REQUIRE(where != std::string::npos);
    uncommented.replace(where, 7, hash.substr(hash.find("p=1")));
    auto config = parse(uncommented, "/etc");
    if (!config) FAIL(config.error().front().line << ": " << config.error().front().text);
    CHECK(config->log == Log{});
    REQUIRE(config->imap.oauth);
    Tokens tokens;
    tokens.introspection_url = "https://login.example.org/oauth2/introspect";
    tokens.client_id = "mailhold", tokens.client_secret.name = "/run/secrets/oauth";
    CHECK(std::exchange(config->imap.oauth, std::nullopt) == tokens);
    CHECK(config->imap == Imap{});
    CHECK(config->search == Search{});
    CHECK(config->http == Http{});
    REQUIRE(config->accounts.size() == 1);
    Account shown = config->accounts[0], bare;
    bare.name = shown.name, bare.url = shown.url, bare.password = shown.password;
    CHECK(shown == bare);
    CHECK(config->users.size() == 1);
    CHECK(config->journals ==
          std::vector<Journal>{{.listen = {"127.0.0.1", 2424}, .account = "journal"}});
}

}  // namespace mailhold::config

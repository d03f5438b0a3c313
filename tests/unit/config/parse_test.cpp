// Configurations and what is wrong with them, as tables of text.
#include "api/config/parse.hpp"
#include "api/config/check.hpp"
#include "api/config/duration.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

namespace mailhold::config {
namespace {

const std::string hash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA";
const std::string pin = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

// The mistakes as "line: text", joined by line ends; "" for a good configuration.
std::string mistakes_in(const std::string& toml) {
    auto parsed = parse(toml, "/etc/mailhold");
    if (parsed) return {};
    std::string text;
    for (const auto& mistake : parsed.error()) {
        if (!text.empty()) text += '\n';
        text += std::to_string(mistake.line) + ": " + mistake.text;
    }
    return text;
}

const std::string account = R"([[account]]
name = "alice"
url = "imaps://alice@mail.example.org"
password_env = "ALICE"
)";

}  // namespace

TEST_CASE("a user may see an account that is no longer configured, and none that never was") {
    Config config;
    config.accounts.emplace_back().name = "alice";
    config.users.push_back({"a", "", {"alice", "former"}});
    CHECK(unknown_accounts(config, {"former"}).empty());
    config.users.push_back({"b", "", {"alic"}});
    CHECK(unknown_accounts(config, {"former"}) ==
          std::vector<std::string>{
              "[[user]] \"b\" accounts: there is no [[account]] \"alic\", and no "
              "mail of one; did you mean \"alice\"?"});
}

TEST_CASE("grants name users, or groups that they belong to") {
    Config config;
    config.users = {{"u", "", {}}, {"v", "", {}}};
    config.groups = {{"g", {"v"}}, {"h", {"u", "v"}}};
    config.grants = {{"a", {}, {"u"}, {}}, {"b", {"x"}, {}, {"g"}}, {"c", {}, {"u"}, {"h"}}};
    CHECK(groups_of(config, "v") == std::vector<std::string>{"g", "h"});
    CHECK(grants_of(config, "u") == std::vector<Grant>{config.grants[0], config.grants[2]});
    CHECK(grants_of(config, "v") == std::vector<Grant>{config.grants[1], config.grants[2]});
    CHECK(grants_of(config, "g").empty());
    CHECK(unknown_accounts(config, {"a", "b"}) ==
          std::vector<std::string>{"[[grant]] account: there is no [[account]] \"c\", and no mail "
                                   "of one; did you mean \"a\"?"});
}

TEST_CASE("a length of time has a unit, or is never") {
    using std::chrono::seconds;
    for (const auto& [text, expected] :
         {std::pair{"90s", 90}, {"30m", 1'800}, {"12h", 43'200}, {"1d", 86'400}, {"never", 0}})
        CHECK(parse_duration(text) == seconds(expected));
    for (const auto* wrong :
         {"", "1", "d", "0s", "-1d", "1 d", "1w", "1dd", "4000d", "99999999999999999999s"})
        CHECK_FALSE(parse_duration(wrong));
}

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
    struct Row {
        std::string toml, mistake;
    };
    auto row = GENERATE(values<Row>({
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
    }));
    INFO(row.toml);
    CHECK_THAT(mistakes_in(row.toml), Catch::StartsWith(row.mistake));
}

TEST_CASE("accounts and users are checked one by one and against each other") {
    struct Row {
        std::string toml, mistake;
    };
    auto user = [](const std::string& more) { return "[[user]]\nname = \"u\"\n" + more; };
    auto row = GENERATE_COPY(values<Row>({
        {account, ""},
        {account + "password_file = \"p\"",
         "2: [[account]]: keep one of password_file, password_env"},
        {"[[account]]\nname = \"a\"\nurl = \"imaps://a@b\"",
         "2: [[account]]: give one of password_file"},
        {"[[account]]\nname = \"a\"\nurl = \"imaps://a@b\"\npassword_env = 5",
         "5: [[account]] password_env: must be"},
        {"[[account]]\nurl = \"imaps://a@b\"\npassword_env = \"P\"",
         "2: [[account]]: name is missing"},
        {"[[account]]\nname = \"a/b\"\nurl = \"imaps://a@b\"\npassword_env = \"P\"",
         "3: [[account]] name: names a mailbox"},
        {"[[account]]\nname = \"Inbox\"\nurl = \"imaps://a@b\"\npassword_env = \"P\"",
         "3: [[account]] name: \"Inbox\" is a mailbox of its own"},
        {"[[account]]\nname = \"a\"\nurl = \"imaps://a:b@c\"\npassword_env = \"P\"",
         "4: [[account]] url: a password"},
        {account + "pin_sha256 = [\"abc\"]",
         "6: [[account]] pin_sha256: \"abc\" is not the base64"},
        {account + "pin_sha256 = [\"" + pin + "\"]", ""},
        {account + "exlude = []",
         "6: unknown key \"exlude\" in [[account]]; did you mean \"exclude\"?"},
        {account + account, "7: [[account]] name: \"alice\" stands in line 3 already"},
        {account + user("password_hash = \"" + hash + "\"\naccounts = [\"alice\", \"alice\"]"),
         "9: [[user]] accounts: \"alice\" stands there twice"},
        {account + user("password_hash = \"" + hash + "\"\naccounts = []"),
         "9: [[user]] accounts: is empty"},
        {account + user("password_hash = \"" + hash + "\""), "6: [[user]] accounts: is empty"},
        {account + user("password_hash = \"" + hash + "\"") +
             "\n[[grant]]\naccount = \"alice\"\nusers = [\"u\"]",
         ""},
        {account + user("password_hash = \"" + hash + "\"") +
             "\n[[group]]\nname = \"g\"\nmembers = [\"u\"]\n[[grant]]\naccount = "
             "\"alice\"\ngroups = [\"g\"]\nmailboxes = [\"Work/*\"]",
         ""},
        {account + "[[group]]\nname = \"g\"\nmembers = [\"w\"]",
         "7: [[group]] members: there is no [[user]] \"w\""},
        {account + "[[group]]\nname = \"$g\"\nmembers = []",
         "7: [[group]] name: begins with - or $"},
        {account + "[[grant]]\naccount = \"alice\"",
         "6: [[grant]]: names neither users nor groups"},
        {account + "[[grant]]\naccount = \"alice\"\ngroups = [\"h\"]",
         "6: [[grant]] groups: there is no [[group]] \"h\""},
        {account + user("password_hash = \"geheim\"\naccounts = [\"alice\"]"),
         "8: [[user]] password_hash: is no argon2id hash"},
        {account +
             user("password_hash = \"" + std::string(hash).replace(hash.find("p=1"), 3, "p=0") +
                  "\"\naccounts = [\"alice\"]"),
         "8: [[user]] password_hash: is no argon2id hash"},
        {account + user("password_hash = \"" + hash.substr(0, hash.size() - 8) +
                        "\"\naccounts = [\"alice\"]"),
         "8: [[user]] password_hash: is no argon2id hash"},
        {account + user("password_hash = \"$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHQ$"
                        "aGFzaGhhc2hoYXNoaGFzaA\"\naccounts = [\"alice\"]"),
         "8: [[user]] password_hash: is no argon2id hash"},
        {account +
             user("password_hash = \"$2b$12$abcdefghijklmnopqrstuv\"\naccounts = [\"alice\"]"),
         "8: [[user]] password_hash: is no argon2id hash"},
    }));
    INFO(row.toml);
    auto found = mistakes_in("data = \"d\"\n" + row.toml);
    if (row.mistake.empty())
        CHECK(found.empty());
    else
        CHECK_THAT(found, Catch::StartsWith(row.mistake));
}

TEST_CASE("an account logs in with a password, tokens or a certificate, and says so once") {
    const std::string bare =
        "data = \"d\"\n[[account]]\nname = \"a\"\nurl = \"imaps://a@h.example\"\n";
    const std::string token = "token_url = \"https://t\"\nclient_id = \"i\"\n";
    struct Row {
        std::string toml, mistake;
    };
    const Row table[] = {
        {"[account.oauth]\n" + token, ""},
        {"[account.oauth]\n" + token + "client_secret_env = \"S\"", ""},
        {"[account.oauth]\ntoken_command = \"echo t\"", ""},
        {"client_certificate = \"c\"\nclient_key = \"k\"\nmechanism = \"External\"", ""},
        {"password_env = \"P\"\nclient_certificate = \"c\"\nclient_key = \"k\"", ""},
        {"mechanism = \"plain\"", "2: [[account]]: give one of password_file"},
        {"password_env = \"P\"\nmechanism = \"scram-sha256\"",
         "6: [[account]] mechanism: \"scram-sha256\" is no mechanism; did you mean "
         "\"scram-sha-256\"?"},
        {"password_env = \"P\"\n[account.oauth]\n" + token, "2: [[account]]: keep either"},
        {"client_key = \"k\"\npassword_env = \"P\"",
         "5: [[account]] client_key: client_certificate and"},
        {"[account.oauth]\n", "5: [account.oauth]: give token_command, or token_url"},
        {"[account.oauth]\ntoken_url = \"https://t\"", "5: [account.oauth]: client_id is missing"},
        {"[account.oauth]\nclient_id = \"i\"\ntoken_url = \"http://t\"",
         "7: [account.oauth] token_url: \"http://t\" is no URL of the form https://host/path"},
        {"[account.oauth]\nclient_id = \"i\"\ntoken_url = \"https://i:hunter2@t/x\"",
         "7: [account.oauth] token_url: holds a name or a password before an @: that is for "
         "client_id and for client_secret_file"},
        {"[account.oauth]\nclient_id = \"i\"\ntoken_url = \"https://t\"\n"
         "device_url = \"https://i@t?x\"",
         "8: [account.oauth] device_url: holds a name"},
        {"[account.oauth]\nclient_id = \"i\"\ntoken_url = \"https://t/a@b\"", ""},
        {"[account.oauth]\ntoken_command = \"c\"\ntoken_ulr = \"x\"",
         "7: unknown key \"token_ulr\" in [account.oauth]"},
    };
    for (const auto& row : table) {
        INFO(row.toml);
        const auto found = mistakes_in(bare + row.toml);
        if (row.mistake.empty())
            CHECK(found.empty());
        else
            CHECK_THAT(found, Catch::Contains(row.mistake));
    }
}

TEST_CASE("known providers have manners of their own, which an account may override") {
    struct Row {
        std::string host, more;
        Manners manners;
    };
    const Row table[] = {
        {"mail.example.org", "", {}},
        {"notgmail.com", "", {}},
        {"IMAP.gmail.com", "", {5, 20, 2'000}},
        {"imap.gmail.com", "connections = 9\nmib_per_day = 0\n", {9, 20, 0}},
        {"outlook.office365.com", "commands_per_second = 3\n", {4, 3, 0}},
        {"imap.mail.yahoo.com", "", {2, 10, 0}},
    };
    for (const auto& row : table) {
        INFO(row.host);
        const auto config = parse("data = \"d\"\n[[account]]\nname = \"a\"\nurl = \"imaps://a@" +
                                      row.host + "\"\npassword_env = \"P\"\n" + row.more,
                                  "/");
        REQUIRE(config);
        CHECK(config->accounts[0].manners == row.manners);
    }
}

TEST_CASE("a proxy's URL names its kind, place and login") {
    using Kind = ProxyUrl::Kind;
    CHECK(parse_proxy_url("socks5://p").value() == ProxyUrl{Kind::socks5, "p", 1080, "", ""});
    CHECK(parse_proxy_url("HTTP://u%40x:p%3A@[::1]:80/").value() ==
          ProxyUrl{Kind::http, "::1", 80, "u@x", "p:"});
    for (const auto* wrong : {"", "p:1080", "https://p", "socks5://", "socks5://p/x", "http://p:0",
                              "http://u:geheim@p?q", "http://a%0d:b@p"}) {
        INFO(wrong);
        const auto parsed = parse_proxy_url(wrong);
        REQUIRE_FALSE(parsed);
        CHECK_FALSE(parsed.error().text.contains("geheim"));
    }
}

TEST_CASE("files that are named and not there are told by name") {
    auto config = parse("data = \"d\"\n" + account, "/").value();
    CHECK(unreadable_files(config).empty());
    config.accounts[0].password = {PasswordFrom::file, "/nowhere/password"};
    config.accounts[0].ca_file = "/nowhere/ca.pem";
    config.imap.certificate = "/nowhere/cert.pem";
    const auto problems = unreadable_files(config);
    REQUIRE(problems.size() == 3);
    CHECK_THAT(problems[0], Catch::StartsWith("[imap] certificate: "));
    CHECK_THAT(problems[1], Catch::StartsWith("[[account]] \"alice\" password_file: "));
    CHECK_THAT(problems[1], Catch::Contains("/nowhere/password"));
    CHECK_THAT(problems[2], Catch::StartsWith("[[account]] \"alice\" ca_file: "));
}

TEST_CASE("a mistaken password is not repeated") {
    auto found = mistakes_in(
        "data = \"d\"\n[[user]]\nname = \"u\"\npassword_hash = \"geheim\"\naccounts = [\"a\"]");
    CHECK_FALSE(found.contains("geheim"));
}

TEST_CASE("all mistakes are told at once, in the order of the file") {
    CHECK(mistakes_in("date = \"d\"\n[imap]\nlisten = 1\n[http]\nlisten = 2\n") ==
          "0: the file: data is missing\n"
          "1: unknown key \"date\"; did you mean \"data\"?\n"
          "3: [imap] listen: must be a list of strings, not a whole number\n"
          "5: [http] listen: must be a string, not a whole number");
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

TEST_CASE("users log in with certificates and tokens too, behind balancers that are named") {
    const std::string imap = "data = \"d\"\n[imap]\n";
    const std::string tokens =
        imap + "[imap.oauth]\nintrospection_url = \"https://h/i\"\nclient_id = \"c\"\n";
    const std::string user =
        "data = \"d\"\n[[account]]\nname = \"a\"\nurl = \"imaps://a@h\"\npassword_file = \"p\"\n"
        "[[user]]\nname = \"u\"\naccounts = [\"a\"]\npassword_hash = \"" +
        hash + "\"\n";
    const auto config = parse(tokens +
                                  "client_secret_file = \"s\"\nscope = \"imap\"\n[[account]]\nname "
                                  "= \"a\"\nurl = \"imaps://a@h\"\npassword_file = \"p\"\n"
                                  "[[user]]\nname = \"u\"\naccounts = [\"a\"]\npassword_hash = \"" +
                                  hash + "\"\ncertificate = [\"" + std::string(64, 'a') +
                                  "\", \"U@example.org\"]\n",
                              "/f");
    REQUIRE(config);
    REQUIRE(config->imap.oauth);
    CHECK(config->imap.oauth->client_secret.name == "/f/s");
    REQUIRE(config->users.size() == 1);
    CHECK(config->users[0].certificate.at(0).starts_with("AA:AA:"));
    CHECK(config->users[0].certificate.at(1) == "u@example.org");
    struct Row {
        std::string toml, mistake;
    };
    const Row table[] = {
        {imap + "proxy_from = [\"10.0.0.0\", \"10\"]",
         "3: [imap] proxy_from: \"10\" is no network"},
        {tokens, "3: [imap.oauth]: client_secret_file is missing"},
        {tokens + "client_secret_file = \"s\"\nscope = \"a b\"",
         "7: [imap.oauth] scope: \"a b\" is no scope"},
        {imap + "[imap.oauth]\nintrospection_url = \"http://h\"\nclient_id = "
                "\"c\"\nclient_secret_file = \"s\"",
         "4: [imap.oauth] introspection_url: \"http://h\" is no URL"},
        {imap + "[imap.oauth]\nintrospection_url = \"https://c:hunter2@h/i\"\nclient_id = "
                "\"c\"\nclient_secret_file = \"s\"",
         "4: [imap.oauth] introspection_url: holds a name or a password"},
        {user + "certificate = [\"alice\"]",
         "10: [[user]] certificate: \"alice\" is neither the SHA-256"},
    };
    for (const auto& row : table) {
        INFO(row.toml);
        CHECK_THAT(mistakes_in(row.toml), Catch::StartsWith(row.mistake));
    }
}

TEST_CASE("a journal has an account of its own, and networks that are some") {
    const std::string begin = "data = \"d\"\n[[journal]]\n";
    const std::string good = begin + "listen = \"127.0.0.1:24\"\naccount = \"j\"\n";
    CHECK(mistakes_in(good).empty());
    const auto config = parse(good +
                                  "protocol = \"smtp\"\nrecipients = [\"example.org\"]\n"
                                  "networks = [\"192.0.2.0/24\"]\nmax_size_mib = 1\n"
                                  "reports = true\nreport_senders = [\"ndr@example.org\"]\n",
                              "/");
    REQUIRE(config);
    CHECK(config->journals == std::vector<Journal>{{.listen = {"127.0.0.1", 24},
                                                    .protocol = intake::journal::Protocol::smtp,
                                                    .account = "j",
                                                    .networks = {"192.0.2.0/24"},
                                                    .recipients = {"example.org"},
                                                    .max_size_mib = 1,
                                                    .reports = true,
                                                    .report_senders = {"ndr@example.org"}}});
    struct Row {
        std::string toml, mistake;
    };
    const Row table[] = {
        {begin + "account = \"j\"", "2: [[journal]]: listen is missing"},
        {begin + "listen = \"24\"\naccount = \"j\"", "3: [[journal]] listen: \"24\" has no port"},
        {good + "protocol = \"lmpt\"", "5: [[journal]] protocol: \"lmpt\" is no protocol"},
        {good + "report_senders = [\"a@b\"]",
         "5: [[journal]] report_senders: means nothing without reports = true"},
        {good + "networks = [\"192.0.2.0/33\"]", "5: [[journal]] networks: \"192.0.2.0/33\""},
        {good + "[[journal]]\nlisten = \"127.0.0.1:24\"\naccount = \"k\"",
         "7: [[journal]] listen: 127.0.0.1:24 is taken by [[journal]] listen already"},
        {good + account + "\n[[journal]]\nlisten = \"127.0.0.1:25\"\naccount = \"Alice\"",
         "12: [[journal]] account: \"Alice\" mirrors an origin"},
    };
    for (const auto& row : table) {
        INFO(row.toml);
        CHECK_THAT(mistakes_in(row.toml), Catch::StartsWith(row.mistake));
    }
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

}  // namespace mailhold::config

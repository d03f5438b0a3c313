// [[account]]: how it logs in, and its manners.
#include "tests/unit/config/mistakes.hpp"

namespace mailhold::config {

TEST_CASE("an account logs in with a password, tokens or a certificate, and says so once") {
    const std::string bare =
        "data = \"d\"\n[[account]]\nname = \"a\"\nurl = \"imaps://a@h.example\"\n";
    const std::string token = "token_url = \"https://t\"\nclient_id = \"i\"\n";
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
    check_mistakes(table, bare);
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

}  // namespace mailhold::config

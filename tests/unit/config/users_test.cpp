// [[user]], [[group]] and [[grant]], against each other and the accounts, and how users log in.
#include "tests/unit/config/mistakes.hpp"

namespace mailhold::config {

TEST_CASE("accounts and users are checked one by one and against each other") {
    auto user = [](const std::string& more) { return "[[user]]\nname = \"u\"\n" + more; };
    const Row table[] = {
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
    };
    check_mistakes(table, "data = \"d\"\n");
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
    check_mistakes(table);
}

TEST_CASE("a mistaken password is not repeated") {
    auto found = mistakes_in(
        "data = \"d\"\n[[user]]\nname = \"u\"\npassword_hash = \"geheim\"\naccounts = [\"a\"]");
    CHECK_FALSE(found.contains("geheim"));
}

}  // namespace mailhold::config

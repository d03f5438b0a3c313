// What is checked once all of a configuration is known.
#include "api/config/check.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/config/mistakes.hpp"

namespace mailhold::config {

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

}  // namespace mailhold::config

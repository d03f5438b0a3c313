#include "imap/server/login/user.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::imap::server;

TEST_CASE("a password is verified against its own argon2id hash alone") {
    const std::string hash = hash_password("correct horse");
    CHECK(hash.starts_with("$argon2id$"));
    CHECK(verify_password("correct horse", hash));
    CHECK_FALSE(verify_password("correct horsf", hash));
    CHECK_FALSE(verify_password("", hash));
    CHECK_FALSE(verify_password("correct horse", "correct horse"));
    CHECK_FALSE(verify_password("", ""));

    const std::vector<User> users = {{"alice", hash, {"a"}}, {"bob", "not a hash", {"b"}}};
    CHECK(check_login(users, {"alice", "correct horse"}) == &users[0]);
    CHECK(check_login(users, {"alice", "wrong"}) == nullptr);
    CHECK(check_login(users, {"Alice", "correct horse"}) == nullptr);
    CHECK(check_login(users, {"nobody", "correct horse"}) ==
          nullptr);  // the first user's password does not help
    CHECK(check_login(users, {"bob", "not a hash"}) == nullptr);
    CHECK(check_login({}, {"alice", "correct horse"}) == nullptr);
}

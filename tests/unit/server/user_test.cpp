#include "imap/server/login/user.hpp"

#include <catch2/catch.hpp>

#include "imap/server/login/scram.hpp"

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

    // Who proved to know a password that is not his any more knows nothing.
    std::vector<User> by_scram{{.name = "alice", .password_hash = {}, .accounts = {}}};
    by_scram[0].scram = make_verifier("old").value();
    const auto proven = [&] {
        return Credentials{"alice", read_verifier(by_scram[0].scram)->stored_key,
                           Credentials::How::proven};
    };
    const auto old = proven();
    CHECK(check_login(by_scram, old) == &by_scram[0]);
    by_scram[0].scram = make_verifier("new").value();
    CHECK(check_login(by_scram, old) == nullptr);
    CHECK(check_login(by_scram, proven()) == &by_scram[0]);
}

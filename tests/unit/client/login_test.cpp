// How a refusal is read.
#include "imap/client/login.hpp"

#include <catch2/catch.hpp>

namespace mailhold::imap::client {

TEST_CASE("a refused login is the credentials' fault unless the server says otherwise") {
    const auto refusal = [](const std::string& code, Proof proof = Proof::password) {
        wire::StatusResponse status;
        status.condition = wire::Condition::no;
        status.text = "no";
        if (!code.empty()) status.code = wire::ResponseCode{code, ""};
        const Login login{.user = "alice",
                          .proof = proof,
                          .secret = {},
                          .refused = {},
                          .mechanism = {},
                          .remedy = "mailhold login a"};
        return login_refused(login, status);
    };
    CHECK(refusal("AUTHENTICATIONFAILED").code == Errc::auth);
    CHECK(refusal("EXPIRED").code == Errc::auth);
    CHECK(refusal("").text ==
          "wrong password (mailhold login a): log in as alice: the server says no");
    CHECK(refusal("", Proof::token).text.starts_with("consent needed again (mailhold login a): "));
    CHECK(refusal("", Proof::certificate).text.starts_with("certificate refused"));
    CHECK(refusal("UNAVAILABLE").code == Errc::throttled);
    CHECK(refusal("SERVERBUG").code == Errc::network);
}

}  // namespace mailhold::imap::client

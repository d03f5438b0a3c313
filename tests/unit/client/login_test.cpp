// Which login is chosen, and how its refusal is read.
#include "imap/client/login.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/client/transcript.hpp"

namespace mailhold::imap::client {

TEST_CASE("the login command follows what the server offers") {
    const struct {
        std::string capabilities;
        std::string sent;  // or the error's name
    } table[] = {
        {"IMAP4rev1 AUTH=PLAIN SASL-IR", "M1 AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\r\n"},
        {"IMAP4rev1 AUTH=PLAIN", "M1 AUTHENTICATE PLAIN\r\n"},
        {"IMAP4rev1 AUTH=PLAIN LOGINDISABLED SASL-IR",
         "M1 AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\r\n"},
        {"IMAP4rev1", "M1 LOGIN alice secret\r\n"},
        {"IMAP4rev1 AUTH=XOAUTH2", "M1 LOGIN alice secret\r\n"},
        {"IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", "auth"},
        {"IMAP4rev1 LOGINDISABLED", "auth"},
    };
    for (const auto& row : table) {
        CAPTURE(row.capabilities);
        Transcript line(ClientCore::Start::after_starttls);
        line.server("* CAPABILITY " + row.capabilities + "\r\n");
        auto login = choose_login(line.core, "alice", "secret");
        if (!login) {
            CHECK(name_of(login.error().code) == row.sent);
            CHECK(login.error().text.find("secret") == std::string::npos);
            continue;
        }
        line.core.submit(std::move(login->body), std::move(login->answer));
        CHECK(line.core.take_output() == row.sent);
    }
}

TEST_CASE("a NUL in a password is refused before it can cut the SASL message") {
    const ClientCore core(ClientCore::Start::after_starttls);
    CHECK(choose_login(core, "alice", std::string("a\0b", 3)).error().code == Errc::invalid);
}

TEST_CASE("a refused login is the credentials' fault unless the server says otherwise") {
    const auto refusal = [](const std::string& code) {
        wire::StatusResponse status;
        status.condition = wire::Condition::no;
        if (!code.empty()) status.code = wire::ResponseCode{code, ""};
        return login_refused("alice", status).code;
    };
    CHECK(refusal("AUTHENTICATIONFAILED") == Errc::auth);
    CHECK(refusal("EXPIRED") == Errc::auth);
    CHECK(refusal("") == Errc::auth);
    CHECK(refusal("UNAVAILABLE") == Errc::network);
    CHECK(refusal("LIMIT") == Errc::network);
}

}  // namespace mailhold::imap::client

// Forms sent to OAuth's endpoints, and what their answers mean.
#include "imap/client/oauth.hpp"

#include <catch2/catch.hpp>

namespace mailhold::imap::client {
namespace {

OAuthClient client() {
    OAuthClient client{"https://token", "https://device", "id&1", {}, "mail offline"};
    client.client_secret = []() -> Result<std::string> { return "qu ux"; };
    return client;
}

struct Endpoint {
    long status = 200;
    std::string body;
    std::string url, form;
    Post post() {
        return [this](const std::string& to, const std::string& what) -> Result<net::HttpsAnswer> {
            url = to, form = what;
            return net::HttpsAnswer{status, body};
        };
    }
};

}  // namespace

TEST_CASE("a refresh says who asks, and reads the new tokens") {
    Endpoint endpoint{
        200, R"({"access_token":"A","expires_in":3599,"refresh_token":"R2"})", {}, {}};
    const auto grant = refresh(client(), "R/1", endpoint.post());
    REQUIRE(grant);
    CHECK(endpoint.url == "https://token");
    CHECK(endpoint.form ==
          "grant_type=refresh_token&refresh_token=R%2F1&client_id=id%261&client_secret=qu%20ux");
    CHECK(grant->access_token == "A");
    CHECK(grant->lives == std::chrono::seconds(3599));
    CHECK(grant->refresh_token == "R2");
}

TEST_CASE("answers of a token endpoint are read for what they mean") {
    const struct {
        long status;
        std::string body;
        std::string meaning;  // the error's name, or the token
    } table[] = {
        {200, R"({"access_token":"A"})", "A"},
        {200, R"({"access_token":"A","expires_in":"3600"})", "A"},
        {200, R"({"access_token":"A","expires_in":-5,"refresh_token":7})", "A"},
        {200, R"({"access_token":7})", "protocol"},
        {200, "[]", "protocol"},
        {200, "", "protocol"},
        {400, R"({"error":"invalid_grant","error_description":"revoked"})", "auth"},
        {401, R"({"error":"invalid_client"})", "auth"},
        {429, R"({"error":"slow"})", "network"},
        {503, "<html>later</html>", "network"},
        {500, R"({"error":"server_error"})", "network"},
        {200, std::string(1000, '['), "protocol"},
    };
    for (const auto& row : table) {
        CAPTURE(row.status, row.body);
        Endpoint endpoint{row.status, row.body, {}, {}};
        const auto grant = refresh(client(), "R", endpoint.post());
        CHECK((grant ? grant->access_token : name_of(grant.error().code)) == row.meaning);
        if (!grant) CHECK_FALSE(grant.error().text.contains("qu ux"));
    }
    Endpoint revoked{400, R"({"error":"invalid_grant","error_description":"revoked"})", {}, {}};
    CHECK(refresh(client(), "R", revoked.post()).error().text ==
          "consent needed again: https://token says invalid_grant: revoked");
}

TEST_CASE("a device code is asked for, and its grant until it comes") {
    Endpoint endpoint{
        200,
        R"({"device_code":"D","user_code":"WDJB-MJHT","verification_uri":"https://go","expires_in":900,"interval":1})",
        {},
        {}};
    const auto code = ask_for_device_code(client(), endpoint.post());
    REQUIRE(code);
    CHECK(endpoint.url == "https://device");
    CHECK(endpoint.form == "client_id=id%261&scope=mail%20offline");
    CHECK(code->user_code == "WDJB-MJHT");
    CHECK(code->interval == std::chrono::seconds(1));

    endpoint = {400, R"({"error":"authorization_pending"})", {}, {}};
    auto answer = ask_for_device_grant(client(), *code, endpoint.post());
    REQUIRE(answer);
    CHECK((!answer->grant && answer->pending == Pending::yes));
    CHECK(endpoint.form.starts_with(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=D&"));
    endpoint = {400, R"({"error":"slow_down"})", {}, {}};
    CHECK(ask_for_device_grant(client(), *code, endpoint.post())->pending == Pending::slow_down);
    endpoint = {400, R"({"error":"access_denied"})", {}, {}};
    CHECK(ask_for_device_grant(client(), *code, endpoint.post()).error().code == Errc::auth);
    endpoint = {200, R"({"access_token":"A","refresh_token":"R"})", {}, {}};
    CHECK(ask_for_device_grant(client(), *code, endpoint.post())->grant->refresh_token == "R");
    endpoint = {200, R"({"device_code":"D"})", {}, {}};
    CHECK(ask_for_device_code(client(), endpoint.post()).error().code == Errc::protocol);
}

}  // namespace mailhold::imap::client

// Endpoints, origin URLs and near names, as tables.
#include "api/config/endpoint.hpp"

#include <catch2/catch.hpp>

#include "api/config/nearest.hpp"
#include "api/config/origin_url.hpp"

namespace mailhold::config {

TEST_CASE("an endpoint is a host and a port, and is written back as it was read") {
    struct Row {
        std::string text, host;
        std::uint16_t port;
    };
    auto row = GENERATE(values<Row>({{"127.0.0.1:1143", "127.0.0.1", 1143},
                                     {"localhost:0", "localhost", 0},
                                     {"[::1]:993", "::1", 993},
                                     {"0.0.0.0:65535", "0.0.0.0", 65535}}));
    auto endpoint = parse_endpoint(row.text);
    REQUIRE(endpoint);
    CHECK(*endpoint == Endpoint{row.host, row.port});
    CHECK(to_text(*endpoint) == row.text);
}

TEST_CASE("a star listens on every address") {
    CHECK(parse_endpoint("*:143") == Endpoint{"*", 143});
}

TEST_CASE("what is no endpoint is refused with an example") {
    auto text =
        GENERATE(as<std::string>(), "", "1143", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                 "127.0.0.1:-1", "127.0.0.1:14 3", "::1:993", "[::1:993", "[127.0.0.1]:1", ":143",
                 "a b:1", "mail.example.org:1", "1.2.3:4", "a/b:1");
    auto endpoint = parse_endpoint(text);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().text.contains("127.0.0.1:1143"));
}

TEST_CASE("loopback is known by its address, and by one name") {
    for (auto host : {"localhost", "127.0.0.1", "127.8.9.1", "::1"}) CHECK(is_loopback(host));
    for (auto host :
         {"128.0.0.1", "0.0.0.0", "::", "mail.example.org", "127.0.0.1.example.org", ""})
        CHECK_FALSE(is_loopback(host));
}

TEST_CASE("an origin URL names transport, host, port and the decoded user") {
    struct Row {
        std::string text, expected;
    };
    auto row = GENERATE(values<Row>({
        {"imaps://alice%40example.org@mail.example.org",
         "tls alice@example.org mail.example.org 993"},
        {"imap://bob@mail.example.org", "starttls bob mail.example.org 143"},
        {"imap+insecure://carol@127.0.0.1:2143", "insecure carol 127.0.0.1 2143"},
        {"IMAPS://d%C3%A9@[::1]:1/", "tls d\xC3\xA9 ::1 1"},
    }));
    auto url = parse_origin_url(row.text);
    REQUIRE(url);
    constexpr std::string_view names[] = {"tls", "starttls", "insecure"};
    std::string got = std::string(names[static_cast<int>(url->transport)]) + " " + url->user + " " +
                      url->host + " " + std::to_string(url->port);
    CHECK(got == row.expected);
    CHECK(url->text == row.text);
}

TEST_CASE("an origin URL that cannot be used is refused with the reason") {
    struct Row {
        std::string text, reason;
    };
    auto row = GENERATE(values<Row>({
        {"imaps://alice:secret@mail.example.org", "a password does not belong in the URL"},
        {"imaps://mail.example.org", "names no user"},
        {"imaps://alice@", "names no host"},
        {"imaps:alice", "names no host"},
        {"pop3://alice@mail.example.org", "is not spoken"},
        {"imap+insecure://alice@mail.example.org", "loopback only"},
        {"imaps://alice@mail.example.org/INBOX", "goes on after the host"},
        {"imaps://alice@mail.example.org?x", "goes on after the host"},
        {"imaps://alice@mail.example.org:0", "port"},
        {"imaps://alice@mail.example.org:70000", "port"},
        {"imaps://al%00ice@mail.example.org", "control character"},
        {"mail.example.org", "this is no URL"},
        {"imaps://alice@example.org@mail.example.org", "write %40"},
        {"", "this is no URL"},
    }));
    auto url = parse_origin_url(row.text);
    REQUIRE_FALSE(url);
    INFO(url.error().text);
    CHECK(url.error().text.contains(row.reason));
    CHECK_FALSE(url.error().text.contains("secret"));
}

TEST_CASE("the nearest name is found within a third of its letters") {
    const std::vector<std::string> names = {"listen", "listen_tls", "certificate", "private_key"};
    CHECK(nearest("lisen", names) == "listen");
    CHECK(nearest("litsen", names) == "listen");
    CHECK(nearest("listen-tls", names) == "listen_tls");
    CHECK(nearest("certifikate", names) == "certificate");
    CHECK(nearest("port", names) == std::nullopt);
    CHECK(nearest(std::string(100'000, 'x'), names) == std::nullopt);
    CHECK(suggestion("port", names) ==
          "; known here: listen, listen_tls, certificate, private_key");
}

}  // namespace mailhold::config

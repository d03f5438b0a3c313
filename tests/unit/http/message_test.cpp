// Requests whole, byte by byte and cut; responses as octets.
#include "api/http/message.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace mailhold::http {
namespace {

// What a reader makes of octets that come in pieces of `step`: "METHOD path close|keep" a request,
// then the refusal.
std::string read(std::string_view octets, std::size_t step) {
    RequestReader reader;
    std::string seen;
    for (std::size_t i = 0; i < octets.size(); i += step) {
        reader.feed(octets.substr(i, step));
        while (auto request = reader.next())
            seen += request->method + " " + (request->host == "a" ? "" : request->host) +
                    request->path + (request->keep_alive ? " keep;" : " close;");
    }
    if (reader.refusal()) seen += std::to_string(reader.refusal()->status);
    return seen;
}

}  // namespace

TEST_CASE("requests are read whole and byte by byte alike") {
    struct Row {
        std::string octets, seen;
    };
    auto row = GENERATE(values<Row>({
        {"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /healthz keep;"},
        {"GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
         "GET /metrics close;"},
        {"GET / HTTP/1.0\r\n\r\n", "GET / close;"},
        {"GET http://a/metrics?x=1 HTTP/1.1\r\nHost: b\r\n\r\n", "GET /metrics keep;"},
        {"GET HTTP://c.d:80?x HTTP/1.1\r\nHost: a\r\n\r\n", "GET c.d/ keep;"},
        {"GET /x HTTP/1.1\r\nHost: e.f:8080\r\n\r\n", "GET e.f/x keep;"},
        {"GET /x HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "GET ::1/x keep;"},
        {"GET /x HTTP/1.1\r\nHost: [\r\n\r\n", "GET /x keep;"},
        {"HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
         "HEAD /a keep;GET /b keep;"},
        {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: "
         "a\r\n\r\n",
         "POST /a keep;GET /b keep;"},
        {"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
         "POST /a keep;"},
        {"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n", "BREW /pot keep;"},
        {"GET / HTTP/1.1\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        {"\x16\x03\x01\x02\x00\x01", "400"},
        {"GET / HTTP/9.9\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", "413"},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", "431"},
        {"GET / HTTP/1.1\r\nHost: a\r\n", ""},
    }));
    INFO(row.octets.substr(0, 60));
    CHECK(read(row.octets, row.octets.size()) == row.seen);
    CHECK(read(row.octets, 1) == row.seen);
}

TEST_CASE("after a refusal nothing more is read") {
    RequestReader reader;
    reader.feed("nonsense\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_FALSE(reader.next());
    REQUIRE(reader.refusal());
    reader.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_FALSE(reader.next());
}

TEST_CASE("a response says its length, and a HEAD leaves the body out") {
    Response response;
    response.body = "ok\n";
    CHECK(to_octets(response, Body::sent, true) ==
          "HTTP/1.1 200 OK\r\nServer: Mailhold\r\nContent-Type: text/plain; "
          "charset=utf-8\r\nContent-Length: 3\r\n"
          "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\nok\n");
    response.status = 405;
    response.allow = "GET, HEAD";
    auto octets = to_octets(response, Body::left_out, false);
    CHECK(octets.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    CHECK(octets.contains("Content-Length: 3\r\n"));
    CHECK(octets.contains("Allow: GET, HEAD\r\n"));
    CHECK(octets.ends_with("Connection: close\r\n\r\n"));
}

}  // namespace mailhold::http

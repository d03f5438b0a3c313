// Paths, methods and readiness, as a table.
#include "api/http/routes.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/http/answers.hpp"
#include "tests/unit/http/sample.hpp"

namespace mailhold::http {
namespace {

Request request(std::string path, std::string method = "GET", std::string host = {}) {
    return {std::move(method), std::move(path), true, std::move(host)};
}

}  // namespace

TEST_CASE("every path answers GET and HEAD, and says what else it would take") {
    bool ready = true;
    Service service{.names = {"archive.example.org"},
                    .ready = [&] { return ready; },
                    .status = []() -> Result<Overview> { return sample_overview(); },
                    .metrics =
                        [](const Overview& overview) {
                            return "messages " + std::to_string(overview.messages);
                        }};
    struct Row {
        std::string method, path;
        unsigned status;
        std::string body;
    };
    auto row = GENERATE(values<Row>({
        {"GET", "/healthz", 200, "ok\n"},
        {"HEAD", "/healthz", 200, "ok\n"},
        {"GET", "/readyz", 200, "ready\n"},
        {"GET", "/metrics", 200, "messages 100"},
        {"POST", "/healthz", 405, "only GET and HEAD\n"},
        {"DELETE", "/metrics", 405, "only GET and HEAD\n"},
        {"GET", "/", 404,
         "not found; try /healthz, /readyz, /metrics, /api/v1/status or /api/v1/search\n"},
        {"GET", "/healthz/", 404,
         "not found; try /healthz, /readyz, /metrics, /api/v1/status or /api/v1/search\n"},
    }));
    auto response = answer_of(request(row.path, row.method), service);
    CHECK(response.status == row.status);
    CHECK(response.body == row.body);
    CHECK(response.allow == (row.status == 405 ? "GET, HEAD" : ""));
    ready = false;
    CHECK(answer_of(request("/readyz"), service).status == 503);
    auto status = answer_of(request("/api/v1/status"), service);
    CHECK(status.type == "application/json");
    CHECK(status.body == to_json(sample_overview()));
}

TEST_CASE("a request for another name than ours is 421, so that no web page reads this") {
    const Service service{.names = {"archive.example.org"},
                          .ready = [] { return true; },
                          .status = {},
                          .metrics = {}};
    const auto status = [&](std::string host) {
        return answer_of(request("/healthz", "GET", std::move(host)), service).status;
    };
    for (const std::string ours : {"", "localhost", "LocalHost.", "mailhold.localhost", "127.0.0.1",
                                   "192.0.2.1", "::1", "Archive.example.org"})
        CHECK(status(ours) == 200);
    for (const std::string other :
         {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "example.org", "["})
        CHECK(status(other) == 421);
}

TEST_CASE(
    "a comparison is begun by a POST that is meant, and by nothing that a web page can send") {
    std::string begun;
    Service service;
    service.reconcile = [&](const std::string& account) -> Status {
        if (account != "alice") return fail(Errc::not_found, "no account of this name is mirrored");
        begun = account;
        return {};
    };
    const auto status = [&](const std::string& method, const std::string& name, bool deliberate) {
        auto asked = request("/api/v1/reconcile/" + name, method);
        asked.deliberate = deliberate;
        return answer_of(asked, service).status;
    };
    CHECK(status("GET", "alice", true) == 405);
    CHECK(status("POST", "alice", false) == 403);
    CHECK(status("POST", "bob", true) == 404);
    CHECK(begun.empty());
    CHECK(status("POST", "alice", true) == 202);
    CHECK(begun == "alice");
}

TEST_CASE("health and readiness wait for nobody") {
    CHECK_FALSE(is_slow(request("/healthz")));
    CHECK_FALSE(is_slow(request("/readyz")));
    CHECK_FALSE(is_slow(request("/nowhere")));
    CHECK_FALSE(is_slow(request("/api/v1/search")));  // it has threads of its own
    CHECK(is_slow(request("/metrics")));
    CHECK(is_slow(request("/api/v1/status")));
}

TEST_CASE("an archive that cannot be read is a 500, not a silence") {
    Service service{
        .names = {},
        .ready = [] { return true; },
        .status = []() -> Result<Overview> { return fail(Errc::io, "the disk is gone"); },
        .metrics = [](const Overview&) { return std::string(); }};
    for (std::string path : {"/metrics", "/api/v1/status"}) {
        auto response = answer_of(request(path), service);
        CHECK(response.status == 500);
        CHECK(response.body == "the disk is gone\n");
    }
}

}  // namespace mailhold::http

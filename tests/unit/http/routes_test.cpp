// Paths, methods and readiness, as a table.
#include "api/http/routes.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/http/sample.hpp"

namespace mailhold::http {

TEST_CASE("every path answers GET and HEAD, and says what else it would take") {
    bool ready = true;
    Service service{.ready = [&] { return ready; },
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
        {"GET", "/", 404, "not found; try /healthz, /readyz, /metrics or /api/v1/status\n"},
        {"GET", "/healthz/", 404, "not found; try /healthz, /readyz, /metrics or /api/v1/status\n"},
    }));
    auto response = answer({row.method, row.path, true}, service);
    CHECK(response.status == row.status);
    CHECK(response.body == row.body);
    CHECK(response.allow == (row.status == 405 ? "GET, HEAD" : ""));
    ready = false;
    CHECK(answer({"GET", "/readyz", true}, service).status == 503);
    auto status = answer({"GET", "/api/v1/status", true}, service);
    CHECK(status.type == "application/json");
    CHECK(status.body == to_json(sample_overview()));
}

TEST_CASE("an archive that cannot be read is a 500, not a silence") {
    Service service{
        .ready = [] { return true; },
        .status = []() -> Result<Overview> { return fail(Errc::io, "the disk is gone"); },
        .metrics = [](const Overview&) { return std::string(); }};
    for (std::string path : {"/metrics", "/api/v1/status"}) {
        auto response = answer({"GET", path, true}, service);
        CHECK(response.status == 500);
        CHECK(response.body == "the disk is gone\n");
    }
}

}  // namespace mailhold::http

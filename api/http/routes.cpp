// The table of paths.
#include "api/http/routes.hpp"

#include <algorithm>
#include <array>

namespace mailhold::http {
namespace {

Response text(unsigned status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

// Liveness: that this runs at all is the answer.
Response healthz(const Service&) {
    return text(200, "ok\n");
}

Response readyz(const Service& service) {
    return service.ready() ? text(200, "ready\n") : text(503, "not ready\n");
}

Response metrics(const Service& service) {
    auto status = service.status();
    if (!status) return text(500, status.error().text + "\n");
    auto response = text(200, service.metrics(*status));
    response.type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

Response status(const Service& service) {
    auto status = service.status();
    if (!status) return text(500, status.error().text + "\n");
    auto response = text(200, to_json(*status));
    response.type = "application/json";
    return response;
}

struct Route {
    std::string_view path;
    Response (*answer)(const Service&);
};
constexpr std::array<Route, 4> routes = {{{"/healthz", healthz},
                                          {"/readyz", readyz},
                                          {"/metrics", metrics},
                                          {"/api/v1/status", status}}};

}  // namespace

Response answer(const Request& request, const Service& service) {
    auto route = std::ranges::find(routes, request.path, &Route::path);
    if (route == routes.end())
        return text(404, "not found; try /healthz, /readyz, /metrics or /api/v1/status\n");
    if (request.method != "GET" && request.method != "HEAD") {
        auto response = text(405, "only GET and HEAD\n");
        response.allow = "GET, HEAD";
        return response;
    }
    return route->answer(service);
}

}  // namespace mailhold::http

// The table of paths.
#include "api/http/routes.hpp"

#include <arpa/inet.h>

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
Response healthz(const Request&, const Service&) {
    return text(200, "ok\n");
}

Response readyz(const Request&, const Service& service) {
    return service.ready() ? text(200, "ready\n") : text(503, "not ready\n");
}

Response metrics(const Request&, const Service& service) {
    auto status = service.status();
    if (!status) return text(500, status.error().text + "\n");
    auto response = text(200, service.metrics(*status));
    response.type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

Response status(const Request&, const Service& service) {
    auto status = service.status();
    if (!status) return text(500, status.error().text + "\n");
    auto response = text(200, to_json(*status));
    response.type = "application/json";
    return response;
}

unsigned status_of(const Error& error) {
    if (error.code == Errc::invalid) return 400;
    if (error.code == Errc::not_found) return 404;
    const bool busy = error.code == Errc::timeout || error.code == Errc::limit;
    return busy || error.code == Errc::cancelled ? 503 : 500;
}

// /api/v1/search?q=from:carol+invoice&limit=50&cursor=...
void search(const Request& request, const Service& service, std::stop_token stop, Done done) {
    auto wanted = read_request(request.query);
    if (!wanted) return done(text(status_of(wanted.error()), wanted.error().text + "\n"));
    auto found = [done = std::move(done)](const Result<SearchPage>& page) {
        if (!page) return done(text(status_of(page.error()), page.error().text + "\n"));
        auto response = text(200, to_json(*page));
        response.type = "application/json";
        done(std::move(response));
    };
    service.search(std::move(*wanted), std::move(stop), std::move(found));
}

constexpr std::string_view reconcile_path = "/api/v1/reconcile/";

Response not_allowed(std::string methods, std::string body) {
    auto response = text(405, std::move(body));
    response.allow = std::move(methods);
    return response;
}

Response reconcile(const Request& request, const Service& service) {
    if (request.method != "POST") return not_allowed("POST", "only POST\n");
    if (!request.deliberate) return text(403, "say that it is meant, with the field X-Mailhold\n");
    const auto begun = service.reconcile(request.path.substr(reconcile_path.size()));
    if (!begun) return text(status_of(begun.error()), begun.error().text + "\n");
    return text(202, "begun; see /api/v1/status\n");
}

struct Route {
    std::string_view path;
    Response (*answer)(const Request&, const Service&);  // null: search()
    bool slow = false;                                   // reads the archive
};
constexpr std::array<Route, 5> routes = {{{"/healthz", healthz},
                                          {"/readyz", readyz},
                                          {"/metrics", metrics, true},
                                          {"/api/v1/status", status, true},
                                          {"/api/v1/search", nullptr}}};

bool is_address(const std::string& host) {
    in6_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_for_us(std::string host, const Service& service) {
    std::ranges::transform(host, host.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (host.ends_with('.')) host.pop_back();
    // RFC 6761 6.3: names below localhost are this machine too. HTTP/1.0 may leave the name out.
    return host.empty() || host == "localhost" || host.ends_with(".localhost") ||
           is_address(host) || std::ranges::find(service.names, host) != service.names.end();
}

}  // namespace

bool is_slow(const Request& request) {
    const auto route = std::ranges::find(routes, request.path, &Route::path);
    return route != routes.end() && route->slow;
}

void answer(const Request& request, const Service& service, std::stop_token stop, Done done) {
    if (!is_for_us(request.host, service))
        return done(text(421, "no such name here; add it to names in [http]\n"));
    if (request.path.starts_with(reconcile_path)) return done(reconcile(request, service));
    auto route = std::ranges::find(routes, request.path, &Route::path);
    if (route == routes.end())
        return done(text(
            404, "not found; try /healthz, /readyz, /metrics, /api/v1/status or /api/v1/search\n"));
    if (request.method != "GET" && request.method != "HEAD")
        return done(not_allowed("GET, HEAD", "only GET and HEAD\n"));
    if (route->answer == nullptr) return search(request, service, std::move(stop), std::move(done));
    done(route->answer(request, service));
}

}  // namespace mailhold::http

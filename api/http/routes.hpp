// Which path is answered with what. A pure function of the request and of what the daemon offers to
// show.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "api/http/message.hpp"
#include "api/http/search.hpp"
#include "api/http/status.hpp"

namespace mailhold::http {

// Called from pool threads, where blocking is fine; `ready` from any, and it does not block.
struct Service {
    std::vector<std::string> names;  // that requests may be meant for, in lower case
    std::function<bool()> ready;     // the archive is open and every listener is bound
    std::function<Result<Overview>()> status;
    std::function<std::string(const Overview&)> metrics;
    // Calls back once, on any thread, and does not block; ends early where it is asked to stop.
    using Found = std::function<void(Result<SearchPage>)>;
    std::function<void(SearchRequest, std::stop_token, Found)> search = {};
    // Begins a comparison of the account with its origin. Errc::not_found where no such account is mirrored.
    std::function<Status(const std::string& account)> reconcile = {};
};

// Whether answer() blocks for this one. Health and readiness never wait for anybody, and searches
// run on threads of their own.
bool is_slow(const Request& request);

// A request for a name that is none of ours is 421 (RFC 9110 7.4): so no web page can read this
// through a browser by giving its own name our address. Addresses, localhost and Service::names are
// ours.
//
// GET and HEAD of /healthz, /readyz, /metrics, /api/v1/status, /api/v1/search; POST of /api/v1/reconcile/ACCOUNT, 202
// at once, 403 where it is not deliberate (Request); 404 for other paths, 405 for other methods. A HEAD is answered as the GET would be; its body is left out when it is sent.
// `done` is called once: before this returns, or, for a search, on any thread.
using Done = std::function<void(Response)>;
void answer(const Request& request, const Service& service, std::stop_token stop, Done done);

}  // namespace mailhold::http

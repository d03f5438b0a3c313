// Which path is answered with what. A pure function of the request and of what the daemon offers to
// show.
#pragma once

#include <functional>
#include <string>

#include "api/http/message.hpp"
#include "api/http/status.hpp"

namespace mailhold::http {

// Called from pool threads; blocking is fine.
struct Service {
    std::function<bool()> ready;  // the archive is open and every listener is bound
    std::function<Result<Overview>()> status;
    std::function<std::string(const Overview&)> metrics;
};

// GET and HEAD of /healthz, /readyz, /metrics, /api/v1/status; 404 for other paths, 405 for other
// methods. A HEAD is answered as the GET would be; its body is left out when it is sent.
Response answer(const Request& request, const Service& service);

}  // namespace mailhold::http

// mailhold healthcheck: whether the daemon answers on its HTTP port.
#include <fmt/format.h>

#include "api/cli/commands.hpp"
#include "api/cli/place.hpp"
#include "api/http/get.hpp"

namespace mailhold::cli {

Result<int> healthcheck(const HealthcheckOptions& options) {
    constexpr std::chrono::seconds patience{4};
    auto config = load_config(options.place);
    if (!config) return std::unexpected(config.error());
    if (!config->http.listen)
        return fail(Errc::invalid, "[http] listen is turned off: there is nobody to ask");
    auto at = *config->http.listen;
    auto answer = http::get(reachable_host(at.host), at.port, "/healthz", patience);
    if (!answer)
        return fail(answer.error().code, fmt::format("the daemon does not answer at {}: {}",
                                                     to_text(at), answer.error().text));
    if (answer->status != 200)
        return fail(Errc::protocol, fmt::format("the daemon answers {}", answer->status));
    fmt::print("ok\n");
    return success;
}

}  // namespace mailhold::cli

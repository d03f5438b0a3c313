// Requests to the daemon, and its status asked for again and again until the reports are there.
#include "api/cli/reconcile_beside.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <thread>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/http/get.hpp"
#include "api/http/reconciled_json.hpp"
#include "api/http/status.hpp"

namespace mailhold::cli {
namespace {

constexpr std::chrono::seconds patience{10};  // for an answer of the daemon
constexpr std::chrono::milliseconds between{200};
constexpr std::chrono::seconds settling{10};  // a mirror that waits is woken by the request

bool gave_up(const http::AccountStatus& account, std::chrono::steady_clock::time_point asked) {
    if (!account.mirror) return true;
    const auto& state = account.mirror->state;
    const bool waits = state == "waiting" && std::chrono::steady_clock::now() > asked + settling;
    return waits || state == "refused" || state == "downgraded" || state == "stopped";
}

Result<http::Overview> ask_status(const config::Endpoint& at) {
    const auto answer = http::get(reachable_host(at.host), at.port, "/api/v1/status", patience);
    if (!answer) return std::unexpected(answer.error());
    return http::status_from_json(answer->body);
}

}  // namespace

void print_reconciled(const std::string& account, const store::Reconciled& report, Output output) {
    if (output == Output::json) {
        auto object = http::to_object(report);
        object["event"] = "reconciled";
        object["account"] = account;
        fmt::print("{}\n", boost::json::serialize(object));
        return;
    }
    fmt::print(
        "{}: compared {} messages in {} mailboxes: {} missing here, {} others by now, {} "
        "gone; {} repaired, {} unaccounted\n",
        account, grouped(report.shown), grouped(report.mailboxes), grouped(report.missing),
        grouped(report.replaced), grouped(report.gone), grouped(report.repaired),
        grouped(report.unaccounted));
}

Result<int> reconcile_beside(const config::Config& config, Output output) {
    if (!config.http.listen)
        return fail(Errc::locked,
                    "a daemon has this archive, and no [http] listen to be asked by; it compares "
                    "by itself");
    const auto& at = *config.http.listen;
    const auto asked = std::chrono::steady_clock::now();
    const auto since = utc_now();
    std::map<std::string, bool> waiting;
    for (const auto& account : config.accounts) {
        const auto answer = http::post(reachable_host(at.host), at.port,
                                       "/api/v1/reconcile/" + account.name, patience);
        if (!answer) return std::unexpected(answer.error());
        if (answer->status != 202)
            return fail(Errc::protocol, fmt::format("{}: the daemon answers {}: {}", account.name,
                                                    answer->status, answer->body));
        waiting.emplace(account.name, true);
    }
    int result = success;
    while (!waiting.empty()) {
        std::this_thread::sleep_for(between);  // nothing else is to be done
        const auto status = ask_status(at);
        if (!status) return std::unexpected(status.error());
        for (const auto& account : status->accounts) {
            if (!waiting.contains(account.name)) continue;
            const bool done = account.reconciled && account.reconciled->began >= since;
            if (!done && !gave_up(account, asked)) continue;
            waiting.erase(account.name);
            if (done) print_reconciled(account.name, *account.reconciled, output);
            const auto problem = done             ? account.reconciled->problem
                                 : account.mirror ? account.mirror->problem
                                                  : std::string("not mirrored");
            if (!problem.empty())
                fmt::print(stderr, "mailhold: {}: {}\n", account.name,
                           printable(problem, Lines::join));
            if (!done || !problem.empty() || account.unaccounted > 0 ||
                account.reconciled->unaccounted > 0)
                result = difference;
        }
    }
    return result;
}

}  // namespace mailhold::cli

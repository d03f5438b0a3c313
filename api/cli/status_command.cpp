// mailhold status: what is archived and indexed; of a running daemon also how its mirrors are
// doing.
#include <fmt/format.h>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/http/get.hpp"
#include "api/http/status.hpp"

namespace mailhold::cli {
namespace {

constexpr std::chrono::seconds patience{2};

std::string ago(UtcMicros time) {
    auto past = std::chrono::floor<std::chrono::seconds>(utc_now() - time);
    return fmt::format("{} ago", duration_text(std::max(past, std::chrono::seconds(0))));
}

// What the daemon of this archive tells, if one runs and has HTTP.
std::optional<http::Overview> ask_daemon(const config::Config& config) {
    if (!config.http.listen) return std::nullopt;
    const auto& at = *config.http.listen;
    auto answer = http::get(reachable_host(at.host), at.port, "/api/v1/status", patience);
    if (!answer || answer->status != 200) return std::nullopt;
    auto overview = http::status_from_json(answer->body);
    return overview ? std::optional(std::move(*overview)) : std::nullopt;
}

void print_mirror(const http::MirrorStatus& mirror) {
    fmt::print("    {}", mirror.state);
    if (mirror.state == "mirroring" && mirror.messages > 0)
        fmt::print(" {}/{} messages", grouped(mirror.messages_done), grouped(mirror.messages));
    fmt::print(", last complete {}",
               mirror.last_success ? ago(*mirror.last_success) : "never since the start");
    if (mirror.unaccounted > 0) fmt::print(", {} not yet archived", grouped(mirror.unaccounted));
    if (mirror.quarantined > 0) fmt::print(", {} quarantined", grouped(mirror.quarantined));
    if (mirror.throttled > 0)
        fmt::print(", waited {} s for the origin, {} times", grouped(mirror.throttled_seconds),
                   grouped(mirror.throttled));
    fmt::print("\n");
    if (!mirror.problem.empty())
        fmt::print("    problem: {}\n", printable(mirror.problem, Lines::join));
}

void print_reconciliation(const http::AccountStatus& account) {
    if (account.unaccounted > 0)
        fmt::print("    {} messages of the origin are unaccounted: mailhold report completeness\n",
                   grouped(account.unaccounted));
    if (!account.reconciled) return;
    const auto& report = *account.reconciled;
    fmt::print("    compared with the origin {}: {} in {} mailboxes, {} differed, {} repaired\n",
               ago(report.ended), grouped(report.shown), grouped(report.mailboxes),
               grouped(report.missing + report.replaced + report.gone), grouped(report.repaired));
    if (!report.problem.empty())
        fmt::print("    the comparison did not come to its end: {}\n",
                   printable(report.problem, Lines::join));
}

void print_text(const http::Overview& overview, const std::filesystem::path& data) {
    fmt::print("Archive      {}\n", data.string());
    fmt::print("Messages     {} ({}), seen in {} places\n", grouped(overview.messages),
               octets_text(overview.octets), grouped(overview.sightings));
    fmt::print("Quarantined  {}\n", grouped(overview.quarantined));
    fmt::print("Indexed      {} of {}\n", grouped(overview.messages - overview.index_lag()),
               grouped(overview.messages));
    if (overview.last_archived)
        fmt::print("Last message archived {}\n", ago(*overview.last_archived));
    fmt::print("Daemon       {}\n",
               overview.started ? "running, started " + ago(*overview.started) : "does not answer");
    for (const auto& account : overview.accounts) {
        fmt::print("\n{}  {}\n", account.name, printable(account.url, Lines::join));
        fmt::print("    {} messages ({}) in {} mailboxes\n", grouped(account.messages),
                   octets_text(account.octets), grouped(account.mailboxes));
        print_reconciliation(account);
        if (account.mirror) print_mirror(*account.mirror);
    }
}

// The archive's own word on everything that is archived; the daemon's on its mirrors.
void add_mirrors(http::Overview& overview, const http::Overview& told) {
    overview.started = told.started;
    for (auto& account : overview.accounts)
        for (const auto& other : told.accounts)
            if (other.name == account.name) account.mirror = other.mirror;
}

}  // namespace

Result<int> status(const StatusOptions& options) {
    std::optional<config::Config> config;
    std::filesystem::path data;
    if (options.place.data.empty()) {
        auto loaded = load_config(options.place);
        if (!loaded) return std::unexpected(loaded.error());
        config = std::move(*loaded);
        data = config->data;
    } else {
        data = std::filesystem::absolute(options.place.data).lexically_normal();
    }
    auto archive = store::ArchiveReader::open(data);
    if (!archive) return std::unexpected(archive.error());
    auto overview = http::read_status(**archive);
    if (!overview) return std::unexpected(overview.error());
    if (config)
        if (auto told = ask_daemon(*config)) add_mirrors(*overview, *told);
    if (options.output == Output::json)
        fmt::print("{}\n", http::to_json(*overview));
    else
        print_text(*overview, data);
    return success;
}

}  // namespace mailhold::cli
